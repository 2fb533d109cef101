"""Growth of /v1: the document lets clients of today decode values and block types of later versions."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.schemas.types import MAX_ENUM_VALUE
from tests.api.contract import Json, operations, validator

OF_OTHERS = ("JsonFeed", "Ninjs", "JsonLd")
"""Beginnings of the names of schemas of other standards, which leave members without a value out."""
POLL = {
    "type": "poll",
    "question": "Trams on Sundays?",
    "fallback_html": "<p>Trams on Sundays?</p>",
    "fallback_text": "Trams on Sundays?",
}


@pytest.fixture
async def document(reader: httpx.AsyncClient) -> Json:
    """Return the document as it is served."""
    found: Json = (await reader.get("/openapi.json")).json()
    return found


def responses_of(document: Json) -> set[str]:
    """Return the names of the schemas that responses use, directly or inside others."""
    schemas = document["components"]["schemas"]
    waiting = [operation.spec["responses"] for operation in operations(document)]
    found: set[str] = set()
    while waiting:
        for name in references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for name, each in node.items():
            if name not in {"example", "examples"}:
                yield from references(each)


def closed_enums(node: Any, enums: set[str]) -> Iterator[Any]:
    """Return the enumerations of a schema that allow no other string."""
    if isinstance(node, list):
        for each in node:
            yield from closed_enums(each, enums)
    elif isinstance(node, dict):
        if {"type": "string", "maxLength": MAX_ENUM_VALUE} in node.get("anyOf", []):
            return
        if "enum" in node or node.get("$ref", "").rpartition("/")[2] in enums:
            yield node
        for name, each in node.items():
            if name not in {"example", "examples"}:
                yield from closed_enums(each, enums)


async def test_enumerations_of_responses_are_open(document: Json) -> None:
    schemas = document["components"]["schemas"]
    enums = {name for name, schema in schemas.items() if "enum" in schema}
    closed_on_purpose = {"WordChange", "BlockOperation"}  # the operations of a diff
    for name in responses_of(document) - enums - closed_on_purpose:
        assert list(closed_enums(schemas[name], enums)) == [], name


async def test_unknown_enumeration_values_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    changes = (await reader.get("/v1/changes?since=0")).json()
    changes["items"][0]["type"] = "article.translated"
    schema = {"$ref": "#/components/schemas/ChangeList"}
    assert list(validator(document, schema).iter_errors(changes)) == []


async def test_unknown_block_types_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    article = (await reader.get("/v1/articles/trams-return")).json()
    article["body"].append(POLL)
    schema = {"$ref": "#/components/schemas/Article"}
    errors = list(lenient(document, schema).iter_errors(article))
    assert errors == []
    for name in ("fallback_html", "fallback_text"):
        incomplete = {key: value for key, value in POLL.items() if key != name}
        without = {**article, "body": [*article["body"][:-1], incomplete]}
        assert not lenient(document, schema).is_valid(without), name


async def test_unknown_forms_of_list_items_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    article = (await reader.get("/v1/articles/trams-return")).json()
    schema = {"$ref": "#/components/schemas/Article"}
    item = {"html": "Ring the depot", "checked": True}
    nested = {"html": "Before the vote", "list": {"ordered": True, "items": [item]}}
    for given, is_valid in ((item, True), (nested, True), ({"checked": True}, False)):
        body = [*article["body"], {"type": "list", "ordered": False, "items": ["Ask", given]}]
        assert lenient(document, schema).is_valid({**article, "body": body}) is is_valid, given


async def test_unknown_rich_block_types_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    article = (await reader.get("/v1/articles/trams-return?body=rich")).json()
    article["body"].append({name: member for name, member in POLL.items() if name != "fallback_html"})
    schema = {"$ref": "#/components/schemas/Article"}
    assert list(lenient(document, schema).iter_errors(article)) == []
    del article["body"][-1]["fallback_text"]
    assert not lenient(document, schema).is_valid(article)


def lenient(document: Json, schema: Json) -> Any:
    """Return a validator that, as clients do, ignores members that it does not know."""
    return type(validator(document, schema))({**schema, "components": document["components"]})


async def test_members_that_are_always_present_are_required(document: Json) -> None:
    schemas = document["components"]["schemas"]
    optional = {
        name: sorted(set(schemas[name]["properties"]) - set(schemas[name].get("required", [])))
        for name in responses_of(document)
        if "properties" in schemas[name] and not name.startswith(("Sparse", *OF_OTHERS))
    }
    assert {name: members for name, members in optional.items() if members} == {
        "AlternateLink": ["title"],
        "Article": ["body"],
        "BlockOperation": ["after", "before", "count", "words"],
        "ChangeItem": ["entry"],
        "ChangedEntry": ["merged"],
        "InputError": ["code"],
        "MemberDifference": ["words"],
        "PreviewedArticle": ["body"],
        "Problem": ["embargoed_until", "errors", "id", "notice"],
        "StreamedChange": ["data", "event", "retry"],
        "Timeline": ["as_of", "heading_language", "newer", "today"],
        "TimelineDay": ["total"],
        "TimelineDayPage": ["heading_language"],
    }


async def test_sparse_items_have_the_members_of_whole_ones(document: Json) -> None:
    schemas = document["components"]["schemas"]
    editorial, timeline, changed = (
        schemas[f"Sparse{name}"] for name in ("EditorialItem", "TimelineItem", "ChangedItem")
    )
    for each in (editorial, timeline, changed):
        assert each["required"] == ["id", "href"]
    assert editorial["properties"].keys() <= schemas["EditorialArticle"]["properties"].keys()
    assert timeline["properties"].keys() >= schemas["LinkedItem"]["properties"].keys()
    assert changed["properties"].keys() == {*timeline["properties"], "heading"}


async def test_articles_are_addressed_by_id_or_slug(document: Json) -> None:
    paths = document["paths"]
    assert "/v1/articles/{id_or_slug}" in paths
    assert not [path for path in paths if "{key}" in path]
