"""Problems that operations return where a setting asks for API keys or limits requests."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from app.api.http.private_responses import is_editorial_path
from app.api.middleware.access import PUBLIC_PATHS, RATE_LIMIT_EXEMPT
from app.api.openapi.signatures import SCHEME
from app.domain.api_key import ApiKeyScope

Problems = Callable[[Iterable[int]], Mapping[int | str, dict[str, Any]]]

_KEYED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_HEADERS = {
    "401": ("WWW-Authenticate", "`Bearer`, with `invalid_token` for a key that is not valid.", "Bearer"),
    "403": ("WWW-Authenticate", "`insufficient_scope`, with the scopes.", 'Bearer error="insufficient_scope"'),
    "429": ("Retry-After", "Seconds after which to repeat the request.", "12"),
    "503": ("Retry-After", "Seconds after which to repeat the request.", "1"),
}


def add_problems_of_settings(document: dict[str, Any], problems: Problems) -> None:
    """Add 401 and 403 of keyed reading, 429 of rate limits, and the header fields that come with them."""
    for path, item in document["paths"].items():
        is_keyed = not (_is_within(path, PUBLIC_PATHS) or is_editorial_path(path))
        is_limited = not _is_within(path, RATE_LIMIT_EXEMPT)
        for spec in item.values():
            if is_keyed:
                spec["security"] = [{}, {SCHEME: [ApiKeyScope.CONTENT_READ.value]}]
            statuses = [*(_KEYED if is_keyed else ()), *((HTTPStatus.TOO_MANY_REQUESTS,) if is_limited else ())]
            added = {str(int(status)): problem for status, problem in problems(map(int, statuses)).items()}
            spec["responses"] = dict(sorted({**added, **spec["responses"]}.items()))
            for status, response in spec["responses"].items():
                if status in _HEADERS:
                    response["headers"] = response.get("headers", {}) | _header(*_HEADERS[status])


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 1_000}
    return {name: {"description": description, "schema": schema, "example": example}}


def _is_within(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
