"""Problems that operations share: 401, 403 and 429 that settings cause, 500, and 503 where the database is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from app.api.http.private_responses import is_editorial_path
from app.api.middleware.access import PUBLIC_PATHS, RATE_LIMIT_EXEMPT
from app.api.openapi.signatures import SCHEME
from app.domain.api_key import ApiKeyScope

Problems = Callable[[Iterable[int]], Mapping[int | str, dict[str, Any]]]

WITHOUT_DATABASE = "/health/live"


def add_shared_problems(document: dict[str, Any], problems: Problems) -> None:
    """Add 401 and 403 of keyed reading, 429 of rate limits, 500, and 503 of the database; and who needs no key."""
    for path, item in document["paths"].items():
        is_keyed = not (_is_within(path, PUBLIC_PATHS) or is_editorial_path(path))
        for spec in item.values():
            if is_keyed:
                spec.setdefault("security", [{}, {SCHEME: [ApiKeyScope.CONTENT_READ.value]}])
            spec.setdefault("security", [])
            added = {
                str(int(status)): problem for status, problem in problems(_statuses(path, is_keyed=is_keyed)).items()
            }
            spec["responses"] = dict(sorted({**added, **spec["responses"]}.items()))


def _statuses(path: str, *, is_keyed: bool) -> Iterator[int]:
    if is_keyed:
        yield HTTPStatus.UNAUTHORIZED
        yield HTTPStatus.FORBIDDEN
    if not _is_within(path, RATE_LIMIT_EXEMPT):
        yield HTTPStatus.TOO_MANY_REQUESTS
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    if path != WITHOUT_DATABASE:
        yield HTTPStatus.SERVICE_UNAVAILABLE


def _is_within(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
