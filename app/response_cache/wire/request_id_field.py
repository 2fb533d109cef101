"""Removal of the X-Request-ID line of a request, so that requests that differ in their id alone equal each other."""

import re

_MARK = b"equest-"
_MARK_AT = len(b"\r\nX-R")
_FIELD = re.compile(rb"\r\n[Xx]-[Rr]equest-(?:ID|Id|id): ?[A-Za-z0-9._-]{1,64}(?=\r\n[^ \t])")
_LINE_ENDS = b"\r\n"


def without_request_id(request: bytes) -> bytes:
    """Return the bytes of a request without its X-Request-ID line, in the spellings that clients and proxies use.

    The result stands for the request only where it equals one that was parsed before as a whole: then the line can only
    have been a complete field line of that request's head. So it must not be the first line (the request line precedes
    it) nor follow an empty line (the head would have ended) nor be continued. Other requests are returned as they are,
    and parsed.
    """
    start = request.find(_MARK) - _MARK_AT
    if start <= 0 or request[start - 1] in _LINE_ENDS:
        return request
    found = _FIELD.match(request, start)
    return request if found is None else request[:start] + request[found.end() :]
