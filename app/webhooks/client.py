"""Webhook client: one attempt to deliver a message, and its result as a sentence that is safe to log."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from time import monotonic

import httpcore
import httpx

from app import clock
from app.domain.http_date import parse_http_date
from app.domain.url import ascii_url
from app.errors import InvalidValueError
from app.webhooks.backoff import MAX_RETRY_AFTER_S
from app.webhooks.ssrf_guard import SsrfGuard
from app.webhooks.transport import PRE_SEND_CHECK, GuardedTransport, PreSendCheck, SupersededError

DEADLINE_S = 15.0
CONNECT_S = 5.0
MAX_AT_ONCE = 256
MAX_LOCATION_CHARACTERS = 200

_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """Result of an attempt: a 2xx status is a delivery, everything else a failure.

    `reason` is one sentence, without any of the response's body; `retry_after_s` the Retry-After of a 429 or 503, up to
    MAX_RETRY_AFTER_S; `is_gone` (410) means that the receiver wants no more messages, ever.
    """

    is_delivered: bool
    status: int | None
    reason: str
    duration_ms: int
    retry_after_s: int | None = None
    is_gone: bool = False


class WebhookClient:
    """Sender of messages, at most `at_once` concurrently; its connections open on demand, and `close` closes them.

    `deadline_s` limits an attempt up to the head of the response, `connect_s` the resolution and connection within it.
    `trust` holds the certificate authorities for receivers (default: those of Mozilla).
    """

    def __init__(
        self,
        guard: SsrfGuard,
        *,
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
        at_once: int = MAX_AT_ONCE,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._slots = asyncio.Semaphore(at_once)
        self._trust = trust
        self._transports: dict[str, GuardedTransport] = {}
        self._always = {
            "user-agent": f"Dayline/{version('dayline')}",
            "accept": "*/*",
            "accept-encoding": "identity",
        }

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], *, pre_send_check: PreSendCheck | None = None
    ) -> DeliveryAttempt:
        """POST the body, JSON unless the headers say otherwise.

        `pre_send_check` is called once the connection is open; if it returns False, nothing is sent and SupersededError
        is raised, the only error besides CancelledError. Waiting for one of the `at_once` slots counts neither towards
        the deadline nor in `duration_ms`.
        """
        async with self._slots:
            began = monotonic()
            try:
                self._guard.check_url(url)
                request = httpx.Request(
                    "POST",
                    ascii_url(url),
                    content=body,
                    headers={"content-type": "application/json", **_lowered(headers), **self._always},
                    extensions={PRE_SEND_CHECK: pre_send_check},
                )
                response = await self._transport(request.url.scheme).handle_async_request(request)
            except SupersededError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a foreign server causes is a failed attempt
                return DeliveryAttempt(
                    is_delivered=False, status=None, reason=self._reason(error), duration_ms=_since_ms(began)
                )
            return _to_attempt(response, duration_ms=_since_ms(began))

    async def close(self) -> None:
        """Close all connections; attempts in progress fail."""
        while self._transports:
            await self._transports.popitem()[1].aclose()

    def _transport(self, scheme: str) -> GuardedTransport:
        transport = self._transports.get(scheme)
        if transport is None:
            transport = self._transports[scheme] = GuardedTransport(
                self._guard,
                trust=None if scheme == "http" else self._trust or httpx.create_ssl_context(trust_env=False),
                deadline_s=self._deadline_s,
                connect_s=self._connect_s,
            )
        return transport

    def _reason(self, error: Exception) -> str:  # noqa: PLR0911 - a table of errors and their sentences
        match error:
            case InvalidValueError():
                return error.detail
            case httpcore.ConnectTimeout():
                return f"No connection to the receiver was established within {self._connect_s:g} seconds."
            case TimeoutError():
                return f"The receiver did not respond within {self._deadline_s:g} seconds."
            case httpcore.ConnectError(args=(ssl.SSLCertVerificationError() as failure,)):
                return f"The receiver's certificate is not accepted: {failure.verify_message.rstrip('.')}."
            case httpcore.ConnectError(args=(ssl.SSLError(),)):
                return "The receiver supports no version or cipher of TLS that the sender supports."
            case httpcore.ConnectError():
                return "The receiver does not accept connections."
            case httpcore.NetworkError() | httpcore.RemoteProtocolError():
                return "The receiver closed the connection before it responded, or its response is not HTTP."
            case OSError():
                return "The host name of the receiver cannot be resolved."
            case _:
                return f"The message could not be sent ({type(error).__name__})."


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _since_ms(began: float) -> int:
    return round((monotonic() - began) * 1000)


def _to_attempt(response: httpx.Response, *, duration_ms: int) -> DeliveryAttempt:
    status = response.status_code
    reason = f"The receiver answered {status}."
    if response.has_redirect_location:
        reason = f"The receiver answered {status} and points to {_redirect_target(response)}, which is not followed."
    return DeliveryAttempt(
        is_delivered=response.is_success,
        status=status,
        reason=reason,
        duration_ms=duration_ms,
        retry_after_s=_retry_after_s(response.headers) if status in _LATER else None,
        is_gone=status == HTTPStatus.GONE,
    )


def _redirect_target(response: httpx.Response) -> str:
    """Return the target of a redirect, without its query (it may contain a secret), in printable ASCII."""
    try:
        target = response.request.url.join(response.headers["location"])
        return str(target.copy_with(query=None, fragment=None, username=None, password=None))[:MAX_LOCATION_CHARACTERS]
    except (httpx.InvalidURL, ValueError):
        return "no URL"


def _retry_after_s(headers: httpx.Headers) -> int | None:
    """Return the Retry-After in seconds; a date is relative to the receiver's own Date field."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text.lstrip("0")[:9] or "0"), MAX_RETRY_AFTER_S)
    until_s, sent_s = (parse_http_date(each, now=clock.now()) for each in (text, headers.get("date", "").strip()))
    if until_s is None or sent_s is None:
        return None
    return max(0, min(until_s - sent_s, MAX_RETRY_AFTER_S))
