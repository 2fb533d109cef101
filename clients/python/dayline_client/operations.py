"""Every operation, and what both clients are made with."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, TypeVar, get_args, get_origin

import httpx

from dayline_client.editorial import Editorial
from dayline_client.exchange import Exchange
from dayline_client.flow import Emit
from dayline_client.following import Following
from dayline_client.header_fields import check_header_fields, make_authorization
from dayline_client.reading import Reading
from dayline_client.response_memory import ResponseMemory
from dayline_client.retries import Retries
from dayline_client.version import __version__

M = TypeVar("M", bound=Callable[..., Any])

TIMEOUT_S = 30.0
MEMORY_BYTES = 16 * 2**20


class Operations(Reading, Following, Editorial):
    """Operations of one installation, each as a flow."""


def make_operations(
    base_url: str, *, timeout: float | httpx.Timeout, retries: Retries, memory_bytes: int
) -> Operations:
    """Return the operations; ValueError for a URL that no request can be sent to."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"base_url is not a URL: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ValueError(f"base_url must be an http or https URL without a query: {base_url!r}.")
    return Operations(Exchange(url, httpx.Timeout(timeout), retries, ResponseMemory(memory_bytes)))


def make_headers(api_key: str | None, headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return the header fields of every request; ValueError for what HTTP does not allow."""
    fields = {"Accept": "application/json, */*;q=0.5"}
    fields["User-Agent"] = f"dayline-client/{__version__} python-httpx/{httpx.__version__}"
    if api_key is not None:
        fields["Authorization"] = make_authorization(api_key)
    return fields | check_header_fields(headers or {})


def result_type(operation: Callable[..., Any]) -> Any:
    """Return the type of what an operation returns or, if it is an iterator, of its items."""
    yielded, _, returned = get_args(signature(operation).return_annotation)
    items = [get_args(step)[0] for step in get_args(yielded) if get_origin(step) is Emit]
    return items[0] if items else returned


def annotate(method: M, operation: Callable[..., Any], returned: Any) -> M:
    """Give a method the signature of its operation with the type that it returns itself, as `help` shows it."""
    method.__signature__ = signature(operation).replace(return_annotation=returned)  # type: ignore[attr-defined]
    return method
