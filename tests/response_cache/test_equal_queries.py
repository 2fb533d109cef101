"""Nothing that the public can ask is left out of the questions whose answers are held against fresh ones."""

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
from tests.response_cache.random_requests import ELSEWHERE, HEALTH, PAGES, PASSING, Questions, public_operations

APP, _ = app_of(0)
EACH = 120  # addresses of an operation


@pytest.fixture(scope="module")
def document() -> Json:
    """What the app says of itself."""
    return api_document()


def made(document: Json) -> dict[str, set[str]]:
    """The operations that addresses were made of, with the parameters that these had."""
    questions = Questions(Newsroom(Random(1), NOW), document)
    found: dict[str, set[str]] = defaultdict(set)
    for operation in questions.operations:
        for _ in range(EACH):
            target = questions.make_of(operation)
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
    others = (*PAGES, *HEALTH)
    for context in iter_route_contexts(list(iter_routes(APP))):
        path = context.path_format or ""
        if not isinstance(context.original_route, APIRoute) or "GET" not in (context.methods or ()):
            continue
        if path in paths | PASSING or path.startswith("/v1/editorial"):
            continue
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        assert any(re.fullmatch(pattern, other) for other in others), f"{path} is asked by nobody"


def test_random_requests_reach_every_path(document: Json) -> None:
    questions = Questions(Newsroom(Random(1), NOW), document)
    targets = [questions.make() for _ in range(3_000)]
    paths = {target.partition("?")[0] for target in targets}
    for operation in questions.operations:
        assert any(matches(operation, path) for path in paths), operation.name
    assert paths >= {*ELSEWHERE, *HEALTH}
    assert paths >= {*PAGES[-3:]}
