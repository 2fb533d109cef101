"""Lists, whose items may have lists of their own."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from app.domain.body.values import (
    MAX_BLOCK_CHARACTERS,
    MAX_LIST_DEPTH,
    MAX_LIST_ITEMS,
    Inline,
    Part,
    limit_depth,
    null_as_empty,
)
from app.errors import InvalidValueError

FLAT_ITEM: Final = "flat-item"
NESTED_ITEM: Final = "nested-item"
ITEM_TAGS: Final = frozenset({FLAT_ITEM, NESTED_ITEM})
"""Tags of the two forms of an item; pydantic adds them to the locations of errors."""


class NestedListInput(Part):
    """List inside an item of another list."""

    ordered: Annotated[bool, Field(strict=True, description="Whether the items are numbered.", examples=[False])] = (
        False
    )
    items: Annotated[
        list["ListItem"],
        BeforeValidator(null_as_empty),
        Field(max_length=MAX_LIST_ITEMS, description="The items: inline HTML, or an object where a list is nested."),
    ]


class ListItemInput(Part):
    """Item of a list with a list below its text."""

    html: Inline
    list: Annotated[NestedListInput | None, Field(description="The list inside the item.")] = None


def _item_tag(value: object) -> str:
    return NESTED_ITEM if isinstance(value, dict | ListItemInput) else FLAT_ITEM


def _flat(item: str | ListItemInput) -> str | ListItemInput:
    """Return an item without a nested list as its text, the only form that such an item is stored in."""
    is_flat = isinstance(item, ListItemInput) and (item.list is None or not item.list.items)
    return item.html if is_flat and isinstance(item, ListItemInput) else item


ListItem = Annotated[
    Annotated[Inline, Tag(FLAT_ITEM)] | Annotated[ListItemInput, Tag(NESTED_ITEM)],
    Discriminator(_item_tag),
    AfterValidator(_flat),
]


class ListInput(Part):
    """Ordered or unordered list; its items are inline HTML, or objects where a list is nested."""

    type: Annotated[Literal["list"], Field(description="The type of the block.")] = "list"
    ordered: Annotated[bool, Field(strict=True, description="Whether the items are numbered.", examples=[False])] = (
        False
    )
    items: Annotated[
        list[ListItem],
        BeforeValidator(null_as_empty),
        Field(
            max_length=MAX_LIST_ITEMS,
            description="The items: inline HTML, or an object where a list is nested.",
            examples=[["Quay 4", {"html": "Quay 5", "list": {"ordered": False, "items": ["Gate A"]}}]],
        ),
    ]

    @model_validator(mode="before")
    @classmethod
    def _limit_depth(cls, value: Any) -> Any:
        """Refuse deep nesting before pydantic descends into it."""
        limit_depth(value, _nested_lists, most=MAX_LIST_DEPTH, member="items", noun="Lists")
        return value

    @model_validator(mode="after")
    def _limit(self) -> Self:
        texts = list(_texts(self))
        if sum(map(len, texts)) > MAX_BLOCK_CHARACTERS:
            raise InvalidValueError(f"A list must have at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
        if len(texts) > MAX_LIST_ITEMS:
            raise InvalidValueError(f"A list must have at most {MAX_LIST_ITEMS:,} items, nested ones included.")
        return self


def _nested_lists(value: object) -> Iterator[object]:
    items = value.get("items") if isinstance(value, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get("list"), dict):
            yield item["list"]


def _texts(block: ListInput | NestedListInput) -> Iterator[str]:
    for item in block.items:
        if isinstance(item, str):
            yield item
        else:
            yield item.html
            if item.list is not None:
                yield from _texts(item.list)
