"""The names in records: what stands behind them in the catalogue, and which slugs articles get."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table

from app.actions.catalogue import ensure_entries
from app.actions.slugs import slug_owners
from app.actions.writing import Stored, Writing
from app.errors import Flaw, InvalidInput
from app.models.author import authors
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags


def name_entries(connection: Connection, edition_id: int, writings: list[Writing], stored: Stored, now: int) -> None:
    """Give these records the numbers of their section, label, tags and authors; unknown ones are made and counted."""

    def ensure(noun: str, table: Table, name: Column[str], wanted: Iterable[str], **fixed: Any) -> dict[str, int]:
        known, made = ensure_entries(connection, table, name, wanted, now=now, **fixed)
        if made:
            stored.made[noun] += made
        return known

    records = [writing.record for writing in writings]
    of_section = ensure(
        "sections",
        sections,
        sections.c.slug,
        [r.section for r in records if r.section],
        edition_id=edition_id,
    )
    of_label = ensure("labels", labels, labels.c.code, [r.label for r in records if r.label])
    of_tag = ensure("tags", tags, tags.c.slug, [tag for r in records for tag in r.tags])
    of_author = ensure("authors", authors, authors.c.slug, [name for r in records for name in r.authors])
    for writing in writings:
        record = writing.record
        writing.section_id = None if record.section is None else of_section[record.section]
        writing.label_id = None if record.label is None else of_label[record.label]
        writing.tag_ids = tuple(of_tag[tag] for tag in record.tags)
        writing.author_ids = tuple(of_author[name] for name in record.authors)


def choose_slugs(connection: Connection, edition_id: int, writings: list[Writing], stored: Stored) -> list[Writing]:
    """Those that got a slug: the one they were given or that their headline makes, else one that marks them."""
    wanted = {writing.place: writing.slug_to_try() for writing in writings}
    owners = slug_owners(connection, edition_id, filter(None, wanted.values()))
    late = []
    for writing in writings:
        slug = wanted[writing.place]
        if slug is None or not _take_slug(writing, slug, owners):
            late.append(writing)
    instead = {writing.place: writing.slugs_instead() for writing in late}
    if late:
        owners |= slug_owners(connection, edition_id, [slug for each in instead.values() for slug in each])
    for writing in late:
        if not any(_take_slug(writing, slug, owners) for slug in instead[writing.place]):
            taken = Flaw("slug", f"The slug '{writing.record.slug}' belongs to another article.")
            stored.outcomes[writing.place] = InvalidInput(taken)
    return [writing for writing in writings if writing.slug]


def _take_slug(writing: Writing, slug: str, owners: dict[str, tuple[int, bool]]) -> bool:
    owner, is_old = owners.get(slug, (writing.article_id, False))
    if owner != writing.article_id and not (is_old and writing.record.slug is not None):
        return False
    row = writing.existing
    if row is not None and row.slug != slug:  # what it gives up is free for those that follow
        if row.version:
            owners[row.slug] = (writing.article_id, True)
        else:
            owners.pop(row.slug, None)
    writing.slug = slug
    owners[slug] = (writing.article_id, False)
    return True
