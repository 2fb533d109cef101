"""Errors of requests and records in Dayline's own words, for every error that pydantic can find."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.errors import InvalidInputError
from app.importers.json_lines import parse_line
from app.schemas.error_messages import INVALID, MESSAGES, PYDANTIC_ERRORS, sentence_for
from app.schemas.errors import invalid_input, validated
from app.schemas.interchange import ArticleCreate, ArticleRecord, Record
from tests.api.contract import operation_types

WRONG: tuple[Any, ...] = (
    None,
    True,
    "",
    "x",
    "é" * 120_000,
    -1,
    2**70,
    1.5,
    "1.5",
    [],
    [None],
    ["x"] * 3_000,
    {},
    {"x": 1},
    {"": {}},
)
ERRORS_OF_SCHEMAS = {
    "any": (),
    "bool": ("bool_type", "bool_parsing"),
    "chain": (),
    "default": (),
    "definitions": (),
    "definition-ref": (),
    "dict": ("dict_type", "too_short", "too_long", "invalid_key"),
    "enum": ("enum",),
    "float": ("float_type", "float_parsing", "finite_number"),
    "function-after": ("value_error",),
    "function-before": ("value_error",),
    "function-plain": ("value_error",),
    "function-wrap": ("value_error",),
    "int": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "list": ("list_type", "too_short", "too_long"),
    "literal": ("literal_error",),
    "model": ("model_type", "model_attributes_type"),
    "model-field": ("missing",),
    "model-fields": ("extra_forbidden",),
    "no-info": (),
    "nullable": (),
    "str": ("string_type", "string_unicode", "string_too_short", "string_too_long", "string_pattern_mismatch"),
    "with-info": (),
    "tagged-union": ("union_tag_invalid", "union_tag_not_found"),
    "union": (),
}
"""Errors that pydantic can find where a schema of this type stands."""
BOUNDS = {"ge": "greater_than_equal", "gt": "greater_than", "le": "less_than_equal", "lt": "less_than"}


def models() -> list[Any]:
    """Return the models of the queries and bodies of every operation, and of interchange records."""
    given = {each for types in operation_types() for each in (types.query, types.body) if each is not None}
    return [*sorted(given, key=lambda each: each.__name__), ArticleRecord, TypeAdapter(Record)]


def schema_types(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the core schemas inside one, by their types; serialisation and metadata left out."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node["type"], node
        for name, each in node.items():
            if name not in {"serialization", "metadata", "expected", "members"}:
                yield from schema_types(each)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from schema_types(each)


def core_schema_of(model: Any) -> Any:
    if isinstance(model, TypeAdapter):
        return model.core_schema
    model.model_rebuild(force=True)
    return model.__pydantic_core_schema__


def properties(schema: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the locations of the members of an object, those of objects inside included."""
    options = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for option in options:
        found = definitions.get(option.get("$ref", "").rpartition("/")[2], option)
        for name, member in found.get("properties", {}).items():
            yield (name,)
            if depth < 2:
                yield from ((name, *rest) for rest in properties(member, definitions, depth + 1))


def nested(location: tuple[str, ...], value: Any) -> Any:
    for name in reversed(location):
        value = {name: value}
    return value


def test_every_error_of_models_has_a_sentence() -> None:
    for model in models():
        for kind, schema in schema_types(core_schema_of(model)):
            bounds = [BOUNDS[name] for name in BOUNDS if name in schema and kind in {"int", "float"}]
            for error in (*ERRORS_OF_SCHEMAS[kind], *bounds):
                assert error in MESSAGES or error == "value_error", (model, kind, error)


def test_errors_of_wrong_values_are_in_our_own_words() -> None:
    seen: set[str] = set()
    for model in models():
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        schema = model.model_json_schema() if is_model else model.json_schema()
        locations = [(), *properties(schema, schema.get("$defs", {}))]
        validate = model.model_validate if is_model else model.validate_python
        for location in dict.fromkeys(locations):
            for value in WRONG:
                try:
                    validate(nested(location, value))
                except InvalidInputError:
                    continue
                except ValidationError as error:
                    details = {each["msg"] for each in error.errors() if each["type"] in PYDANTIC_ERRORS}
                    seen |= {each["type"] for each in error.errors()}
                    messages = {each.message for each in invalid_input(error, model, most=10_000).errors}
                    assert not details & messages, (model, location)
                    assert all(each.endswith((".", "?")) for each in messages), messages
                    assert INVALID not in messages, (model, location, value)
    assert {"missing", "extra_forbidden", "string_type", "string_too_long", "int_type", "list_type"} <= seen
    assert {"literal_error", "model_type", "too_long", "less_than_equal", "union_tag_not_found"} <= seen


@pytest.mark.parametrize("kind", sorted(PYDANTIC_ERRORS))
def test_errors_of_other_types_do_not_repeat_the_message_of_pydantic(kind: str) -> None:
    context = dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length"), 3)
    words = dict.fromkeys(("pattern", "expected", "discriminator", "expected_tags"), "'a' or 'b'")
    assert "Input should" not in sentence_for(kind, "Input should be otherwise", {**context, **words}) or kind in {
        "value_error",
        "assertion_error",
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"headlin": "Ferry"}, "Unknown field. Did you mean 'headline'?"),
        ({"image": {"url": "https://m.example/a.jpg", "captoin": "A"}}, "Unknown field. Did you mean 'caption'?"),
        ({"body": [{"type": "embed", "provder": "x"}]}, "Unknown field. Did you mean 'provider'?"),
        ({"Published-At": None}, "Unknown field. Did you mean 'published_at'?"),
        ({"zzz": 1}, "Unknown field."),
        ({"z" * 100_000: 1}, "Unknown field."),
    ],
)
def test_unknown_member_suggests_the_nearest_one(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        validated(ArticleCreate, given)
    assert sentence in [each.message for each in caught.value.errors]


def test_unknown_member_of_a_line_suggests_the_nearest_one() -> None:
    with pytest.raises(InvalidInputError, match=r"leed: Unknown field. Did you mean 'lead'\?"):
        parse_line(b'{"kind": "article", "edition": "a", "headline": "A", "leed": "B"}')
