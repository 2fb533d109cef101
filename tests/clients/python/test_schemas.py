"""The client's schemas and errors are those of the API: members, nullability, codes of problems, types of changes."""

import inspect
from types import NoneType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import httpx
import pytest

from app.api.http.problem_types import PROBLEM_TYPES
from dayline_client import errors, schemas
from dayline_client.params import (
    RENAMED,
    ArticleFilters,
    ArticleListParams,
    BodyParams,
    DayParams,
    TimelineParams,
    ZoneParams,
)
from tests.conftest import api_document

NAMED_OTHERWISE = {
    "ArticleItem": "SparseArticleItem",
    "ChangedItem": "SparseChangedItem",
    "ChangesLink": "NewerLink",
    "Image": "ImageAsset",
    "TimelineItem": "SparseTimelineItem",
}
PARTIAL = {"EditorialArticle", "SavedArticle"}
"""Schemas of which the client names the members that programs need most."""
OF_ONE_KIND = {
    "LinkedItem": {
        *("edition", "kicker", "lead", "image", "sections", "authors", "access", "featured", "language", "heading"),
    }
}
"""Members that the client's schema has from its base, and the API's has not."""

SCHEMAS = {name: kind for name, kind in vars(schemas).items() if is_typeddict(kind)}


def members_of(kind: Any) -> dict[str, bool]:
    """Return the members of a schema of the client, and whether each may be null."""
    hints = get_type_hints(kind, include_extras=True)
    types = {name: get_args(hint)[0] if get_origin(hint) is NotRequired else hint for name, hint in hints.items()}
    return {name: NoneType in get_args(each) or each is Any for name, each in types.items()}


def is_nullable(member: Any) -> bool:
    return member.get("type") == "null" or any(is_nullable(each) for each in member.get("anyOf", ()))


def resolved(part: Any) -> Any:
    """Return a part of the document, or what it refers to."""
    if "$ref" not in part:
        return part
    _, _, group, name = part["$ref"].split("/")
    return api_document()["components"][group][name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_members_are_those_of_the_document(name: str) -> None:
    documented = api_document()["components"]["schemas"]
    if name == "ServiceDocument":
        assert members_of(SCHEMAS[name]).keys() == documented[name]["properties"].keys()
        return
    properties = documented[NAMED_OTHERWISE.get(name, name)]["properties"]
    expected = {member: is_nullable(schema) for member, schema in properties.items()}
    actual = {each: null for each, null in members_of(SCHEMAS[name]).items() if each not in OF_ONE_KIND.get(name, ())}
    assert actual.items() <= expected.items()
    assert name in PARTIAL or actual == expected


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - PARTIAL - {"LinkedItem"}))
def test_members_that_may_be_absent_are_not_required(name: str) -> None:
    schema = api_document()["components"]["schemas"][NAMED_OTHERWISE.get(name, name)]
    always = set(schema.get("required", ()))
    if name in {"ArticleItem", "ChangedItem", "TimelineItem"}:
        return  # `fields` may leave out any
    assert SCHEMAS[name].__required_keys__ == always


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/articles", ArticleListParams),
        ("/v1/export", BodyParams),
        ("/v1/timeline", TimelineParams),
        ("/v1/timeline/{day}", DayParams),
        ("/v1/changes", ZoneParams),
        ("/v1/stream", ZoneParams),
    ],
)
def test_parameters_are_those_of_the_document(path: str, kind: type) -> None:
    parameters = [resolved(each) for each in api_document()["paths"][path]["get"]["parameters"]]
    documented = {each["name"] for each in parameters if each["in"] == "query"}
    named = {RENAMED.get(name, name) for name in kind.__annotations__}
    own = {"since", "wait", "token"} | ({"cursor", "limit"} if path == "/v1/changes" else set())
    assert named == documented - own
    assert ArticleFilters.__annotations__.items() <= kind.__annotations__.items()


@pytest.mark.parametrize("code", PROBLEM_TYPES)
def test_problems_have_a_class(code: str) -> None:
    kind = PROBLEM_TYPES[code]
    response = httpx.Response(kind.status, json={"type": f"/news/api/problems/{code}", "title": kind.title})
    raised = errors.problem_of(response)
    assert (raised.code, raised.status, raised.title) == (code, kind.status, kind.title)
    mapped = errors.BY_CODE.get(code) or errors.BY_STATUS.get(kind.status)
    if mapped is not None:
        assert type(raised) is mapped
    else:
        assert kind.status in {400, 405, 408, 413, 414, 415, 428, 431, 500, 501, 505}, "give it a class of its own"


def test_codes_that_have_a_class_exist() -> None:
    codes = errors.ProblemError.retried_codes | errors.ProblemError.refused_codes | errors.BY_CODE.keys()
    assert codes <= PROBLEM_TYPES.keys()
    kinds = [each for _, each in inspect.getmembers(errors, inspect.isclass) if each.__module__ == errors.__name__]
    assert all(issubclass(each, errors.DaylineError) for each in kinds)
