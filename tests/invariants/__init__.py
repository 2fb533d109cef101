"""Invariants of every database, after any writes and any kind of stop."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from sqlalchemy import Connection

from tests.invariants.articles import (
    check_bodies,
    check_links,
    check_references,
    check_slugs,
    check_states,
    check_stored_responses,
    check_translations,
)
from tests.invariants.change_log import check_log
from tests.invariants.collation_keys import check_collation_keys
from tests.invariants.lists import check_catalogue, check_lists
from tests.invariants.revisions import check_blocks, check_revision_numbers
from tests.invariants.stored_state import StoredState, read_state

MAX_SHOWN = 20


def check_invariants(
    connection: Connection, *, deleted: Collection[int] = (), is_thinned: bool = False
) -> Counter[str]:
    """Raise AssertionError with every violation, a line each; return the numbers of rows.

    For databases whose articles were all written here, none imported with a history. `deleted` are articles that were
    deleted as drafts: stored responses may still name them. `is_thinned` allows gaps in the numbers of revisions.
    """
    state = read_state(connection, deleted, is_thinned=is_thinned)
    wrong = [f"{check.__name__.removeprefix('check_')}: {what}" for check in CHECKS for what in check(state)]
    if wrong:
        raise AssertionError("\n".join([f"{len(wrong)} things are wrong", *wrong[:MAX_SHOWN]]))
    public = sum(row.status == "published" for row in state.rows.values())
    saves = sum(map(len, state.past.values()))
    return Counter(articles=len(state.rows), public=public, revisions=saves, changes=len(state.log))


CHECKS: tuple[Callable[[StoredState], Iterator[str]], ...] = (
    check_links,
    check_bodies,
    check_states,
    check_revision_numbers,
    check_blocks,
    check_lists,
    check_log,
    check_catalogue,
    check_collation_keys,
    check_slugs,
    check_references,
    check_translations,
    check_stored_responses,
)
