"""Storing articles, many at once or one: created or replaced by their identity in the caller's transaction.

take turn ─► find editions and rows ─► settle status ─► choose slugs ─► make unknown names
          ─► keep those that differ ─► write rows, lists, references, picks ─► append to the log
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from app.actions.catalogue import Outcome, UnknownEdition, edition_ids
from app.actions.changes import Change, append_changes, begin_changes
from app.actions.likeness import store_picks
from app.actions.links import remember_links, write_links
from app.actions.listings import move_listings
from app.actions.naming import choose_slugs, name_entries
from app.actions.related import find_referrers, resolve_references, store_references
from app.actions.slugs import retire_slugs
from app.actions.writing import Stored, Writing
from app.db.bulk import insert_rows
from app.domain.article import Status
from app.domain.change import article_change
from app.domain.ids import IdMint, parse_id
from app.domain.surrogate import article_key
from app.errors import DaylineError
from app.models.article import article_bodies, articles
from app.schemas.record import ArticleRecord

_MINT = IdMint()
_ROW: BindParameter[int] = bindparam("b_article_id")
_UPDATE = update(articles).where(articles.c.id == _ROW)
_UPDATE_BODY = update(article_bodies).where(article_bodies.c.article_id == _ROW).values(blocks=bindparam("b_blocks"))


def store_articles(connection: Connection, records: Sequence[ArticleRecord], *, now: int) -> Stored:
    """Store these records in their order; one that cannot be stored is told and does the others no harm.

    One row of the change log for each article whose public state changed. Errors among the outcomes:
    InvalidInput, UnknownEdition.
    """
    begin_changes(connection)
    stored = Stored(outcomes=[Outcome.UNCHANGED] * len(records))
    start = 0
    for end in _rounds(records):
        _store_round(connection, records[start:end], start, stored, now)
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


def _store_round(
    connection: Connection, records: Sequence[ArticleRecord], start: int, stored: Stored, now: int
) -> None:
    editions = edition_ids(connection, [record.edition for record in records])
    writings: list[Writing] = []
    for place, record in enumerate(records, start):
        if record.edition not in editions:
            stored.outcomes[place] = UnknownEdition(record.edition)
            continue
        writing = Writing(
            place=place,
            record=record,
            edition_id=editions[record.edition],
            article_id=0,
            existing=None,
            now=now,
        )
        writings.append(writing)
    for edition_id, group in groupby(sorted(writings, key=_by_edition), key=_by_edition):
        left = list(group)
        while left:
            _find_existing(connection, edition_id, left)
            cut = _first_repeat(left)
            _store_in_edition(connection, edition_id, left[:cut], stored, now)
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


def _store_in_edition(
    connection: Connection, edition_id: int, writings: list[Writing], stored: Stored, now: int
) -> None:
    sound = choose_slugs(connection, edition_id, _settled(writings, stored), stored)
    name_entries(connection, edition_id, sound, stored, now)
    changed = _write_rows(connection, sound, stored, now)
    if changed:
        write_links(connection, changed)
        _follow_up(connection, edition_id, changed, now)


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


def _write_rows(connection: Connection, writings: list[Writing], stored: Stored, now: int) -> list[Writing]:
    created: list[dict[str, Any]] = []
    bodies: list[dict[str, Any]] = []
    replaced: list[dict[str, Any]] = []
    changed: list[Writing] = []
    for writing in writings:
        columns, blocks, row = writing.columns(), writing.blocks(), writing.existing
        fingerprint = writing.fingerprint(columns, blocks)
        if row is not None and row.fingerprint == fingerprint:
            continue
        changed.append(writing)
        public = writing.status is Status.PUBLISHED
        columns |= {
            "fingerprint": fingerprint,
            "modified_at": now,
            "revision": 1 if row is None else row.revision + 1,
            "version": (0 if row is None else row.version) + public,
        }
        if row is None:
            stored.outcomes[writing.place] = Outcome.CREATED
            created.append({"id": writing.article_id, **columns})
            bodies.append({"article_id": writing.article_id, "blocks": blocks})
        else:
            stored.outcomes[writing.place] = Outcome.CHANGED
            replaced.append({"b_article_id": writing.article_id, "b_blocks": blocks, **columns})
    if replaced:
        remember_links(connection, [w for w in changed if w.existing is not None])
        connection.execute(_UPDATE, [{k: v for k, v in row.items() if k != "b_blocks"} for row in replaced])
        connection.execute(
            _UPDATE_BODY,
            [{"b_article_id": row["b_article_id"], "b_blocks": row["b_blocks"]} for row in replaced],
        )
    insert_rows(connection, articles, created)
    insert_rows(connection, article_bodies, bodies)
    return changed


def _follow_up(connection: Connection, edition_id: int, changed: list[Writing], now: int) -> None:
    known = frozenset(w.article_id for w in changed if w.existing is not None)
    given_up = {
        w.existing.slug: w.article_id
        for w in changed
        if w.existing is not None and w.existing.slug != w.slug and w.existing.version
    }
    retire_slugs(connection, edition_id, [w.slug for w in changed], given_up)
    move_listings(connection, [(w.before, w.after) for w in changed])
    references = {w.article_id: w.record.related for w in changed}
    store_references(connection, edition_id, references, known=known)
    awaited = resolve_references(
        connection,
        edition_id,
        {
            w.article_id: w.record.source_id
            for w in changed
            if w.existing is None or w.existing.source_id != w.record.source_id
        },
    )
    pointing = find_referrers(connection, sorted(awaited | known))
    public = [w.after for w in changed if w.status is Status.PUBLISHED]
    store_picks(connection, public, known=known)
    append_changes(connection, list(_changes(changed, pointing)), now=now)


def _changes(changed: list[Writing], pointing: dict[int, list[int]]) -> Iterator[Change]:
    for writing in sorted(changed, key=lambda w: w.place):
        before, after = writing.before, writing.after
        moved = before is not None and before.published_at != after.published_at
        kind = article_change(writing.status_before, writing.status, moved=moved)
        if kind is None:
            continue
        referrers = [article_key(number) for number in pointing.get(writing.article_id, ())]
        keys = [article_key(writing.article_id), *referrers, *after.keys()]
        yield Change(
            type=kind,
            keys=[*keys, *(before.keys() if before is not None else ())],
            edition_id=writing.edition_id,
            article_id=writing.article_id,
        )
