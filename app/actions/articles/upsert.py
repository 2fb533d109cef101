"""Upsert of one article or a batch: created or replaced by identity, in the caller's transaction.

lock log ─► read editions and rows ─► resolve status ─► assign slugs ─► create unknown references
─► select changed ones ─► write rows, links, redirects, related ─► update projections
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from app.actions.articles.addresses import check_aliases, store_addresses
from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.due_transitions import expiry_notices
from app.actions.articles.links import read_placements, write_links
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.projections import update_projections
from app.actions.articles.reference_resolution import (
    assign_catalogue_ids,
    assign_slugs,
    reject_unknown_references,
    resolve_tag_names,
)
from app.actions.articles.related import replace_related, resolve_pending_related
from app.actions.articles.renamed_references import refresh_renamed_hashes, resolve_former_names
from app.actions.articles.revisions import snapshot_content
from app.actions.articles.slugs import import_redirects, replace_redirects
from app.actions.articles.source_versions import newer_versions, skip_older
from app.actions.articles.state_warnings import find_state_warnings
from app.actions.articles.translations import plan_translations, store_translations
from app.actions.articles.write_options import WriteOptions, WriteResult
from app.actions.catalogue.entries import Outcome, UnknownEditionError, find_editions
from app.actions.changelog.changes import Change, begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import bulk_insert, bulk_update
from app.domain.slug import SlugStyle
from app.domain.tsid import TsidGenerator, parse_id
from app.errors import DaylineError
from app.interchange.section_tree import read_section_tree
from app.models.article import article_bodies, articles
from app.schemas.interchange import ArticleRecord
from app.schemas.write_warning import refuse_losses

IMPORT_OPTIONS = WriteOptions()
_ids = TsidGenerator()

_PLACE = frozenset(
    {"edition_id", "slug", "source_id", "status", "published_at", "expires_at", "section_id", "label_id"}
)
_PLACE_AND_HEADLINE = _PLACE | {"headline_key"}
"""Columns of indexes, which most changes of an article leave as they are."""
_STORED = select(*(column for column in articles.c if column.name not in {"image", "rights", "details"}))
_BY_SOURCE = _STORED.where(
    articles.c.edition_id == bindparam("edition_id"), articles.c.source_id.in_(bindparam("sources", expanding=True))
)
_BY_ID = _STORED.where(articles.c.id.in_(bindparam("ids", expanding=True)))


class _Batch(NamedTuple):
    """Inputs that every step of one call needs."""

    connection: Connection
    stored: WriteResult
    now: int
    options: WriteOptions


def upsert_articles(
    connection: Connection, records: Sequence[ArticleRecord], *, now: int, options: WriteOptions = IMPORT_OPTIONS
) -> WriteResult:
    """Store these records in order; one that cannot be stored yields an error and does not affect the others.

    One row of the change log for each article whose public state changed. Errors among the outcomes: InvalidInputError,
    UnknownEditionError, ArticleErasedError, ForbiddenError.
    """
    begin_log_transaction(connection)
    stored = WriteResult(outcomes=[Outcome.UNCHANGED] * len(records), ids=[0] * len(records))
    batch = _Batch(connection, stored, now, options)
    start = 0
    for end in _split_batches(records):
        _store_round(batch, records[start:end], start)
        start = end
    return stored


def _split_batches(records: Sequence[ArticleRecord]) -> Iterator[int]:
    """Yield the boundaries of batches in which no identity occurs twice."""
    seen: set[tuple[str, str]] = set()
    for position, record in enumerate(records):
        names = {(record.edition, record.source_id or ""), ("id", record.id or "")} - {
            (record.edition, ""),
            ("id", ""),
        }
        if names & seen:
            yield position
            seen = set()
        seen |= names
    yield len(records)


def _store_round(batch: _Batch, records: Sequence[ArticleRecord], start: int) -> None:
    editions = find_editions(batch.connection, [record.edition for record in records])
    writes: list[ArticleWrite] = []
    for position, record in enumerate(records, start):
        if record.edition not in editions:
            batch.stored.outcomes[position] = UnknownEditionError(record.edition)
            continue
        write = ArticleWrite(
            index=position,
            record=record,
            edition_id=editions[record.edition].id,
            slug_style=SlugStyle(editions[record.edition].slug_style),
            timezone=editions[record.edition].timezone,
            edition_language=editions[record.edition].language,
            article_id=0,
            current=None,
            now=batch.now,
            options=batch.options,
            expiry_notice=partial(_expiry_notice, batch.connection, editions[record.edition].id),
        )
        writes.append(write)
    for edition_id, group in groupby(sorted(writes, key=_by_edition), key=_by_edition):
        left = list(group)
        while left:
            _find_existing(batch.connection, edition_id, left)
            cut = _first_repeat(left)
            for write in left[:cut]:
                batch.stored.ids[write.index] = write.article_id
            _store_in_edition(batch, edition_id, left[:cut])
            left = left[cut:]


def _expiry_notice(connection: Connection, edition_id: int) -> str | None:
    return expiry_notices(connection, [edition_id])[edition_id]


def _by_edition(write: ArticleWrite) -> int:
    return write.edition_id


def _first_repeat(writes: list[ArticleWrite]) -> int:
    """Return the index at which an article occurs a second time, by its source_id and by its id."""
    seen: set[int] = set()
    for position, write in enumerate(writes):
        if write.article_id in seen:
            return position
        seen.add(write.article_id)
    return len(writes)


def _store_in_edition(batch: _Batch, edition_id: int, writes: list[ArticleWrite]) -> None:
    connection, stored = batch.connection, batch.stored
    newer = skip_older(writes, stored)
    valid = assign_slugs(connection, edition_id, _resolve_statuses(newer, stored), stored)
    valid = check_aliases(connection, edition_id, valid, stored)
    resolve_former_names(connection, edition_id, valid, stored)
    if batch.options.reject_unknown:
        valid = reject_unknown_references(connection, edition_id, valid, stored)
    valid, tag_names = resolve_tag_names(connection, edition_id, valid, stored)
    valid, plan = plan_translations(connection, valid, stored)
    made = assign_catalogue_ids(connection, edition_id, valid, stored, now=batch.now, tag_names=tag_names)
    tree = read_section_tree(connection, {write.edition_id for write in valid if write.section_ids})
    for write in valid:
        write.tree = tree
    changed = _write_rows(batch, valid)
    if changed or made:
        write_links(connection, [write for write, _ in changed])
        writes = [write for write, _ in changed]
        made += store_translations(connection, plan, writes, editor=batch.options.editor, now=batch.now)
        _update_projections(batch, edition_id, changed, made)


def _resolve_statuses(writes: Iterable[ArticleWrite], stored: WriteResult) -> list[ArticleWrite]:
    passed: list[ArticleWrite] = []
    for write in writes:
        given = write.record
        try:
            write.resolve_status()
            warnings = find_state_warnings(write, given)
            if write.options.is_strict:
                refuse_losses(warnings)
        except DaylineError as error:
            stored.outcomes[write.index] = error
        else:
            passed.append(write)
            if warnings:
                stored.warnings.setdefault(write.index, []).extend(warnings)
    return passed


def _find_existing(connection: Connection, edition_id: int, writes: list[ArticleWrite]) -> None:
    sources = [w.record.source_id for w in writes if w.record.source_id is not None]
    ids = [parse_id(w.record.id) for w in writes if w.record.id is not None]
    by_source = connection.execute(_BY_SOURCE, {"edition_id": edition_id, "sources": sources}) if sources else ()
    sourced = {row.source_id: row for row in by_source}
    numbered = {row.id: row for row in connection.execute(_BY_ID, {"ids": ids})} if ids else {}
    for write in writes:
        given = None if write.record.id is None else parse_id(write.record.id)
        existing = sourced.get(write.record.source_id) or numbered.get(given)
        write.current = existing
        if existing is not None:
            write.article_id = existing.id
        else:
            write.article_id = _ids.next(write.now) if given is None else given


def _write_rows(batch: _Batch, writes: list[ArticleWrite]) -> list[tuple[ArticleWrite, PendingRevision]]:
    connection = batch.connection
    renamed = refresh_renamed_hashes(connection, writes)
    different = [(w, columns) for w in writes if w.has_changes(columns := w.columns())]
    differing = {w.index for w, _ in different}
    refreshed = [{"id": w.article_id, "content_hash": w.stored_hash} for w in renamed if w.index not in differing]
    bulk_update(connection, articles, refreshed)
    bulk_update(connection, articles, newer_versions(w for w in writes if w.index not in differing))
    replaced = [w for w, _ in different if w.current is not None]
    snapshot_content(
        connection, {w.article_id: w.current.revision for w in replaced if w.current and w.content_changed}
    )
    placements = read_placements(connection, [w.current for w in replaced if w.current is not None]) if replaced else {}
    inserted: list[dict[str, Any]] = []
    updated: dict[frozenset[str], list[dict[str, Any]]] = {}
    bodies: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    changed: list[tuple[ArticleWrite, PendingRevision]] = []
    for write, columns in different:
        is_new = write.current is None
        write.placement_before = placements.get(write.article_id)
        pending = write.to_revision()
        changed.append((write, pending))
        batch.stored.outcomes[write.index] = Outcome.CREATED if is_new else Outcome.CHANGED
        if write.touches_updated_at:
            columns["updated_at"] = batch.now
        row = {"id": write.article_id, **columns, **write.revision_columns(pending)}
        if write.current is None:
            inserted.append(row)
        else:
            updated.setdefault(_unchanged_columns(write.current, row), []).append(row)
        body = {"article_id": write.article_id, "blocks": write.blocks(), "extra": write.record.extra}
        bodies[is_new].append(body)
    for unchanged, rows in updated.items():
        bulk_update(connection, articles, rows, unchanged=unchanged)
    bulk_update(connection, article_bodies, bodies[False])
    bulk_insert(connection, articles, inserted)
    bulk_insert(connection, article_bodies, bodies[True])
    return changed


def _unchanged_columns(before: AnyRow, after: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns of indexes that an update leaves out; one of three sets, which limits the statements."""
    if any(getattr(before, name) != after[name] for name in _PLACE):
        return frozenset()
    return _PLACE_AND_HEADLINE if before.headline_key == after["headline_key"] else _PLACE


def _update_projections(
    batch: _Batch, edition_id: int, changed: list[tuple[ArticleWrite, PendingRevision]], made: list[Change]
) -> None:
    connection, writes = batch.connection, [write for write, _ in changed]
    known = frozenset(w.article_id for w in writes if w.current is not None)
    released = {
        w.current.slug: w.article_id
        for w in writes
        if w.current is not None and w.current.slug != w.slug and w.current.version
    }
    ended = replace_redirects(connection, edition_id, [w.slug for w in writes], released)
    import_redirects(connection, edition_id, {w.article_id: w.record.old_slugs for w in writes if w.current is None})
    store_addresses(connection, edition_id, writes, now=batch.now)
    replace_related(connection, edition_id, {w.article_id: w.record.related for w in writes}, known=known)
    awaited = resolve_pending_related(
        connection,
        edition_id,
        {
            w.article_id: w.record.source_id
            for w in writes
            if w.current is None or w.current.source_id != w.record.source_id
        },
    )
    for write, pending in changed:
        if write.slug in ended:
            pending.redirect_lost_by = ended[write.slug]
    pending_revisions = [pending for _, pending in sorted(changed, key=lambda each: each[0].index)]
    actor = batch.options.editor.name
    update_projections(
        connection, pending_revisions, now=batch.now, actor=actor, awaited_by_references=awaited, extra_changes=made
    )
