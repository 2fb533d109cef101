"""Schemas of the change feed and the stream."""

from typing import NotRequired, TypedDict

from dayline_client.schemas.timeline import TimelineItem


class ChangedItem(TimelineItem):
    """Article in the change feed; `id` and `href` alone where it was withdrawn or left the filters."""


MergedNames = TypedDict("MergedNames", {"from": str, "into": str})


class ChangedEntry(TypedDict):
    """Edition, section, tag, label, author or curated list that was edited: read it again."""

    kind: str
    slug: str
    href: str
    merged: NotRequired[MergedNames]


class ChangeItem(TypedDict):
    """One change; `article` is null, and `entry` present, where something other than an article was edited."""

    seq: int
    type: str
    at: str
    article: ChangedItem | None
    entry: NotRequired[ChangedEntry]
