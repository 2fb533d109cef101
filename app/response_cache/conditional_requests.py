"""Conditional requests (RFC 9110, section 13): the fields of a request, and the decision for a 304."""

from collections.abc import Iterable
from typing import NamedTuple

from app import clock
from app.domain.http_date import parse_http_date


class ConditionalHeaders(NamedTuple):
    """Fields of a request for content negotiation and conditional requests."""

    accept_encoding: str = ""
    if_none_match: str | None = None
    if_modified_since: str | None = None


def parse_conditional_headers(headers: Iterable[tuple[bytes, bytes]]) -> ConditionalHeaders:
    """Parse the conditional and negotiation fields of a request (names in lower case); lines of one name are joined."""
    encodings, known, since = "", None, None
    for name, value in headers:
        if name == b"accept-encoding":
            text = value.decode("latin-1")
            encodings = f"{encodings}, {text}" if encodings else text
        elif name == b"if-none-match":
            text = value.decode("latin-1")
            known = text if known is None else f"{known}, {text}"
        elif name == b"if-modified-since":
            since = value.decode("latin-1")
    return ConditionalHeaders(encodings, known, since)


def is_not_modified(tag: str, last_modified: str | None, *, known: str | None, since: str | None) -> bool:
    """Return whether the client's representation is current (RFC 9110, section 13): ETags take precedence over dates.

    A date may have each of the three formats of HTTP-date; an invalid one is ignored. `known` is the If-None-Match
    value, `since` the If-Modified-Since value.
    """
    if known is not None:
        return known.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in known.split(",")]
    if since is None or last_modified is None:
        return False
    modified_s, known_s = (parse_http_date(each, now=clock.now()) for each in (last_modified, since))
    return modified_s is not None and known_s is not None and modified_s <= known_s
