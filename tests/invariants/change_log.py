"""Invariants of the change log: its numbers, and the rows of articles against their revisions."""

from collections.abc import Iterator

import orjson

from app.db.base import AnyRow
from app.domain.article_status import ArticleStatus
from app.domain.change import article_change
from app.domain.list_filter import Facet
from app.domain.traits import is_logged, read_traits
from app.domain.tsid import format_id
from app.invalidation.surrogate_keys import article_key, facet_key, timestamp_key
from tests.invariants.stored_state import StoredState

MAX_SHOWN = 20
Logged = tuple[str, int, str]
"""Type, instant and actor of a row of the log."""


def check_log(state: StoredState) -> Iterator[str]:
    """Check that numbers have no gap after the mark, and that articles have the rows of their public revisions."""
    numbers = [row.seq for row in state.log]
    young = [seq for seq in numbers if seq > state.mark]
    if numbers and young != [*range(state.mark + 1, numbers[-1] + 1)]:
        gaps = sorted(set(range(state.mark + 1, numbers[-1] + 1)) - set(numbers))
        yield f"the log lacks {gaps[:MAX_SHOWN]}"
    for number in state.logged.keys() - state.rows.keys():
        yield f"the log has {format_id(number)}, which does not exist"
    for row in state.rows.values():
        yield from _rows(state, row)


def _rows(state: StoredState, row: AnyRow) -> Iterator[str]:
    """Check the rows of an article."""
    alerts = [each.at for each in state.logged[row.id] if each.type == "article.alert"]
    if alerts not in ([], [row.alerted_at]):
        yield f"{format_id(row.id)} was announced at {alerts}, but should have been at {row.alerted_at}"
    recorded = [(each.type, each.at, each.actor) for each in state.logged[row.id] if each.type != "article.alert"]
    expected = _expected(row, state.past[row.id])
    if state.has_translations:
        recorded = _without_translations(recorded, expected)
    if state.is_thinned:  # an edit of a withdrawn article is logged, and its revision may be deleted
        logged = iter(recorded)
        recorded = [each for each in expected if each in logged]  # the rows in their order, without others
    elif row.erased_at is not None:
        recorded = recorded[-1:]
    elif state.mark and recorded:
        expected = expected[-len(recorded) :]
    if recorded != expected:
        yield f"the log has {recorded} of {format_id(row.id)}, its revisions {expected}"
    elif recorded:
        yield from _names(state, row, state.logged[row.id][-1])


def _without_translations(logged: list[Logged], expected: list[Logged]) -> list[Logged]:
    """Leave out updates of what an article shows of its translations, which make no revision: the last rows count."""
    remaining, found = [*expected], list[Logged]()
    for each in reversed(logged):
        if remaining and remaining[-1] == each:
            remaining.pop()
        elif each[0] == "article.updated":
            continue
        found.append(each)
    return found[::-1]


def _expected(row: AnyRow, past: list[AnyRow]) -> list[Logged]:
    if row.erased_at is not None:
        return [("article.withdrawn", row.erased_at, past[-1].actor)]
    expected: list[Logged] = []
    before, at = None, None
    for each in past:
        after = ArticleStatus(each.status)
        kind = article_change(before, after, moved=before is not None and at != each.published_at)
        expected += [(kind, each.at, each.actor)] if kind is not None else []
        before, at = after, each.published_at
    return expected


def _names(state: StoredState, row: AnyRow, last: AnyRow) -> Iterator[str]:
    """Check that the last row of an article names it and, while it is public, each list that has it."""
    wanted = {article_key(row.id)}
    if row.status == "published":
        wanted |= {timestamp_key(row.published_at)}
        wanted |= {facet_key(kind, number) for kind, number in state.facets[row.id] if kind is not Facet.EDITION}
        wanted.add(f"{'pages' if row.format == 'page' else 'edition'}:{row.edition_id}")
        wanted |= {facet_key(*each) for each in read_traits(row).facets() if is_logged(*each)}
    named = set(orjson.loads(last.surrogate_keys))
    for merge in (
        orjson.loads(each.surrogate_keys) for each in state.log if each.type in {"tag.merged", "author.merged"}
    ):
        both = {key for key in merge if ":" in key}
        named |= both if both & named else set()
    missing = wanted - named
    if missing or last.edition_id != row.edition_id:
        yield f"row {last.seq} of the log does not name {sorted(missing)}"
