"""Exports that are cut on the network: each framing shows it, or is refused."""

import gzip
import socketserver
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from threading import Thread

import pytest

from dayline_client import AsyncDayline, Dayline, InvalidResponseError, NetworkError
from tests.clients.python.test_following import lines

NAMES = ["a", "b", "c"]
WHOLE = lines(*NAMES)
CUTS = [WHOLE[:-1], WHOLE[: len(WHOLE) // 2], lines("a"), b""]


def chunk(text: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text), text)


def head(*fields: bytes, version: bytes = b"1.1") -> bytes:
    return b"\r\n".join((b"HTTP/%s 200 OK" % version, b"Dayline-As-Of: 77", *fields, b"", b""))


@contextmanager
def serve(response: bytes) -> Iterator[str]:
    """Serve these bytes to each connection, and close it."""

    class Connection(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(response)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def exported(response: bytes) -> list[str]:
    with serve(response) as address, Dayline(address) as dayline:
        return [article["id"] for batch in dayline.export() for article in batch.articles]


COMPLETE: list[Callable[[bytes], bytes]] = [
    lambda text: head(b"Content-Length: %d" % len(text)) + text,
    lambda text: head(b"Content-Length: %d" % len(text), version=b"1.0") + text,
    lambda text: head(b"Transfer-Encoding: chunked") + chunk(text) + b"0\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(COMPLETE)))
def test_framed_exports_are_complete(number: int) -> None:
    assert exported(COMPLETE[number](WHOLE)) == NAMES


@pytest.mark.parametrize("cut", CUTS)
def test_cut_exports_are_network_errors(cut: bytes) -> None:
    zipped = gzip.compress(WHOLE)
    for response in (
        head(b"Content-Length: %d" % len(WHOLE)) + cut,
        head(b"Content-Length: %d" % len(WHOLE), version=b"1.0") + cut,
        head(b"Transfer-Encoding: chunked") + (chunk(cut) if cut else b""),
        head(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip") + chunk(zipped[:-9]),
    ):
        with pytest.raises(NetworkError):
            exported(response)


@pytest.mark.parametrize("text", [WHOLE, *CUTS])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_exports_whose_end_nothing_marks_are_refused(version: bytes, text: bytes) -> None:
    response = head(b"Connection: close", version=version) + text
    with pytest.raises(InvalidResponseError, match="neither Content-Length nor chunked"):
        exported(response)
    with serve(response) as address:
        async with AsyncDayline(address) as dayline, aclosing(dayline.export()) as batches:
            with pytest.raises(InvalidResponseError, match="neither Content-Length nor chunked"):
                await anext(batches)


def test_export_that_a_proxy_ended_within_a_line_is_a_network_error() -> None:
    for cut in CUTS[:2]:
        framed = head(b"Transfer-Encoding: chunked") + chunk(cut) + b"0\r\n\r\n"
        with pytest.raises(NetworkError, match="within a line"):
            exported(framed)
