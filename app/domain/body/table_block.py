"""Tables, whose cells are inline HTML."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from app.domain.body.later_block import LaterBlock
from app.domain.body.values import (
    MAX_BLOCK_CHARACTERS,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_ROWS,
    Inline,
    Lines,
    null_as_empty,
)
from app.errors import InvalidValueError

Row = Annotated[list[Inline], BeforeValidator(null_as_empty), Field(max_length=MAX_TABLE_COLUMNS)]


class TableInput(LaterBlock):
    """Table; `head` is its row of column headings, `[]` without one. Rows may have different lengths."""

    type: Annotated[Literal["table"], Field(description="The type of the block.")] = "table"
    caption: Annotated[Lines | None, Field(description="The caption.", examples=["Seats after the vote"])] = None
    head: Annotated[
        Row, Field(description="The headings of the columns, inline HTML.", examples=[["Party", "Seats"]])
    ] = Field(default_factory=list)
    rows: Annotated[
        list[Row],
        BeforeValidator(null_as_empty),
        Field(
            max_length=MAX_TABLE_ROWS,
            description="The rows, each a list of cells of inline HTML.",
            examples=[[["Harbour List", "<b>23</b>"], ["Hill Union", "22"]]],
        ),
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def _limit(self) -> Self:
        if sum(len(cell) for row in (self.head, *self.rows) for cell in row) > MAX_BLOCK_CHARACTERS:
            raise InvalidValueError(f"A table must have at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
        return self
