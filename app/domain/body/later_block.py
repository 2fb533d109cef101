"""Base of the block types that were added after the first version of /v1."""

from typing import Any, Final

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.domain.body.values import MAX_FALLBACK_CHARACTERS, Part

FALLBACKS: Final = ("fallback_html", "fallback_text")
"""Members of later types in responses. They are derived from the others, and ignored in requests."""


class LaterBlock(Part):
    """Block that responses show with fallbacks; a request may send them back."""

    @model_validator(mode="before")
    @classmethod
    def _drop_fallbacks(cls, value: Any) -> Any:
        if isinstance(value, dict) and any(name in value for name in FALLBACKS):
            return {name: member for name, member in value.items() if name not in FALLBACKS}
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema with the fallbacks, which a request may have."""
        reference = handler(core)
        if handler.mode == "validation":
            schema = handler.resolve_ref_schema(reference)
            for name in FALLBACKS:
                schema["properties"][name] = {
                    "type": "string",
                    "description": "Ignored: derived from the other members.",
                    "examples": ["The block as a client shows it that does not know its type."],
                    "maxLength": MAX_FALLBACK_CHARACTERS,
                }
        return reference
