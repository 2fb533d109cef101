"""Blocks of running text: paragraph, heading, pull quote, code."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.domain.body.later_block import LaterBlock
from app.domain.body.values import (
    MAX_BLOCK_CHARACTERS,
    CodeLanguage,
    Inline,
    Line,
    Part,
    Text,
    member_error,
    whole_number,
)
from app.domain.html.inline_html import text_to_html
from app.errors import InvalidValueError


class _Prose(Part):
    """Block of one inline text, received as `html` or as plain `text`, which is escaped."""

    @model_validator(mode="before")
    @classmethod
    def _escape_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "text" not in value:
            if "html" not in value:
                raise member_error("html", "Either 'html' or 'text' is required.", None)
            return value
        text = value["text"]
        if "html" in value:
            raise member_error("text", "Must not be combined with 'html'.", text)
        if not isinstance(text, str):
            raise member_error("text", "Must be a string.", text)
        if len(text) > MAX_BLOCK_CHARACTERS:
            raise member_error("text", f"A block must have at most {MAX_BLOCK_CHARACTERS:,} characters.", text)
        try:
            html = text_to_html(text)
        except InvalidValueError as error:
            raise member_error("text", error.detail, text) from error
        members = {**value, "html": html}
        del members["text"]
        return members

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core)
        if handler.mode == "validation":
            schema = handler.resolve_ref_schema(reference)
            description = "Plain text that is escaped into `html`; give one of the two."
            schema["properties"]["text"] = {
                "type": "string",
                "title": "Text",
                "description": description,
                "examples": ["The council adopted the budget by 23 votes to 22."],
                "maxLength": MAX_BLOCK_CHARACTERS,
            }
            others = [name for name in schema.get("required", []) if name != "html"]
            schema["required"] = others
            schema["oneOf"] = [{"required": [name], "properties": {name: {}}} for name in ("html", "text")]
        return reference


class ParagraphInput(_Prose):
    """Paragraph of running text."""

    type: Annotated[Literal["paragraph"], Field(description="The type of the block.")] = "paragraph"
    html: Inline


class HeadingInput(_Prose):
    """Heading inside the article, whose headline has level 1."""

    type: Annotated[Literal["heading"], Field(description="The type of the block.")] = "heading"
    level: Annotated[
        int,
        Field(strict=True, ge=1, le=6),
        BeforeValidator(whole_number),
        Field(description="The level: the headline of the article has level 1.", examples=[2]),
    ]
    html: Inline


class PullQuoteInput(Part):
    """Quotation from the text, displayed prominently."""

    type: Annotated[Literal["pull_quote"], Field(description="The type of the block.")] = "pull_quote"
    text: Annotated[
        Text, Field(description="The quotation, plain text.", examples=["I finish at a quarter past twelve."])
    ]
    attribution: Annotated[Line | None, Field(description="Who said it.", examples=["Jonas Merrit, councillor"])] = None


class CodeInput(LaterBlock):
    """Program code or other text whose white space counts."""

    type: Annotated[Literal["code"], Field(description="The type of the block.")] = "code"
    text: Annotated[Text, Field(description="The code, plain text.", examples=["SELECT count(*) FROM trams;"])]
    language: Annotated[
        CodeLanguage | None, Field(description="The language of the code, for highlighting.", examples=["sql"])
    ] = None


class DividerInput(LaterBlock):
    """Break between two parts of the text, such as a line or three stars."""

    type: Annotated[Literal["divider"], Field(description="The type of the block.")] = "divider"
