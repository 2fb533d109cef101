"""Bodies that are JSON merge patches (RFC 7396): any JSON object, documented as the members that a patch can have."""

from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema


class MergePatchOf:
    """Metadata of a body `dict[str, Any]`: documents it as this model, whose rules are checked on the patched whole."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Take the object as it is."""
        del source
        return core_schema.no_info_plain_validator_function(
            _unchanged, json_schema_input_schema=handler.generate_schema(self.model)
        )


def _unchanged(value: Any) -> Any:
    return value
