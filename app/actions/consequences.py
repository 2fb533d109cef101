"""What follows from saving articles wherever they show: revisions, lists, picks, catalogue, and the log."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from app.actions.catalogue import show_entries
from app.actions.changes import Change, append_changes
from app.actions.likeness import store_picks
from app.actions.listings import move_listings
from app.actions.related import find_referrers
from app.actions.revisions import append_revisions
from app.actions.saves import Save
from app.domain.change import article_change
from app.domain.surrogate import article_key


def complete_saves(
    connection: Connection,
    saves: Sequence[Save],
    *,
    now: int,
    actor: str,
    awaited: Collection[int] = (),
    more: Sequence[Change] = (),
) -> None:
    """Do all that follows once the rows of these articles are written; `begin_changes` came first.

    `awaited` are articles that others pointed to before they were there; `more` goes into the log before the
    articles' own rows.
    """
    append_revisions(connection, saves, now=now, actor=actor)
    move_listings(connection, [(save.before, save.after) for save in saves])
    appeared = [save.after for save in saves if save.after.is_public and _is_listed_anew(save)]
    shown = show_entries(connection, appeared)
    known = frozenset(save.article_id for save in saves if save.before is not None)
    pointing = find_referrers(connection, sorted({*awaited, *known}))
    picking = frozenset(save.article_id for save in saves if save.before is not None and save.version > 1)
    store_picks(connection, [save.after for save in saves if save.after.is_public], known=picking)
    append_changes(connection, [*more, *shown, *_changes(saves, pointing)], now=now, actor=actor)


def _is_listed_anew(save: Save) -> bool:
    before = save.before
    return before is None or not before.is_public or before.facets() != save.after.facets()


def _changes(saves: Sequence[Save], pointing: Mapping[int, Sequence[int]]) -> Iterator[Change]:
    for save in saves:
        kind = article_change(save.status_before, save.after.status, moved=save.is_moved)
        if kind is None:
            continue
        concerned = [save.article_id, *pointing.get(save.article_id, ())]
        concerned += [] if save.displaced is None else [save.displaced]
        keys = [*map(article_key, concerned), *save.after.keys()]
        yield Change(
            type=kind,
            keys=[*keys, *(save.before.keys() if save.before is not None else ())],
            edition_id=save.after.edition_id,
            article_id=save.article_id,
        )
