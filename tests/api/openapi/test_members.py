"""Members and parameters of the document: each has a description, an example and its bounds."""

from typing import Any

import pytest

from app.api.openapi.completion import refers
from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.html.losses import LossCode
from app.schemas.warning_codes import LOSS_CODES, MEANINGS, WarningCode
from tests.api.contract import Json, operations, validator
from tests.conftest import api_document
from tests.docs.pages import DOCS

UNBOUNDED = {
    ("Article", "body"): "one string for a body of any number of blocks",
    ("BlockOperation", "before"): "blocks of any type, of revisions too",
    ("BlockOperation", "after"): "same",
    ("MemberDifference", "before"): "the value of any member",
    ("MemberDifference", "after"): "same",
    ("Revision", "content"): "a record in the interchange format",
    ("Article", "extra"): "any object of at most 16 KiB",
    ("EditorialArticle", "extra"): "same",
    ("ArticleCreate", "extra"): "same",
    ("ArticleUpdate", "extra"): "same",
    ("Article", "notes"): "a note for each public change that had one",
    ("EditorialArticle", "notes"): "same",
    ("EditorialArticle", "old_slugs"): "a slug for each time it changed",
    ("EditorialArticle", "former_urls"): "a URL for each time it changed",
    ("EditorialEdition", "former_article_urls"): "the members of each time they changed",
    ("JsonFeedItem", "content_html"): "a body as one string",
    ("NinjsText", "value"): "same",
    ("StreamedChange", "data"): "a `ChangeItem` as JSON",
    ("ServiceDocument", "editions"): "every edition",
    ("TimelineDay", "items"): "every article of a day",
}
"""Members without a bound, and why."""
DERIVED = {
    "PreviewedArticle": "Article",
    "SavedArticle": "EditorialArticle",
    "SavedAuthor": "EditorialAuthor",
    "SavedEdition": "EditorialEdition",
    "SavedLabel": "EditorialLabel",
    "SparseArticleItem": "Article",
}
"""Schemas with the members of another."""


def is_bounded(schema: Json, schemas: dict[str, Json]) -> bool:
    """Return whether every value of a schema lies within bounds that it states."""
    branches = [each for each in [*schema.get("anyOf", []), *schema.get("oneOf", [])] if each.get("type") != "null"]
    if branches and "type" not in schema:
        return all(is_bounded(each, schemas) for each in branches)
    if {"$ref", "const", "enum"} & schema.keys() or schema.get("type") == "boolean":
        return True
    bounds = {
        "string": "maxLength" in schema,
        **dict.fromkeys(("integer", "number"), _has_limits(schema)),
        "array": "maxItems" in schema and is_bounded(schema.get("items", {}), schemas),
        "object": "properties" in schema
        or ("maxProperties" in schema and is_bounded(schema.get("additionalProperties", {}), schemas)),
    }
    return bounds.get(schema.get("type", ""), False)


def _has_limits(schema: Json) -> bool:
    return "maximum" in schema and bool({"minimum", "exclusiveMinimum"} & schema.keys())


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the OpenAPI document of the app."""
    return api_document()


@pytest.fixture(scope="module")
def schemas(document: Json) -> dict[str, Json]:
    """Return the schemas of the document."""
    found: dict[str, Json] = document["components"]["schemas"]
    return found


def test_every_member_has_a_description_an_example_and_bounds(schemas: dict[str, Json]) -> None:
    missing: list[Any] = []
    for name, schema in schemas.items():
        for member, described in schema.get("properties", {}).items():
            origin = DERIVED.get(name, name)
            exempt = (origin, member) in UNBOUNDED or (DERIVED.get(origin, origin), member) in UNBOUNDED
            has = (
                bool(described.get("description")),
                bool(described.get("examples")) or refers(described),
                exempt or is_bounded(described, schemas),
            )
            if not all(has):
                missing.append((name, member, has))
    assert missing == []


def test_schemas_that_members_refer_to_have_examples(schemas: dict[str, Json]) -> None:
    for name, schema in schemas.items():
        assert schema.get("examples") or "enum" in schema, name


def test_every_exception_is_a_member_without_bounds(schemas: dict[str, Json]) -> None:
    for name, member in UNBOUNDED:
        assert not is_bounded(schemas[name]["properties"][member], schemas), (name, member)


def test_every_parameter_has_a_description_an_example_and_bounds(document: Json, schemas: dict[str, Json]) -> None:
    missing: list[Any] = []
    for operation in operations(document):
        for each in operation.spec.get("parameters", []):
            schema = each["schema"]
            has = (
                bool(each.get("description")),
                "example" in each or bool(schema.get("examples")),
                is_bounded(schema, schemas),
            )
            if not all(has):
                missing.append((operation.method, operation.path, each["name"], has))
    assert missing == []


def test_examples_of_parameters_follow_their_schemas(document: Json) -> None:
    for operation in operations(document):
        for each in operation.spec.get("parameters", []):
            for example in each["schema"].get("examples", []):
                assert validator(document, each["schema"]).is_valid(example), (operation.path, each["name"])


def test_examples_of_schemas_follow_them(document: Json, schemas: dict[str, Json]) -> None:
    for name, schema in schemas.items():
        for example in schema.get("examples", []):
            errors = [str(each.message)[:200] for each in validator(document, schema).iter_errors(example)]
            assert errors == [], name


def test_types_of_changes_and_codes_of_warnings_have_meanings(schemas: dict[str, Json]) -> None:
    described = schemas["ChangeItem"]["properties"]["type"]["description"]
    assert all(f"\n- `{name}`: " in described for name in (*ChangeType, ARTICLE_REMOVED))
    described = schemas["WriteWarning"]["properties"]["code"]["description"]
    of_imports = {"alias-taken", "default-unchanged", "member-emptied", "schedule-passed"}
    for code in {*LossCode, *WarningCode} - of_imports:
        mark = " (refused)" if code in LOSS_CODES else ""
        assert f"\n- `{code}`{mark}: " in described, code
    table = (DOCS / "editorial.md").read_text()
    assert [code for code in MEANINGS if f"| `{code}` |" not in table] == []
