"""HTTP exchanges as flows: addresses, authorisation, repetition, validators, problems."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import random
from typing import Any

import httpx

from dayline_client.errors import DaylineError, InvalidResponseError, NetworkError, problem_of
from dayline_client.flow import Call, Flow, Pause, Read, Send
from dayline_client.header_fields import check_header_fields
from dayline_client.params import encode_instant, encode_params
from dayline_client.response_memory import ResponseMemory
from dayline_client.retries import SAFE, Retries
from dayline_client.shapes import Shape, has_shape

NO_RETRIES = Retries(attempts=1)
MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Exchange:
    """Exchanges with one installation."""

    base_url: httpx.URL
    timeout: httpx.Timeout
    retries: Retries
    memory: ResponseMemory
    chance: Callable[[], float] = random

    def url_of(self, path: str, params: Mapping[str, object]) -> httpx.URL:
        """Return the URL of a path of the API, or of a link (`href`) in a response, which has the base path already.

        ValueError for an address of another origin or above the base path, since the API key would be sent there. The
        origin of the result is that of `base_url`: nothing but path and query is taken from `path`.
        """
        try:
            given = httpx.URL(path)
        except httpx.InvalidURL as error:
            raise ValueError(f"Not a path or a URL: {path!r}: {error}") from None
        is_path = path.startswith("/") and not path.startswith("//")
        if not is_path and (_origin_of(given) != _origin_of(self.base_url) or given.userinfo):
            raise ValueError(f"Not a URL of {self.base_url!r}: {path!r}.")
        base = self.base_url.raw_path.decode().rstrip("/")
        target = given.raw_path.decode()
        if base and not target.startswith(f"{base}/"):
            target = base + target
        url = self.base_url.copy_with(raw_path=target.encode())
        if not self._contains(url):
            raise ValueError(f"Not a URL of {self.base_url!r}: {path!r}.")
        query = httpx.QueryParams([*url.params.multi_items(), *encode_params(params)])
        return url.copy_with(query=str(query).encode()) if query else url

    def call(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        max_silence_s: float | None = None,
        is_streamed: bool = False,
    ) -> Call:
        """Return a request; `max_silence_s` replaces the time for which the server may send nothing."""
        timeout = self.timeout
        if max_silence_s is not None:
            timeout = httpx.Timeout(**{**timeout.as_dict(), "read": max_silence_s})
        fields, content = check_header_fields(headers or {}), None
        if json_body is not None:
            fields["Content-Type"] = "application/json"
            content = json.dumps(json_body, ensure_ascii=False, allow_nan=False, default=encode_instant).encode()
        return Call(method, self.url_of(path, params or {}), timeout, fields, content, is_streamed)

    def send(self, call: Call, *, retries: Retries | None = None) -> Flow[httpx.Response]:
        """Send a request until it succeeds or cannot be retried; ProblemError, NetworkError."""
        retries = self.retries if retries is None else retries
        failures = redirects = 0
        while True:
            failure: DaylineError
            try:
                response: httpx.Response = yield Send(call)
            except httpx.RequestError as error:
                failure = NetworkError(error)
                failure.__cause__ = error
            else:
                if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
                    return response
                if response.has_redirect_location:
                    redirects += 1
                    call = self._redirect(call, response, redirects)
                    continue
                failure = problem_of(response)
            failures += 1
            pause = retries.pause_after(failure, call, failures=failures, chance=self.chance())
            if pause is None:
                raise failure
            yield Pause(pause)

    def _redirect(self, call: Call, response: httpx.Response, redirects: int) -> Call:
        """Return the request to follow a redirect with: a read within the installation, as from a former slug.

        InvalidResponseError for any other: a write would lose its method, and the API key is for one origin.
        """
        location = response.headers["location"]
        url = call.url.join(location)
        if not self._contains(url) or url.userinfo:
            raise InvalidResponseError(f"{call.url} redirects to {location}, outside base_url: correct base_url.")
        if call.method not in SAFE:
            raise InvalidResponseError(f"{call.method} {call.url} redirects to {location}: a write is not redirected.")
        if redirects > MAX_REDIRECTS:
            raise InvalidResponseError(f"{call.url} is redirected more than {MAX_REDIRECTS} times.")
        return replace(call, url=url)

    def _contains(self, url: httpx.URL) -> bool:
        """Return whether a URL has the origin of `base_url`, and a path below that of it."""
        base = self.base_url.raw_path.rstrip(b"/") + b"/"
        return _origin_of(url) == _origin_of(self.base_url) and url.raw_path.startswith(base)

    def read_part(self) -> Flow[bytes | None]:
        """Return the next part of the open response, None at its end; NetworkError where it was interrupted."""
        try:
            part: bytes | None = yield Read()
        except httpx.RequestError as error:
            raise NetworkError(error) from error
        return part

    def get(
        self, path: str, params: Mapping[str, object] | None = None, *, shape: Shape = object, **options: Any
    ) -> Flow[Any]:
        """Return the content of a response; one that has not changed since is not sent again.

        InvalidResponseError unless it is JSON of this shape.
        """
        call = self.call("GET", path, params, **options)
        stored = self.memory.find(call.url)
        if stored is not None:
            headers = {**call.headers, "If-None-Match": stored.etag}
            response = yield from self.send(replace(call, headers=headers))
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return parse_json(response, stored.content, shape=shape)
        else:
            response = yield from self.send(call)
        content = parse_json(response, shape=shape)
        self.memory.store(call.url, response)
        return content

    def reconnection_pause_s(self, failure: DaylineError, failures: int) -> float:
        """Return the pause before a connection that failed so often is opened again."""
        pause = failure.retry_after_s
        if pause is None:
            return self.retries.backoff_s(failures, self.chance())
        return min(pause, self.retries.max_pause_s)

    def write(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None = None,
        *,
        shape: Shape = object,
        **options: Any,
    ) -> Flow[Any]:
        """Return the content of the response to a write; None where it has none and no shape is required."""
        response = yield from self.send(self.call(method, path, params, **options))
        if not response.content and shape is object:
            return None
        return parse_json(response, shape=shape)


def _origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def parse_json(response: httpx.Response, text: bytes | str | None = None, *, shape: Shape = object) -> Any:
    """Parse the content of a response, or a part of it; InvalidResponseError unless it is JSON of this shape."""
    try:
        content = json.loads(response.content if text is None else text)
    except (ValueError, RecursionError):
        raise not_of_dayline(response) from None
    if not has_shape(content, shape):
        raise not_of_dayline(response)
    return content


def not_of_dayline(response: httpx.Response) -> InvalidResponseError:
    """Return the error of a response that is not Dayline's, such as a login page or JSON of another server."""
    media_type = response.headers.get("content-type", "none")
    return InvalidResponseError(
        f"{response.url} is not an address of Dayline: its content ({media_type}) has another form."
    )
