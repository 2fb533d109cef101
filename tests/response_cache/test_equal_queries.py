"""Coverage of random requests: every public operation and parameter is compared with fresh responses."""

import re
from collections import defaultdict
from random import Random
from urllib.parse import parse_qsl

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.router import iter_routes
from tests.api.contract import Json, Operation
from tests.conftest import NOW, api_document, app_of
from tests.response_cache.newsroom import Newsroom
from tests.response_cache.random_requests import (
    ELSEWHERE,
    HEALTH,
    PAGES,
    PASSING,
    START,
    RequestGenerator,
    public_operations,
)

APP, _ = app_of(0)
EACH = 120  # URLs of an operation


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the app's document."""
    return api_document()


def made(document: Json) -> dict[str, set[str]]:
    """Return the operations of which URLs were made, with their parameters."""
    generator = RequestGenerator(Newsroom(Random(1), NOW), document)
    found: dict[str, set[str]] = defaultdict(set)
    for operation in generator.operations:
        for _ in range(EACH):
            target = generator.make_of(operation)
            path, _, query = target.partition("?")
            assert matches(operation, path), (operation.path, target)
            found[operation.name] |= {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return found


def matches(operation: Operation, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path) is not None


def test_random_requests_use_every_parameter_of_every_operation(document: Json) -> None:
    found = made(document)
    for operation in public_operations(document):
        assert set(operation.query) - found[operation.name] == set(), operation.name


def test_random_requests_cover_every_public_path(document: Json) -> None:
    paths = {operation.path for operation in public_operations(document)}
    others = (START, *PAGES, *HEALTH)
    for context in iter_route_contexts(list(iter_routes(APP))):
        path = context.path_format or ""
        if not isinstance(context.original_route, APIRoute) or "GET" not in (context.methods or ()):
            continue
        if path in paths | PASSING or path.startswith("/v1/editorial"):
            continue
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        assert any(re.fullmatch(pattern, other) for other in others), f"{path} is never requested"


def test_random_requests_reach_every_path(document: Json) -> None:
    generator = RequestGenerator(Newsroom(Random(1), NOW), document)
    targets = [generator.make() for _ in range(6_000)]
    paths = {target.partition("?")[0] for target in targets}
    for operation in generator.operations:
        assert any(matches(operation, path) for path in paths), operation.name
    assert paths >= {*ELSEWHERE, *HEALTH}
    assert paths >= {*PAGES[-3:]}
