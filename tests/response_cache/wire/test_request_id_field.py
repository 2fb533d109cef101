"""Removal of the X-Request-ID line, byte by byte."""

import pytest

from app.response_cache.wire.request_id_field import without_request_id

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize("line", [b"X-Request-ID: 1", b"x-request-id:A-b_c.9", b"X-Request-Id: " + b"x" * 64])
def test_the_line_is_removed(line: bytes) -> None:
    assert without_request_id(HEAD + line + b"\r\nAccept: */*\r\n\r\n") == HEAD + b"Accept: */*\r\n\r\n"
    assert without_request_id(HEAD + line + b"\r\n\r\n") == HEAD + b"\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        HEAD + b"\r\n",
        HEAD + b"X-Request-ID: \r\n\r\n",
        HEAD + b"X-Request-ID: " + b"x" * 65 + b"\r\n\r\n",
        HEAD + b"X-Request-ID: a b\r\n\r\n",
        HEAD + b"X-Request-ID: a\n\r\n",
        HEAD + b"X-Request-ID : a\r\n\r\n",
        HEAD + b"X-Request-ID: a\r\n b\r\n\r\n",  # continued
        HEAD + b"X-Request-ID: a\r\n",  # cut
        HEAD + b"X-Request-ID: a",
        HEAD + b"\r\nX-Request-ID: a\r\n\r\n",  # behind the end of the head
        b"\r\nX-Request-ID: a\r\n" + HEAD + b"\r\n",  # before the request line
        b"X-Request-ID: a\r\n" + HEAD + b"\r\n",
    ],
)
def test_other_requests_are_unchanged(request_bytes: bytes) -> None:
    assert without_request_id(request_bytes) == request_bytes
