"""Rendered JSON documents compared with their schemas in the OpenAPI document, which have every member that occurs."""

from pathlib import Path

import orjson
import pytest

from tests.api.contract import validator
from tests.conftest import api_document

GOLDEN = Path(__file__).parents[1] / "golden/syndication"
SCHEMAS = {
    "feed.json": "JsonFeed",
    "ninjs-list.json": "NinjsObject",
    "ninjs-article.json": "NinjsObject",
    "ninjs-canceled.json": "NinjsObject",
    "article.jsonld": "JsonLd",
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_documents_follow_their_documented_schemas(name: str) -> None:
    document = orjson.loads((GOLDEN / name).read_bytes())
    errors = validator(api_document(), {"$ref": f"#/components/schemas/{SCHEMAS[name]}"}).iter_errors(document)
    found = [each for each in errors if each.validator != "pattern"]  # instants of samples have no fraction
    assert [f"{each.json_path}: {each.message[:200]}" for each in found] == []
