"""Delivery to receivers on this machine, working and faulty ones."""

import asyncio
import gzip
import json
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from shutil import which

import pytest
from standardwebhooks import Webhook

from app.webhooks.client import DeliveryAttempt, WebhookClient
from app.webhooks.signature import make_secret, sign
from app.webhooks.ssrf_guard import REFUSED, LookUp, SsrfGuard
from tests.background.network import until
from tests.webhooks.receivers import Behaviour, a_receiver, answering, hanging, writing

LOOPBACK = ip_network("127.0.0.0/8")
BODY = b'{"type":"ping"}'
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n\r\n"
BOMB = gzip.compress(bytes(10_000_000))


@asynccontextmanager
async def a_client(
    *, look_up: LookUp | None = None, deadline_s: float = 5, at_once: int = 64, trust: ssl.SSLContext | None = None
) -> AsyncIterator[WebhookClient]:
    guard = SsrfGuard((LOOPBACK,), look_up=look_up)
    client = WebhookClient(guard, deadline_s=deadline_s, connect_s=deadline_s / 2, at_once=at_once, trust=trust)
    try:
        yield client
    finally:
        await client.close()


async def attempt_at(respond: Behaviour, *, deadline_s: float = 5) -> DeliveryAttempt:
    async with a_receiver(respond) as receiver, a_client(deadline_s=deadline_s) as client:
        return await client.send(receiver.url, BODY, {})


def leading_to(*addresses: list[str]) -> tuple[LookUp, list[str]]:
    """Return a look-up with a different result each time, the last one for ever, and the names that were looked up."""
    looked_up: list[str] = []

    async def look_up(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return addresses[min(len(looked_up), len(addresses)) - 1]

    return look_up, looked_up


async def test_receiver_gets_the_body_and_can_verify_it() -> None:
    secret = make_secret()
    async with a_receiver(answering(204)) as receiver, a_client() as client:
        attempt = await client.send(receiver.url, BODY, sign("msg_1", int(time.time()), BODY, [secret]))
    assert (attempt.is_delivered, attempt.status, attempt.reason) == (True, 204, "The receiver answered 204.")
    assert 0 <= attempt.duration_ms < 5000
    [(fields, body)] = receiver.requests
    assert Webhook(secret).verify(body, fields) == json.loads(BODY)
    assert fields["host"] == f"127.0.0.1:{receiver.port}"
    assert fields["content-type"] == "application/json"
    assert fields["accept-encoding"] == "identity"
    assert fields["user-agent"].startswith("Dayline/")


async def test_messages_to_one_receiver_share_a_connection() -> None:
    async with a_receiver(answering(200, body=b"thanks")) as receiver, a_client() as client:
        for _ in range(5):
            assert (await client.send(receiver.url, BODY, {})).is_delivered
    assert (len(receiver.requests), receiver.connections) == (5, 1)


async def test_cookies_are_never_returned() -> None:
    async with a_receiver(answering(200, "set-cookie: who=you")) as receiver, a_client() as client:
        for _ in range(2):
            await client.send(receiver.url, BODY, {})
    assert ["cookie" in fields for fields, _ in receiver.requests] == [False, False]


@pytest.mark.parametrize("status", [199 + 101, 304, 400, 401, 404, 410, 429, 500, 503, 599])
async def test_only_2xx_is_a_delivery(status: int) -> None:
    attempt = await attempt_at(answering(status))
    assert (attempt.is_delivered, attempt.status, attempt.is_gone) == (False, status, status == 410)
    assert attempt.reason == f"The receiver answered {status}."


async def test_response_body_of_a_receiver_is_never_logged() -> None:
    attempt = await attempt_at(answering(500, body=b"<b>password</b>"))
    assert "password" not in repr(attempt)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("retry-after: 120",), 120),
        (("retry-after: 0",), 0),
        (("retry-after: 000000000007",), 7),
        (("retry-after: " + "9" * 5000,), 4 * 3600),
        (("retry-after: Mon, 23 Nov 2026 10:01:30 GMT", "date: Mon, 23 Nov 2026 10:00:00 GMT"), 90),
        (("retry-after: Mon, 23 Nov 2026 09:00:00 GMT", "date: Mon, 23 Nov 2026 10:00:00 GMT"), 0),
        (("retry-after: Fri, 31 Dec 9999 23:59:59 GMT", "date: Mon, 23 Nov 2026 10:00:00 GMT"), 4 * 3600),
        (("retry-after: Mon Nov 23 10:01:30 2026", "date: Monday, 23-Nov-26 10:00:00 GMT"), 90),
        (("retry-after: Mon, 23 Nov 2026 10:01:30 GMT",), None),
        (("retry-after: Mon, 23 Nov 2026 10:01:30 -0000", "date: Mon, 23 Nov 2026 10:00:00 GMT"), None),
        (("retry-after: -5",), None),
        (("retry-after: soon",), None),
        ((), None),
    ],
)
async def test_retry_after_of_a_receiver_is_returned(fields: tuple[str, ...], expected: int | None) -> None:
    assert (await attempt_at(answering(503, *fields))).retry_after_s == expected


@pytest.mark.parametrize("host", ["straße.example", "STRAẞE.example", "stra\u00dfe\u3002example"])
async def test_message_is_sent_to_the_host_by_uts_46(host: str) -> None:
    look_up, looked_up = leading_to(["127.0.0.1"])
    async with a_receiver(answering()) as receiver, a_client(look_up=look_up) as client:
        assert (await client.send(f"http://{host}:{receiver.port}/hook", BODY, {})).is_delivered
    assert looked_up == ["xn--strae-oqa.example"]
    assert receiver.requests[0][0]["host"] == f"xn--strae-oqa.example:{receiver.port}"


async def test_retry_after_counts_for_429_and_503_only() -> None:
    assert (await attempt_at(answering(429, "retry-after: 9"))).retry_after_s == 9
    assert (await attempt_at(answering(500, "retry-after: 9"))).retry_after_s is None


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("http://169.254.169.254/latest?token=secret", "http://169.254.169.254/latest"),
        ("https://user:secret@elsewhere.example/x#secret", "https://elsewhere.example/x"),
        ("//elsewhere.example/x", "http://elsewhere.example/x"),
        ("http://x:y/", "no URL"),
        ("https://elsewhere.example/" + "x" * 5000, "https://elsewhere.example/" + "x" * 174),
    ],
)
async def test_redirect_is_reported_and_not_followed(location: str, target: str) -> None:
    attempt = await attempt_at(answering(307, f"location: {location}"))
    assert not attempt.is_delivered
    assert attempt.reason == f"The receiver answered 307 and points to {target}, which is not followed."


async def test_redirect_to_an_allowed_network_is_not_followed() -> None:
    async with a_receiver(answering()) as other, a_receiver(answering(302, f"location: {other.url}")) as receiver:
        async with a_client() as client:
            assert (await client.send(receiver.url, BODY, {})).status == 302
        assert other.connections == 0


LATE = "The receiver did not respond within 0.3 seconds."
BROKEN = "The receiver closed the connection before it responded, or its response is not HTTP."


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (hanging, LATE),
        (writing(b"HTTP/1.1 200 OK\r\n", b"a", every_s=0.05, is_endless=True), LATE),
        (writing(b"HTTP/1.1 100 Continue\r\n\r\n", every_s=0.01, is_endless=True), LATE),
        (writing(b"HTTP/1.1 200 OK\r\n", b"x: " + b"y" * 65_536 + b"\r\n", is_endless=True), BROKEN),
        (writing(), BROKEN),
        (writing(b"HTTP/1.1 200 OK\r\ncontent-"), BROKEN),
        (writing(b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\n\r\n"), BROKEN),
        (writing(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"), BROKEN),
    ],
)
async def test_endless_response_head_ends_at_the_deadline(respond: Behaviour, reason: str) -> None:
    began = time.monotonic()
    attempt = await attempt_at(respond, deadline_s=0.3 if reason == LATE else 5)
    assert time.monotonic() - began < 4
    assert (attempt.is_delivered, attempt.status, attempt.reason) == (False, None, reason)


@pytest.mark.parametrize(
    "respond",
    [
        writing(CHUNKED, b"%x\r\n%s\r\n" % (len(BOMB), BOMB), is_endless=True),
        writing(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n", bytes(65_536), is_endless=True),
        writing(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x", every_s=0.1, is_endless=True),
        writing(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx"),
        writing(CHUNKED, b"what?\r\n"),
        writing(b"HTTP/1.0 200 OK\r\n\r\n", bytes(65_536), is_endless=True),
    ],
)
async def test_response_body_does_not_alter_an_acknowledgement(
    respond: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.webhooks.transport.BODY_S", 0.3)
    async with a_receiver(respond) as receiver, a_client() as client:
        began = time.monotonic()
        attempts = [await client.send(receiver.url, BODY, {}) for _ in range(2)]
        assert time.monotonic() - began < 4
    assert [(attempt.is_delivered, attempt.status) for attempt in attempts] == [(True, 200)] * 2
    assert receiver.connections == 2, "a connection with something left in it is not used again"


async def test_closed_port_is_a_failed_attempt() -> None:
    async with a_receiver(answering()) as receiver:
        pass
    async with a_client() as client:
        attempt = await client.send(receiver.url, BODY, {})
    assert attempt.reason == "The receiver does not accept connections."


async def test_response_before_the_end_of_the_request_counts() -> None:
    is_over = asyncio.Event()

    async def refuse_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        with suppress(ConnectionError):
            while await reader.read(1 << 20):
                pass
        writer.close()
        is_over.set()

    server = await asyncio.start_server(refuse_early, "127.0.0.1", 0)
    async with server, a_client(deadline_s=2) as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert (await client.send(url, bytes(5_000_000), {})).status == 413
        await is_over.wait()


async def test_bad_receivers_do_not_delay_good_ones() -> None:
    async with a_receiver(hanging) as bad, a_receiver(answering()) as good, a_client() as client:
        hung = [asyncio.create_task(client.send(bad.url, BODY, {})) for _ in range(50)]
        await asyncio.sleep(0.05)
        for _ in range(20):
            attempt = await client.send(good.url, BODY, {})
            assert attempt.is_delivered
        assert not any(task.done() for task in hung)
        for task in hung:
            task.cancel()
        await asyncio.wait(hung)


async def test_waiting_for_a_slot_does_not_count_towards_the_deadline() -> None:
    async with (
        a_receiver(hanging) as bad,
        a_receiver(answering()) as good,
        a_client(at_once=1, deadline_s=0.3) as client,
    ):
        hung = [asyncio.create_task(client.send(bad.url, BODY, {})) for _ in range(2)]
        await asyncio.sleep(0)
        attempt = await client.send(good.url, BODY, {})
        assert all(task.done() for task in hung), "it had to wait for both"
    assert attempt.is_delivered
    assert attempt.duration_ms < 300


async def test_cancelled_attempt_releases_its_slot_and_connection() -> None:
    async with a_receiver(hanging) as receiver, a_client(deadline_s=30, at_once=1) as client:
        task = asyncio.create_task(client.send(receiver.url, BODY, {}))
        await receiver.has_requests.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with a_receiver(answering()) as good:
            assert (await client.send(good.url, BODY, {})).is_delivered


async def test_deadline_during_a_handshake_closes_the_connection() -> None:
    async with a_receiver(hanging) as receiver:
        client = WebhookClient(SsrfGuard((LOOPBACK,)), deadline_s=0.3, connect_s=30)
        attempt = await client.send(receiver.url.replace("http:", "https:"), BODY, {})
        assert attempt.reason == LATE
        await until(lambda: receiver.ended == 1)
        await client.close()


async def test_client_is_usable_after_close() -> None:
    async with a_receiver(answering()) as receiver, a_client() as client:
        await client.send(receiver.url, BODY, {})
        await client.close()
        assert (await client.send(receiver.url, BODY, {})).is_delivered


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "http://8.8.8.8/", "https://[::1]/", "nonsense", "http://2130706433/"]
)
async def test_url_rejected_by_the_guard_is_a_failed_attempt(url: str) -> None:
    async with a_client() as client:
        attempt = await client.send(url, BODY, {})
    assert (attempt.is_delivered, attempt.status) == (False, None)
    assert attempt.reason.endswith(".")


@pytest.mark.parametrize("headers", [{"x": "a\r\nb: c"}, {"x y": "z"}, {"x": "\ud800"}])
async def test_invalid_header_is_a_failed_attempt(headers: dict[str, str]) -> None:
    async with a_receiver(answering()) as receiver, a_client() as client:
        attempt = await client.send(receiver.url, BODY, headers)
    assert attempt.reason.startswith("The message could not be sent (")
    assert receiver.requests == []


async def test_name_is_resolved_once_and_its_first_address_used() -> None:
    look_up, looked_up = leading_to(["127.0.0.1"], ["10.0.0.1"])
    async with a_receiver(answering()) as receiver, a_client(look_up=look_up) as client:
        attempt = await client.send(f"http://rebinding.test:{receiver.port}/hook", BODY, {})
    assert attempt.is_delivered
    assert looked_up == ["rebinding.test"]
    assert receiver.requests[0][0]["host"] == f"rebinding.test:{receiver.port}"


async def test_name_that_later_resolves_to_a_private_address_is_rejected() -> None:
    look_up, _ = leading_to(["127.0.0.1"], ["10.0.0.1"])
    async with a_receiver(answering(200, "connection: close")) as receiver, a_client(look_up=look_up) as client:
        first, second = [await client.send(f"http://rebinding.test:{receiver.port}/", BODY, {}) for _ in range(2)]
    assert (first.is_delivered, second.is_delivered, second.reason) == (True, False, REFUSED)


async def test_name_with_public_and_private_addresses_is_not_connected() -> None:
    look_up, _ = leading_to(["127.0.0.1", "10.0.0.1"])
    async with a_receiver(answering()) as receiver, a_client(look_up=look_up) as client:
        attempt = await client.send(f"http://mixed.test:{receiver.port}/", BODY, {})
    assert attempt.reason == REFUSED
    assert receiver.connections == 0


async def test_second_address_is_tried_after_the_first_fails() -> None:
    look_up, _ = leading_to(["::1", "127.0.0.1"])
    async with a_receiver(answering()) as receiver:
        guard = SsrfGuard((LOOPBACK, ip_network("::1/128")), look_up=look_up)
        client = WebhookClient(guard, deadline_s=2, connect_s=1)
        attempt = await client.send(f"http://two.test:{receiver.port}/", BODY, {})
        await client.close()
    assert attempt.is_delivered


async def test_unresolvable_names_are_failed_attempts() -> None:
    async def look_up(host: str, _port: int) -> list[str]:
        if host == "silent.test":
            await asyncio.sleep(60)
        return []

    async with a_client(look_up=look_up, deadline_s=0.4) as client:
        gone = await client.send("https://gone.test/", BODY, {})
        assert gone.reason == "The host name of the receiver cannot be resolved."
        silent = await client.send("https://silent.test/", BODY, {})
    assert silent.reason == "No connection to the receiver was established within 0.2 seconds."


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_receiver(answering()) as proxy, a_receiver(answering()) as receiver, a_client() as client:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await client.send(receiver.url, BODY, {})).is_delivered
    assert (proxy.connections, receiver.connections) == (0, 1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a certificate of right.test, signed by itself, with its key."""
    if which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    key = path.with_suffix(".key")
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=right.test", "-addext", "subjectAltName=DNS:right.test", "-keyout", str(key)]
    subprocess.run(  # noqa: S603 - our own arguments
        ["openssl", "req", *kind, *named, "-out", str(path)],  # noqa: S607 - wherever it is installed
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + key.read_text())
    return path


def tls_of(certificate: Path, note: Callable[[str], None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: note(name)
    return context


async def test_certificate_is_checked_for_each_name_at_one_address(
    certificate: Path,
) -> None:
    names: list[str] = []
    look_up, _ = leading_to(["127.0.0.1"])
    trust = ssl.create_default_context(cafile=certificate)
    async with (
        a_receiver(answering(), tls=tls_of(certificate, names.append)) as receiver,
        a_client(look_up=look_up, trust=trust, deadline_s=2) as client,
    ):
        right = await client.send(f"https://right.test:{receiver.port}/", BODY, {})
        wrong = await client.send(f"https://wrong.test:{receiver.port}/", BODY, {})
    assert right.is_delivered
    assert wrong.reason.startswith("The receiver's certificate is not accepted: Hostname mismatch")
    assert names == ["right.test", "wrong.test"]
    assert [fields["host"] for fields, _ in receiver.requests] == [f"right.test:{receiver.port}"]


async def test_untrusted_certificate_is_rejected(certificate: Path) -> None:
    names: list[str] = []
    look_up, _ = leading_to(["127.0.0.1"])
    async with (
        a_receiver(answering(), tls=tls_of(certificate, names.append)) as receiver,
        a_client(look_up=look_up, deadline_s=2) as client,
    ):
        attempt = await client.send(f"https://right.test:{receiver.port}/", BODY, {})
    assert attempt.reason.startswith("The receiver's certificate is not accepted: self")
    assert receiver.requests == []


async def test_receiver_without_tls_is_reported_as_such() -> None:
    async with a_receiver(writing(OK)) as receiver, a_client(deadline_s=0.4) as client:
        attempt = await client.send(receiver.url.replace("http:", "https:"), BODY, {})
    assert (attempt.is_delivered, attempt.status) == (False, None)
