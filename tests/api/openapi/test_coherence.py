"""Examples of an operation belong together: path, body and response name one resource with the same values."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.api.contract import Json, Operation, operations
from tests.api.openapi.test_examples import bodies, parameters
from tests.conftest import api_document

IDENTITIES = {
    "id_or_slug": ("id", "slug"),
    "article_id": ("id",),
    "webhook_id": ("id",),
    "name": ("slug", "code"),
    "slug": ("slug",),
    "source_id": ("source_id",),
    "edition": ("edition", "slug"),
    "prefix": ("prefix",),
    "day": ("date",),
    "number": ("revision",),
}
"""Members of responses that a path parameter names."""
WITHOUT_RESOURCE = ("/merge", "/ping")
"""Ends of paths whose response is another resource than that of the path."""
REPLACED = {"body", "note", "items"}
"""Members of requests that are stored in another form, or in another member: a slug in `items` as an id."""


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the OpenAPI document of the app."""
    return api_document()


def successes(operation: Operation) -> Iterator[Json]:
    """Return the examples of successful responses that are objects, also the one inside of a wrapper."""
    for status, response in operation.spec["responses"].items():
        for content in response.get("content", {}).values() if status.startswith("2") else ():
            if isinstance(content.get("example"), dict):
                yield content["example"]


def differing(sent: Any, shown: Any, where: str = "") -> Iterator[str]:
    """Return the places where a response has another value than the request."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        for name in sent.keys() & shown.keys() - REPLACED:
            yield from differing(sent[name], shown[name], f"{where}.{name}")
    elif sent != shown and not is_same_instant(sent, shown):
        yield f"{where}: {sent!r} is sent, {shown!r} returned"


def is_same_instant(sent: Any, shown: Any) -> bool:
    """Return whether both are instants, and equal."""
    try:
        return datetime.fromisoformat(sent) == datetime.fromisoformat(shown)
    except (TypeError, ValueError):
        return False


def test_responses_are_of_the_resource_in_the_path(document: Json) -> None:
    found = []
    for operation in operations(document):
        if operation.path.endswith(WITHOUT_RESOURCE):
            continue
        for name, value in parameters(operation, "path").items():
            for example in successes(operation):
                shown = [example[each] for each in IDENTITIES.get(name, ()) if each in example]
                if shown and value not in shown:
                    found.append(f"{operation.name}: {name} {value!r} is requested, {shown} returned")
    assert not found, "\n".join(found)


def test_responses_have_the_values_of_their_request(document: Json) -> None:
    found = []
    for operation in operations(document):
        for body in filter(None, bodies(operation)):
            for example in successes(operation):
                found += [f"{operation.name} {each}" for each in differing(body, example)]
    assert not found, "\n".join(found)


def test_link_examples_of_lists_are_of_their_operation(document: Json) -> None:
    for operation in (each for each in operations(document) if "cursor" in each.query):
        path = operation.path.format_map(defaultdict(str, parameters(operation, "path")))
        link = operation.spec["responses"].get("200", {}).get("headers", {}).get("Link")
        if link is not None:
            assert link["example"].startswith(f"<{path}?cursor="), operation.name


def test_examples_of_insufficient_scope_name_the_scopes(document: Json) -> None:
    for operation in operations(document):
        if "403" in operation.spec["responses"]:
            example = operation.spec["responses"]["403"]["headers"]["WWW-Authenticate"]["example"]
            scopes = [scope for each in operation.spec["security"] for names in each.values() for scope in names]
            assert example.endswith(f'scope="{" ".join(scopes)}"'), operation.name


def test_schema_examples_are_of_one_thing(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Section", "Tag", "Author", "DayLink", "SavedAuthor", "EditorialTag", "SparseArticleItem"):
        [example] = schemas[name]["examples"]
        assert example.get("slug", example.get("date")) in example["href"] or example.get("id") in example["href"], name
    day = schemas["TimelineDay"]["examples"][0]
    assert day["starts_at"] < day["ends_at"]
    assert "retry" not in schemas["StreamedChange"]["examples"][0]
