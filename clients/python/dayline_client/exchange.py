"""HTTP exchanges as flows: addresses, authorisation, repetition, validators, problems."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import random
from typing import Any

import httpx

from dayline_client.errors import DaylineError, InvalidResponseError, NetworkError, problem_of
from dayline_client.flow import Call, Flow, Pause, Read, Send
from dayline_client.params import encode_instant, encode_params
from dayline_client.response_memory import ResponseMemory
from dayline_client.retries import Retries

NO_RETRIES = Retries(attempts=1)


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

        ValueError for a URL of another origin, since the API key would be sent there.
        """
        base = self.base_url.path.rstrip("/")
        if not path.startswith("/"):
            given = httpx.URL(path)
            if (given.scheme, given.host, given.port) != (self.base_url.scheme, self.base_url.host, self.base_url.port):
                raise ValueError(f"Not a URL of {self.base_url}: {path}.")
            path = given.raw_path.decode()
        if base and not path.startswith(f"{base}/"):
            path = base + path
        url = self.base_url.join(path)
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
        fields, content = dict(headers or {}), None
        if json_body is not None:
            fields["Content-Type"] = "application/json"
            content = json.dumps(json_body, ensure_ascii=False, allow_nan=False, default=encode_instant).encode()
        return Call(method, self.url_of(path, params or {}), timeout, fields, content, is_streamed)

    def send(self, call: Call, *, retries: Retries | None = None) -> Flow[httpx.Response]:
        """Send a request until it succeeds or cannot be retried; ProblemError, NetworkError."""
        retries = self.retries if retries is None else retries
        failures = 0
        while True:
            failures += 1
            failure: DaylineError
            try:
                response: httpx.Response = yield Send(call)
            except httpx.RequestError as error:
                failure = NetworkError(error)
                failure.__cause__ = error
            else:
                if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
                    return response
                failure = problem_of(response)
            pause = retries.pause_after(failure, call, failures=failures, chance=self.chance())
            if pause is None:
                raise failure
            yield Pause(pause)

    def read_part(self) -> Flow[bytes | None]:
        """Return the next part of the open response, None at its end; NetworkError where it was interrupted."""
        try:
            part: bytes | None = yield Read()
        except httpx.RequestError as error:
            raise NetworkError(error) from error
        return part

    def get(self, path: str, params: Mapping[str, object] | None = None, **options: Any) -> Flow[Any]:
        """Return the content of a response; one that has not changed since is not sent again."""
        call = self.call("GET", path, params, **options)
        stored = self.memory.find(call.url)
        if stored is not None:
            headers = {**call.headers, "If-None-Match": stored.etag}
            response = yield from self.send(Call(call.method, call.url, call.timeout, headers))
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return json.loads(stored.content)
        else:
            response = yield from self.send(call)
        self.memory.store(call.url, response)
        return parse_json(response)

    def reconnection_pause_s(self, failure: DaylineError, failures: int) -> float:
        """Return the pause before a connection that failed so often is opened again."""
        pause = failure.retry_after_s
        if pause is None:
            return self.retries.backoff_s(failures, self.chance())
        return min(pause, self.retries.max_pause_s)

    def write(self, method: str, path: str, params: Mapping[str, object] | None = None, **options: Any) -> Flow[Any]:
        """Return the content of the response to a write; None where it has none."""
        response = yield from self.send(self.call(method, path, params, **options))
        return parse_json(response) if response.content else None


def parse_json(response: httpx.Response, text: bytes | str | None = None) -> Any:
    """Parse the content of a response, or a part of it; InvalidResponseError unless it is JSON."""
    try:
        return json.loads(response.content if text is None else text)
    except ValueError:
        raise not_of_dayline(response) from None


def not_of_dayline(response: httpx.Response) -> InvalidResponseError:
    """Return the error of a response that is not Dayline's, such as a login page."""
    media_type = response.headers.get("content-type", "none")
    return InvalidResponseError(f"{response.url} is not an address of Dayline: its media type is {media_type}.")
