"""Body of an article: blocks as received and as stored."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from app.domain.body.later_block import LaterBlock
from app.domain.body.list_block import ListInput, ListItemInput, NestedListInput
from app.domain.body.media_blocks import AudioInput, EmbedInput, GalleryInput, ImageBlockInput, VideoInput
from app.domain.body.table_block import TableInput
from app.domain.body.text_blocks import CodeInput, DividerInput, HeadingInput, ParagraphInput, PullQuoteInput
from app.domain.body.values import (
    MAX_BLOCK_CHARACTERS,
    MAX_BLOCKS,
    MAX_QUOTE_DEPTH,
    MAX_QUOTED_BLOCKS,
    Line,
    limit_depth,
    null_as_empty,
)
from app.domain.html.allowed_elements import ID_PREFIX
from app.domain.html.fragments import match_fragments
from app.errors import InvalidValueError


class QuoteInput(LaterBlock):
    """Quotation of other blocks; a sentence of the article that is set apart is a `pull_quote`."""

    type: Annotated[Literal["quote"], Field(description="The type of the block.")] = "quote"
    blocks: Annotated[
        list["Block"],
        BeforeValidator(null_as_empty),
        Field(
            max_length=MAX_QUOTED_BLOCKS,
            description=f"The blocks that are quoted; quotes are nested at most {MAX_QUOTE_DEPTH} levels deep.",
        ),
    ]
    attribution: Annotated[Line | None, Field(description="Who said it.", examples=["Jonas Merrit, councillor"])] = None

    @model_validator(mode="before")
    @classmethod
    def _limit_depth(cls, value: Any) -> Any:
        """Refuse deep nesting before pydantic descends into it."""
        limit_depth(value, _nested_quotes, most=MAX_QUOTE_DEPTH, member="blocks", noun="Quotes")
        return value

    @model_validator(mode="after")
    def _limit(self) -> Self:
        if sum(map(_text_characters, self.blocks)) > MAX_BLOCK_CHARACTERS:
            raise InvalidValueError(f"A quote must have at most {MAX_BLOCK_CHARACTERS:,} characters of text.")
        return self


Block = Annotated[
    ParagraphInput
    | HeadingInput
    | PullQuoteInput
    | ListInput
    | ImageBlockInput
    | EmbedInput
    | QuoteInput
    | TableInput
    | CodeInput
    | DividerInput
    | GalleryInput
    | VideoInput
    | AudioInput,
    Field(discriminator="type"),
]


class InlineText:
    """One inline text of a block: its path inside the block, its value, and a way to replace it."""

    __slots__ = ("_key", "_owner", "path")

    def __init__(self, path: tuple[str | int, ...], owner: Any, key: str | int) -> None:
        self.path = path
        self._owner = owner
        self._key = key

    @property
    def html(self) -> str:
        """Return the sanitised inline HTML."""
        key = self._key
        return str(self._owner[key] if isinstance(key, int) else getattr(self._owner, key))

    def replace(self, html: str) -> None:
        """Replace the text in its block."""
        if isinstance(self._key, int):
            self._owner[self._key] = html
        else:
            setattr(self._owner, self._key, html)


def inline_texts(block: Block, path: tuple[str | int, ...] = ()) -> Iterator[InlineText]:
    """Return the inline texts of a block, those of nested lists and quotes included, in their order."""
    if isinstance(block, ParagraphInput | HeadingInput | EmbedInput):
        if block.html is not None:
            yield InlineText((*path, "html"), block, "html")
    elif isinstance(block, ListInput):
        yield from _item_texts(block, path)
    elif isinstance(block, TableInput):
        yield from _cell_texts(block.head, (*path, "head"))
        for number, row in enumerate(block.rows):
            yield from _cell_texts(row, (*path, "rows", number))
    elif isinstance(block, QuoteInput):
        for number, quoted in enumerate(block.blocks):
            yield from inline_texts(quoted, (*path, "blocks", number))


def _item_texts(block: ListInput | NestedListInput, path: tuple[str | int, ...]) -> Iterator[InlineText]:
    for number, item in enumerate(block.items):
        place = (*path, "items", number)
        if isinstance(item, ListItemInput):
            yield InlineText((*place, "html"), item, "html")
            if item.list is not None:
                yield from _item_texts(item.list, (*place, "list"))
        else:
            yield InlineText(place, block.items, number)


def _cell_texts(row: list[str], path: tuple[str | int, ...]) -> Iterator[InlineText]:
    return (InlineText((*path, number), row, number) for number in range(len(row)))


def _nested_quotes(value: object) -> Iterator[object]:
    blocks = value.get("blocks") if isinstance(value, dict) else None
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, dict) and block.get("type") == "quote":
            yield block


def _text_characters(block: Block) -> int:
    plain = len(block.text) if isinstance(block, PullQuoteInput | CodeInput) else 0
    if isinstance(block, QuoteInput):
        return sum(map(_text_characters, block.blocks))
    return plain + sum(len(text.html) for text in inline_texts(block))


_PROSE_TYPES: Final = (ParagraphInput, HeadingInput)


def _match_links(blocks: list[Block]) -> list[Block]:
    """Return the blocks with links inside the article (`#f1`) rewritten to the stored ids."""
    if not any(map(_has_id, blocks)):
        return blocks
    texts = [text for block in blocks for text in inline_texts(block)]
    for text, html in zip(texts, match_fragments([text.html for text in texts]), strict=True):
        text.replace(html)
    return blocks


def _has_id(block: Block) -> bool:
    if isinstance(block, _PROSE_TYPES):  # most blocks
        return ID_PREFIX in block.html
    return any(ID_PREFIX in text.html for text in inline_texts(block))


Body = Annotated[
    list[Block],
    BeforeValidator(null_as_empty),
    Field(max_length=MAX_BLOCKS, description="The body, block by block."),
    AfterValidator(_match_links),
]
_BODY: Final[TypeAdapter[list[Block]]] = TypeAdapter(Body, config=ConfigDict(defer_build=True))


def parse_body(value: object) -> list[Block]:
    """Validate JSON values as the blocks of a body; a ValidationError locates each error."""
    return _BODY.validate_python(value)


def dump_body(blocks: list[Block]) -> list[dict[str, object]]:
    """Return the canonical JSON that is stored: members in a fixed order, `type` first.

    Members of the first version of /v1 are always present, later ones of the first block types where they have a
    value, so that bodies stored before those existed are canonical.
    """
    dumped: list[dict[str, object]] = _BODY.dump_python(blocks)
    return dumped
