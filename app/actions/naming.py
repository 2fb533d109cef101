"""The names in records: what stands behind them in the catalogue, and which slugs articles get."""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.actions.catalogue import ensure_entries, known_entries
from app.actions.changes import Change
from app.actions.manner import Stored
from app.actions.slugs import slug_owners
from app.actions.writing import Writing
from app.domain.article import Status
from app.domain.scope import Facet
from app.errors import Flaw, InvalidInput
from app.records.catalogue import NOUNS

NAMED = (Facet.SECTION, Facet.LABEL, Facet.TAG, Facet.AUTHOR)


def name_entries(
    connection: Connection, edition_id: int, writings: list[Writing], stored: Stored, now: int
) -> list[Change]:
    """Give these records the numbers of their section, label, tags and authors; unknown ones are made and counted.

    One that is made for articles which are not public is not listed until one of them is. The changes to log.
    """
    changes: list[Change] = []
    numbers: dict[Facet, dict[str, int]] = {}
    for kind in NAMED:
        wanted: dict[str, bool] = {}
        for writing in writings:
            for name in _names(writing, kind):
                wanted[name] = wanted.get(name, False) or writing.status is Status.PUBLISHED
        known, made = ensure_entries(connection, kind, wanted, edition_id=edition_id, now=now)
        if made:
            stored.made[f"{NOUNS[kind]}s"] += made.count
            changes += made.changes
        numbers[kind] = known
    for writing in writings:
        record = writing.record
        writing.section_id = None if record.section is None else numbers[Facet.SECTION][record.section]
        writing.label_id = None if record.label is None else numbers[Facet.LABEL][record.label]
        writing.tag_ids = tuple(numbers[Facet.TAG][tag] for tag in record.tags)
        writing.author_ids = tuple(numbers[Facet.AUTHOR][name] for name in record.authors)
    return changes


def refuse_unknown(connection: Connection, edition_id: int, writings: list[Writing], stored: Stored) -> list[Writing]:
    """Those whose section, label and authors are all there; the others are told which are not."""
    passed, kinds = [], (Facet.SECTION, Facet.LABEL, Facet.AUTHOR)
    asked = {kind: {name for writing in writings for name in _names(writing, kind)} for kind in kinds}
    known = {kind: known_entries(connection, kind, names, edition_id=edition_id) for kind, names in asked.items()}
    for writing in writings:
        flaws = []
        for kind in kinds:
            missing = [name for name in _names(writing, kind) if name not in known[kind]]
            where = "authors" if kind is Facet.AUTHOR else NOUNS[kind]
            flaws += [Flaw(where, f"There is no {NOUNS[kind]} '{name}' here.") for name in missing]
        if flaws:
            stored.outcomes[writing.place] = InvalidInput(*flaws)
        else:
            passed.append(writing)
    return passed


def _names(writing: Writing, kind: Facet) -> Iterable[str]:
    record = writing.record
    if kind is Facet.TAG:
        return record.tags
    if kind is Facet.AUTHOR:
        return record.authors
    one = record.section if kind is Facet.SECTION else record.label
    return () if one is None else (one,)


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
            taken = Flaw("slug", f"The slug '{writing.record.slug}' belongs to another article or leads to one.")
            stored.outcomes[writing.place] = InvalidInput(taken)
    return [writing for writing in writings if writing.slug]


def _take_slug(writing: Writing, slug: str, owners: dict[str, tuple[int, bool]]) -> bool:
    owner, is_old = owners.get(slug, (writing.article_id, False))
    # An old slug leads readers on until something public takes it on purpose: a draft must not end that.
    takes_over = is_old and writing.record.slug is not None and writing.status is Status.PUBLISHED
    if owner != writing.article_id and not takes_over:
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
