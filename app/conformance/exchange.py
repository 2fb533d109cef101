"""Requests to the installation: raw responses, a limit on time and requests, and the curl command that repeats each."""

import gzip
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import httpx

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_PORT = 65_535
MAX_SHOWN_URL = 200
REQUEST_TIMEOUT_S = 15.0
KEY_VARIABLE = "DAYLINE_KEY"
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": lambda body: body,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}


class NoResponseError(Exception):
    """The installation does not respond as HTTP."""


class InvalidTargetError(Exception):
    """The URL, the API key or the edition of a run cannot be used."""


class LimitError(Exception):
    """The run has used up its time or its requests."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, without the API key."""

    method: str
    url: str
    fields: Mapping[str, str]
    with_key: bool = False
    content: str | None = None

    @property
    def curl(self) -> str:
        """Return the command that repeats the request; it takes the key from the environment."""
        method = {"GET": [], "HEAD": ["-I"]}.get(self.method, ["-X", self.method])
        fields = [part for name, value in self.fields.items() for part in ("-H", f"{name}: {value}")]
        words = " ".join(shlex.quote(word) for word in ["curl", "-i", *method, *fields])
        key = f' -H "Authorization: Bearer ${KEY_VARIABLE}"' if self.with_key else ""
        content = f" --data {shlex.quote(self.content)}" if self.content is not None else ""
        return f"{words}{key}{content} {shlex.quote(self.url)}"


@dataclass(frozen=True, slots=True)
class Received:
    """A response with its body as sent, which `decoded` decompresses."""

    sent: Sent
    status: int
    fields: httpx.Headers
    raw: bytes

    @property
    def encoding(self) -> str:
        """Return the content coding, `identity` where there is none."""
        return str(self.fields.get("content-encoding", "identity")).strip().lower()

    @property
    def media_type(self) -> str:
        """Return the media type without parameters."""
        return str(self.fields.get("content-type", "")).partition(";")[0].strip().lower()

    def decoded(self) -> bytes:
        """Return the body without its content coding; ValueError if it is not of that coding."""
        try:
            return DECODERS[self.encoding](self.raw)
        except Exception as error:
            raise ValueError(f"The body is not {self.encoding}.") from error

    def json(self) -> Any:
        """Return the parsed body, None if it is no JSON."""
        try:
            return httpx.Response(200, content=self.decoded()).json()
        except ValueError:
            return None

    def follow(self, href: str) -> str:
        """Return the URL of a link of this response."""
        return urljoin(self.sent.url, href)


def parse_base_url(url: str) -> str:
    """Return the base URL without a slash at its end; InvalidTargetError unless addresses of the API can follow it.

    User information is refused as well, since reports show URLs.
    """
    try:
        parsed, host = httpx.URL(url), urlsplit(url).hostname or ""
        host.encode("idna")
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidTargetError(f"'{shorten_url(url)}' is no URL: {error}".rstrip(".")) from error
    is_port = parsed.port is None or 0 < parsed.port <= MAX_PORT
    if parsed.scheme not in {"http", "https"} or not host or " " in url or not is_port:
        raise InvalidTargetError(
            f"'{shorten_url(url)}' is no URL of HTTP; one is https://api.example or https://www.example/api"
        )
    if parsed.userinfo or "@" in parsed.netloc.decode():
        raise InvalidTargetError("The URL contains user information; give an API key with --key or DAYLINE_KEY")
    if "?" in url or "#" in url:
        raise InvalidTargetError(f"'{shorten_url(url)}' has a query or a fragment; give the part before /v1")
    return url.rstrip("/")


def shorten_url(url: str) -> str:
    """Return a URL for one line of an error, without user information."""
    printed = "".join(each if each.isprintable() else "…" for each in url)
    return re.sub(r"//[^/?#]*@", "//…@", printed)[:MAX_SHOWN_URL]


def check_key(key: str | None) -> None:
    """Raise InvalidTargetError for a key that no header field can contain; the error does not show it."""
    if key is not None and not re.fullmatch(r"[!-~]+", key):
        raise InvalidTargetError("The API key contains spaces, line feeds or characters that are not of ASCII")


@dataclass(slots=True)
class Exchange:
    """Client of one installation at a base URL, whose path precedes every address."""

    base: str
    client: httpx.Client
    max_requests: int
    max_seconds: float
    key: str | None = None
    reads_with_key: bool = False
    count: int = 0
    _begun: float = field(default_factory=time.monotonic)

    @property
    def base_path(self) -> str:
        """Return the path of the base URL, empty for a host of its own."""
        return urlsplit(self.base).path

    def url(self, path: str, **params: Any) -> str:
        """Return the URL of an address of the API, with parameters."""
        return str(httpx.URL(f"{self.base}{path}").copy_merge_params(params)) if params else f"{self.base}{path}"

    def seconds_left(self) -> float:
        """Return how long the run may last from now on."""
        return self.max_seconds - (time.monotonic() - self._begun)

    def begin(self, sent: Sent, *, is_cleanup: bool = False) -> httpx.Request:
        """Count a request and build it; LimitError if there is no time for it or it is one too many.

        The limits do not apply to cleaning up. The key is sent to the host of the base URL only.
        """
        if is_cleanup:
            return self._build(sent)
        if self.count >= self.max_requests:
            raise LimitError(f"the limit of {self.max_requests} requests is reached")
        if self.seconds_left() <= 0:
            raise LimitError(f"the limit of {self.max_seconds:g} seconds is reached")
        return self._build(sent)

    def _build(self, sent: Sent) -> httpx.Request:
        self.count += 1
        fields = {"Accept-Encoding": "identity", **sent.fields}
        is_own = urlsplit(sent.url)[:2] == urlsplit(self.base)[:2]
        if sent.with_key and self.key is not None and is_own:
            fields["Authorization"] = f"Bearer {self.key}"
        content = None if sent.content is None else sent.content.encode()
        return self.client.build_request(sent.method, sent.url, headers=fields, content=content)

    def request(
        self,
        url: str,
        *,
        method: str = "GET",
        fields: Mapping[str, str] | None = None,
        content: str | None = None,
        with_key: bool | None = None,
        is_cleanup: bool = False,
    ) -> Received:
        """Send a request and read its response, redirects included; NoResponseError if there is none.

        Where requests are limited (429), it waits as `Retry-After` says and sends the request once more; LimitError if
        that is beyond the end of the run.
        """
        keyed = self.reads_with_key if with_key is None else with_key
        sent = Sent(method, url, dict(fields or {}), keyed, content)
        received = self._exchange(sent, is_cleanup=is_cleanup)
        if received.status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = str(received.fields.get("retry-after", ""))
            if not wait.isdigit() or int(wait) > self.seconds_left():
                raise LimitError("the installation limits requests (status 429)")
            time.sleep(int(wait))
            received = self._exchange(sent, is_cleanup=is_cleanup)
        return received

    def _exchange(self, sent: Sent, *, is_cleanup: bool) -> Received:
        request = self.begin(sent, is_cleanup=is_cleanup)
        try:
            response = self.client.send(request, stream=True)
            try:
                raw = bytearray()
                for chunk in response.iter_raw():
                    raw += chunk
                    if len(raw) > MAX_BODY_BYTES:
                        raise NoResponseError(f"{sent.url} sends more than {MAX_BODY_BYTES} bytes")
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise NoResponseError(f"{sent.url}: {type(error).__name__}: {error}") from error
        return Received(sent, response.status_code, response.headers, bytes(raw))
