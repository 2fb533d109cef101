"""Projections of articles, updated after a write: revisions, lists, recommendations, catalogue, and the change log."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from app.actions.articles.listings import sync_listings
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.recommendations import store_recommendations
from app.actions.articles.related import find_referrers
from app.actions.articles.revisions import append_revisions
from app.actions.articles.sitemap_weeks import update_sitemap_weeks
from app.actions.catalogue.entry_listing import mark_entries_listed, unlist_unused_entries
from app.actions.changelog.changes import Change, append_changes
from app.domain.change import ChangeType, article_change
from app.domain.list_filter import Facet
from app.invalidation.surrogate_keys import article_key


def update_projections(
    connection: Connection,
    pending_revisions: Sequence[PendingRevision],
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
    append_revisions(connection, pending_revisions, now=now, actor=actor)
    placements = [(pending.before, pending.after) for pending in pending_revisions]
    sync_listings(connection, placements)
    update_sitemap_weeks(connection, placements, now=now)
    appeared = [pending.after for pending in pending_revisions if pending.after.is_public and _is_listed_anew(pending)]
    shown = mark_entries_listed(connection, appeared)
    hidden = unlist_unused_entries(connection, [left for pending in pending_revisions for left in _left_lists(pending)])
    known = frozenset(pending.article_id for pending in pending_revisions if pending.before is not None)
    pointing = find_referrers(connection, sorted({*awaited_by_references, *known}))
    picking = frozenset(
        pending.article_id for pending in pending_revisions if pending.before is not None and pending.version > 1
    )
    store_recommendations(
        connection, [pending.after for pending in pending_revisions if pending.after.is_public], known=picking
    )
    append_changes(
        connection, [*extra_changes, *shown, *hidden, *_changes(pending_revisions, pointing)], now=now, actor=actor
    )


def _is_listed_anew(pending: PendingRevision) -> bool:
    before = pending.before
    return before is None or not before.is_public or before.entries() != pending.after.entries()


def _left_lists(pending: PendingRevision) -> set[tuple[Facet, int]]:
    """Return the catalogue entries whose lists the article was in and is no longer."""
    before, after = pending.before, pending.after
    if before is None or not before.is_public:
        return set()
    return set(before.resolved_entries()) - (set(after.resolved_entries()) if after.is_public else set())


def _changes(pending_revisions: Sequence[PendingRevision], pointing: Mapping[int, Sequence[int]]) -> Iterator[Change]:
    for pending in pending_revisions:
        kind = article_change(pending.status_before, pending.after.status, moved=pending.redated)
        if kind is None:
            continue
        concerned = [pending.article_id, *pointing.get(pending.article_id, ())]
        concerned += [] if pending.redirect_lost_by is None else [pending.redirect_lost_by]
        keys = [*map(article_key, concerned), *pending.after.surrogate_keys()]
        keys += pending.before.surrogate_keys() if pending.before is not None else ()
        # The alert comes first: the last row of an article remains, and must not announce it again.
        for each in (ChangeType.ARTICLE_ALERT, kind) if pending.is_alert else (kind,):
            yield Change(type=each, keys=keys, edition_id=pending.after.edition_id, article_id=pending.article_id)
