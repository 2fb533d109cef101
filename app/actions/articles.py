"""Storing articles, many at once or one: created or replaced by their identity in the caller's transaction.

take turn ─► find editions and rows ─► settle status ─► choose slugs ─► make unknown names
          ─► keep those that differ ─► write rows, links, slugs, references ─► all that follows from a save
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.actions.catalogue import Outcome, UnknownEdition, edition_ids
from app.actions.changes import Change, begin_changes
from app.actions.consequences import complete_saves
from app.actions.links import read_standings, write_links
from app.actions.manner import Manner, Stored
from app.actions.naming import choose_slugs, name_entries, refuse_unknown
from app.actions.related import resolve_references, store_references
from app.actions.revisions import keep_contents
from app.actions.saves import Save
from app.actions.slugs import restore_slugs, retire_slugs
from app.actions.writing import Writing
from app.db.bulk import insert_rows, update_rows
from app.domain.ids import IdMint, parse_id
from app.errors import DaylineError
from app.models.article import article_bodies, articles
from app.schemas.record import ArticleRecord

IMPORTING = Manner()
_MINT = IdMint()


class _Batch(NamedTuple):
    """What every step of one call needs to know."""

    connection: Connection
    stored: Stored
    now: int
    manner: Manner


def store_articles(
    connection: Connection, records: Sequence[ArticleRecord], *, now: int, manner: Manner = IMPORTING
) -> Stored:
    """Store these records in their order; one that cannot be stored is told and does the others no harm.

    One row of the change log for each article whose public state changed. Errors among the outcomes:
    InvalidInput, UnknownEdition, ArticleErased, Forbidden.
    """
    begin_changes(connection)
    stored = Stored(outcomes=[Outcome.UNCHANGED] * len(records), ids=[0] * len(records))
    batch = _Batch(connection, stored, now, manner)
    start = 0
    for end in _rounds(records):
        _store_round(batch, records[start:end], start)
        start = end
    return stored


def _rounds(records: Sequence[ArticleRecord]) -> Iterator[int]:
    """Where to cut so that no identity stands twice between two cuts."""
    seen: set[tuple[str, str]] = set()
    for place, record in enumerate(records):
        names = {(record.edition, record.source_id or ""), ("id", record.id or "")} - {
            (record.edition, ""),
            ("id", ""),
        }
        if names & seen:
            yield place
            seen = set()
        seen |= names
    yield len(records)


def _store_round(batch: _Batch, records: Sequence[ArticleRecord], start: int) -> None:
    editions = edition_ids(batch.connection, [record.edition for record in records])
    writings: list[Writing] = []
    for place, record in enumerate(records, start):
        if record.edition not in editions:
            batch.stored.outcomes[place] = UnknownEdition(record.edition)
            continue
        writing = Writing(
            place=place,
            record=record,
            edition_id=editions[record.edition],
            article_id=0,
            existing=None,
            now=batch.now,
            manner=batch.manner,
        )
        writings.append(writing)
    for edition_id, group in groupby(sorted(writings, key=_by_edition), key=_by_edition):
        left = list(group)
        while left:
            _find_existing(batch.connection, edition_id, left)
            cut = _first_repeat(left)
            for writing in left[:cut]:
                batch.stored.ids[writing.place] = writing.article_id
            _store_in_edition(batch, edition_id, left[:cut])
            left = left[cut:]


def _by_edition(writing: Writing) -> int:
    return writing.edition_id


def _first_repeat(writings: list[Writing]) -> int:
    """Where an article comes for the second time, once by its source_id and once by its id."""
    seen: set[int] = set()
    for place, writing in enumerate(writings):
        if writing.article_id in seen:
            return place
        seen.add(writing.article_id)
    return len(writings)


def _store_in_edition(batch: _Batch, edition_id: int, writings: list[Writing]) -> None:
    connection, stored = batch.connection, batch.stored
    sound = choose_slugs(connection, edition_id, _settled(writings, stored), stored)
    if batch.manner.is_strict:
        sound = refuse_unknown(connection, edition_id, sound, stored)
    made = name_entries(connection, edition_id, sound, stored, batch.now)
    changed = _write_rows(batch, sound)
    if changed or made:
        write_links(connection, [writing for writing, _ in changed])
        _follow_up(batch, edition_id, changed, made)


def _settled(writings: Iterable[Writing], stored: Stored) -> list[Writing]:
    passed: list[Writing] = []
    for writing in writings:
        try:
            writing.settle()
        except DaylineError as error:
            stored.outcomes[writing.place] = error
        else:
            passed.append(writing)
    return passed


def _find_existing(connection: Connection, edition_id: int, writings: list[Writing]) -> None:
    sources = [w.record.source_id for w in writings if w.record.source_id is not None]
    ids = [parse_id(w.record.id) for w in writings if w.record.id is not None]
    here = select(*(c for c in articles.c if c.name not in {"image", "rights"}))
    by_source = here.where(articles.c.edition_id == edition_id, articles.c.source_id.in_(sources))
    sourced = {row.source_id: row for row in connection.execute(by_source)} if sources else {}
    numbered = {row.id: row for row in connection.execute(here.where(articles.c.id.in_(ids)))} if ids else {}
    for writing in writings:
        given = None if writing.record.id is None else parse_id(writing.record.id)
        found = sourced.get(writing.record.source_id) or numbered.get(given)
        writing.existing = found
        if found is not None:
            writing.article_id = found.id
        else:
            writing.article_id = _MINT.make(writing.now) if given is None else given


def _write_rows(batch: _Batch, writings: list[Writing]) -> list[tuple[Writing, Save]]:
    connection = batch.connection
    different = [(w, columns) for w in writings if w.differs(columns := w.columns())]
    replaced = [w for w, _ in different if w.existing is not None]
    keep_contents(connection, {w.article_id: w.existing.revision for w in replaced if w.existing and w.is_rewritten})
    standings = read_standings(connection, [w.existing for w in replaced if w.existing is not None]) if replaced else {}
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    bodies: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    changed: list[tuple[Writing, Save]] = []
    for writing, columns in different:
        is_new = writing.existing is None
        writing.before = standings.get(writing.article_id)
        save = writing.save()
        changed.append((writing, save))
        batch.stored.outcomes[writing.place] = Outcome.CREATED if is_new else Outcome.CHANGED
        if writing.stamps_update:
            columns["updated_at"] = batch.now
        rows[is_new].append({"id": writing.article_id, **columns, **writing.numbers(save)})
        bodies[is_new].append({"article_id": writing.article_id, "blocks": writing.blocks()})
    update_rows(connection, articles, rows[False])
    update_rows(connection, article_bodies, bodies[False])
    insert_rows(connection, articles, rows[True])
    insert_rows(connection, article_bodies, bodies[True])
    return changed


def _follow_up(batch: _Batch, edition_id: int, changed: list[tuple[Writing, Save]], made: list[Change]) -> None:
    connection, writings = batch.connection, [writing for writing, _ in changed]
    known = frozenset(w.article_id for w in writings if w.existing is not None)
    given_up = {
        w.existing.slug: w.article_id
        for w in writings
        if w.existing is not None and w.existing.slug != w.slug and w.existing.version
    }
    ended = retire_slugs(connection, edition_id, [w.slug for w in writings], given_up)
    restore_slugs(connection, edition_id, {w.article_id: w.record.old_slugs for w in writings if w.existing is None})
    store_references(connection, edition_id, {w.article_id: w.record.related for w in writings}, known=known)
    awaited = resolve_references(
        connection,
        edition_id,
        {
            w.article_id: w.record.source_id
            for w in writings
            if w.existing is None or w.existing.source_id != w.record.source_id
        },
    )
    for writing, save in changed:
        if writing.slug in ended:
            save.displaced = ended[writing.slug]
    saves = [save for _, save in sorted(changed, key=lambda each: each[0].place)]
    actor = batch.manner.editor.actor
    complete_saves(connection, saves, now=batch.now, actor=actor, awaited=awaited, more=made)
