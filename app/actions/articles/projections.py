"""Projections of articles, updated after a write: revisions, lists, recommendations, catalogue, and the change log."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from app.actions.articles.listings import sync_listings
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.recommendations import store_recommendations
from app.actions.articles.related import find_referrers
from app.actions.articles.revisions import append_revisions
from app.actions.catalogue.entries import mark_entries_listed
from app.actions.changelog.changes import Change, append_changes
from app.domain.change import article_change
from app.invalidation.surrogate_keys import article_key


def update_projections(
    connection: Connection,
    saves: Sequence[PendingRevision],
    *,
    now: int,
    actor: str,
    awaited_by_references: Collection[int] = (),
    extra_changes: Sequence[Change] = (),
) -> None:
    """Update all projections after the rows of these articles were written; `begin_log_transaction` precedes it.

    `awaited_by_references` are new articles to which references already pointed; `extra_changes` are logged before the
    articles' own rows.
    """
    append_revisions(connection, saves, now=now, actor=actor)
    sync_listings(connection, [(save.before, save.after) for save in saves])
    appeared = [save.after for save in saves if save.after.is_public and _is_listed_anew(save)]
    shown = mark_entries_listed(connection, appeared)
    known = frozenset(save.article_id for save in saves if save.before is not None)
    pointing = find_referrers(connection, sorted({*awaited_by_references, *known}))
    picking = frozenset(save.article_id for save in saves if save.before is not None and save.version > 1)
    store_recommendations(connection, [save.after for save in saves if save.after.is_public], known=picking)
    append_changes(connection, [*extra_changes, *shown, *_changes(saves, pointing)], now=now, actor=actor)


def _is_listed_anew(save: PendingRevision) -> bool:
    before = save.before
    return before is None or not before.is_public or before.facets() != save.after.facets()


def _changes(saves: Sequence[PendingRevision], pointing: Mapping[int, Sequence[int]]) -> Iterator[Change]:
    for save in saves:
        kind = article_change(save.status_before, save.after.status, moved=save.redated)
        if kind is None:
            continue
        concerned = [save.article_id, *pointing.get(save.article_id, ())]
        concerned += [] if save.redirect_lost_by is None else [save.redirect_lost_by]
        keys = [*map(article_key, concerned), *save.after.surrogate_keys()]
        yield Change(
            type=kind,
            keys=[*keys, *(save.before.surrogate_keys() if save.before is not None else ())],
            edition_id=save.after.edition_id,
            article_id=save.article_id,
        )
