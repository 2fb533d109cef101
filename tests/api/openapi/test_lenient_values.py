"""Values that JSON encoders of other languages write: null for an empty list, 640.0 for an integer."""

from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app.schemas.interchange import Record
from tests.api.contract import operation_types

REQUIRED_ENTRIES = {("ApiKeyCreate", "scopes")}
"""Lists that need an entry, so that an empty one is refused, too."""


def models_of(annotation: Any) -> set[type[BaseModel]]:
    """Return the models of which an annotation is made, theirs included."""
    found: set[type[BaseModel]] = set()
    waiting = [annotation]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in found:
            part.model_rebuild()
            found.add(part)
            waiting += [field.annotation for field in part.model_fields.values()]
        waiting += get_args(part)
    return found


def request_models() -> list[type[BaseModel]]:
    """Return the models of all request bodies and records."""
    record: Any = Record
    found = models_of(record)
    for types in operation_types():
        found |= set() if types.body is None else models_of(types.body)
    return sorted(found, key=lambda model: model.__name__)


def adapter_of(field: FieldInfo) -> TypeAdapter[Any]:
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *field.metadata)] if field.metadata else annotation)


def test_null_stands_for_an_empty_list_in_every_request() -> None:
    checked, refused = 0, []
    for model in request_models():
        for name, field in model.model_fields.items():
            adapter = adapter_of(field)
            if adapter.json_schema().get("type") != "array":
                continue
            checked += 1
            try:
                accepted = adapter.validate_python(None) == []
            except ValidationError as error:
                accepted = (model.__name__, name) in REQUIRED_ENTRIES and error.errors()[0]["type"] == "too_short"
            refused += [] if accepted else [(model.__name__, name)]
    assert refused == []
    assert checked >= 20


def test_a_number_without_fraction_is_an_integer_in_every_request() -> None:
    checked, refused = 0, []
    for model in request_models():
        for name, field in model.model_fields.items():
            adapter = adapter_of(field)
            schema = adapter.json_schema()
            integers = [each for each in (schema, *schema.get("anyOf", ())) if each.get("type") == "integer"]
            if not integers or integers[0].get("format") == "date-time":
                continue
            checked += 1
            value = max(integers[0].get("minimum", 1), integers[0].get("exclusiveMinimum", 0) + 1)
            try:
                accepted = repr(adapter.validate_python(float(value))) == str(value)
            except ValidationError:
                accepted = False
            refused += [] if accepted else [(model.__name__, name)]
    assert refused == []
    assert checked >= 8
