"""Families of dependencies, each with a way to leave it out of responses, changes or scheduled expiries.

Recorded dependencies pass through the sets and lists of `Dependencies`; the scope of a change passes through
`parse_change_event`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from app.actions.articles import erasure, transitions, translations
from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.invalidation.dependencies import LOG_KEY, Dependencies, RangeDependency
from app.invalidation.schedule_snapshot import ScheduledChange
from app.invalidation.surrogate_keys import is_timestamp_key
from app.queries.articles.item_pages import PageRows
from app.queries.changes import invalidation_log
from app.queries.resolve import ResolvedQuery
from app.queries.timeline import scheduled

Names = Callable[[str], bool]


class Family(NamedTuple):
    """Dependencies to leave out: keys, spans, the clock, places of changes, keys of expiries, translations, newer ones.

    `newer` are the articles above a page, on which its link upward depends.
    """

    name: str
    keys: Names | None = None
    spans: Names | None = None
    clock: bool = False
    places: bool = False
    expiry: Names | None = None
    translations: bool = False
    translation_schedule: bool = False
    newer: bool = False


def beginning(prefix: str) -> Names:
    """Return whether a name begins with this prefix."""
    return lambda name: name.startswith(prefix)


FACETS = ("edition", "section", "tag", "author", "label")
SPANS = (*FACETS, "pages", "format", "language", "featured", "access")
FAMILIES = (
    Family("newer articles", newer=True),
    Family("articles", keys=beginning("article:")),
    *(Family(f"entries: {kind}", keys=beginning(f"{kind}:")) for kind in FACETS),
    *(Family(f"shelves: {kind}s", keys=beginning(f"{kind}s")) for kind in FACETS),
    Family("moves of sections", keys=beginning("subsections:")),
    Family("slugs", keys=beginning("slugs:")),
    Family("curated lists", keys=beginning("list:")),
    Family("shelves: curated lists", keys=beginning("lists:")),
    Family("the log", keys=LOG_KEY.__eq__),
    *(Family(f"spans: {kind}", spans=beginning(f"{kind}:")) for kind in SPANS),
    Family("spans: subsections", spans=lambda name: name.startswith(("section:", "subsections:"))),
    Family("the clock", clock=True),
    Family("places", places=True),
)

EXPIRY_FAMILIES = (
    Family("expiry: article", expiry=beginning("article:")),
    *(Family(f"expiry: {kind}", expiry=beginning(f"{kind}:")) for kind in FACETS),
    *(Family(f"expiry: {kind}s", expiry=beginning(f"{kind}s")) for kind in ("tag", "author")),
    Family("expiry: the log", expiry=LOG_KEY.__eq__),
)
"""Keys that an expiry will change: they shorten the max-age of responses that are cached already."""


TRANSLATION_FAMILIES = (
    Family("translations: the log", translations=True),
    Family("translations: the schedule", translation_schedule=True),
)
"""Effects of the translations of an article: its row in the log, and the max-age of responses that show it."""


class _Keys(set[str]):
    """Set that ignores some names."""

    def __init__(self, left_out: Names) -> None:
        super().__init__()
        self._left_out = left_out

    def add(self, name: str) -> None:
        if not self._left_out(name):
            super().add(name)

    def update(self, *others: Iterable[str]) -> None:
        for names in others:
            for name in names:
                self.add(name)


class _Spans(list[RangeDependency]):
    """List that ignores the ranges of some lists."""

    def __init__(self, left_out: Names) -> None:
        super().__init__()
        self._left_out = left_out

    def append(self, span: RangeDependency) -> None:
        """Append the range, unless its first group is of the kind that is left out."""
        if not all(self._left_out(name) for name in span.groups[0]):
            super().append(span)


def leave_out(family: Family, patch: pytest.MonkeyPatch) -> None:
    """Record no dependency of the family, and report no change of it."""
    begin = Dependencies.__init__

    def begin_without(footprint: Dependencies) -> None:
        begin(footprint)
        if family.keys is not None:
            footprint.keys = _Keys(family.keys)
        if family.spans is not None:
            footprint.ranges = _Spans(family.spans)

    patch.setattr(Dependencies, "__init__", begin_without)
    if family.clock:
        patch.setattr(Dependencies, "limit_expiry", lambda _footprint, _instant: None)
    if family.places:

        def parse_without(seq: int, names: list[str], **members: Any) -> ChangeEvent:
            return parse_change_event(seq, [name for name in names if not is_timestamp_key(name)], **members)

        patch.setattr(invalidation_log, "parse_change_event", parse_without)
    if family.expiry is not None:
        _leave_out_of_expiries(family.expiry, patch)
    _leave_out_translations(family, patch)
    if family.newer:
        patch.setattr(PageRows, "record_dependency", _depend_on_shown_part)


def _depend_on_shown_part(page: PageRows, query: ResolvedQuery) -> None:
    query.record_dependency(first=page.older_at, last=page.start.key[0] - 1)


def _leave_out_translations(family: Family, patch: pytest.MonkeyPatch) -> None:
    if family.translations:
        for module in (translations, transitions, erasure):
            patch.setattr(module, "record_translation_changes", lambda *_, **_options: [])
    if family.translation_schedule:
        patch.setattr(scheduled, "_read_updates", lambda *_: ())


def _leave_out_of_expiries(left_out: Names, patch: pytest.MonkeyPatch) -> None:
    build = scheduled._expiry

    def build_without(*members: Any) -> ScheduledChange:
        expiry = build(*members)
        names, lists = expiry.change.entity_keys, expiry.change.list_keys
        change = replace(
            expiry.change,
            entity_keys=frozenset(name for name in names if not left_out(name)),
            list_keys=frozenset(name for name in lists if not left_out(name)),
        )
        return replace(expiry, change=change)

    patch.setattr(scheduled, "_expiry", build_without)
