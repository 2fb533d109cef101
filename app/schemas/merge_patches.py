"""Models of merge patches (RFC 7396), derived from the models of the records that they change."""

from collections.abc import Container
from typing import Annotated, Any

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo


def patch_members(record: type[BaseModel], *, without: Container[str] = ()) -> dict[str, Any]:
    """Return the members of a patch, for `create_model`: each may be left out or null, and is described as it was."""
    return {name: _optional(field) for name, field in record.model_fields.items() if name not in without}


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    annotation: Any = field.annotation
    value = Annotated[(annotation, *field.metadata, Field(json_schema_extra=field.json_schema_extra))]
    return value | None, Field(default=None, description=field.description, examples=field.examples)
