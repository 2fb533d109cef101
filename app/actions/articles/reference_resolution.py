"""Resolution of references in records: ids of catalogue entries, and the slugs of articles."""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.slugs import slug_owners
from app.actions.articles.write_options import WriteResult
from app.actions.catalogue.entries import find_entry_ids, get_or_create_entries
from app.actions.changelog.changes import Change
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.errors import FieldError, InvalidInputError
from app.interchange.catalogue import KIND_NAMES

NAMED = (Facet.SECTION, Facet.LABEL, Facet.TAG, Facet.AUTHOR)


def assign_catalogue_ids(
    connection: Connection, edition_id: int, writings: list[ArticleWrite], stored: WriteResult, now: int
) -> list[Change]:
    """Set the ids of section, label, tags and authors in these records; create unknown entries and count them.

    An entry created for an article that is not public is unlisted until a public one uses it. Return the changes to
    log.
    """
    changes: list[Change] = []
    numbers: dict[Facet, dict[str, int]] = {}
    for kind in NAMED:
        wanted: dict[str, bool] = {}
        for writing in writings:
            for name in _names(writing, kind):
                wanted[name] = wanted.get(name, False) or writing.status is ArticleStatus.PUBLISHED
        known, made = get_or_create_entries(connection, kind, wanted, edition_id=edition_id, now=now)
        if made:
            stored.created_entries[f"{KIND_NAMES[kind]}s"] += made.count
            changes += made.changes
        numbers[kind] = known
    for writing in writings:
        record = writing.record
        writing.section_id = None if record.section is None else numbers[Facet.SECTION][record.section]
        writing.label_id = None if record.label is None else numbers[Facet.LABEL][record.label]
        writing.tag_ids = tuple(numbers[Facet.TAG][tag] for tag in record.tags)
        writing.author_ids = tuple(numbers[Facet.AUTHOR][name] for name in record.authors)
    return changes


def reject_unknown_references(
    connection: Connection, edition_id: int, writings: list[ArticleWrite], stored: WriteResult
) -> list[ArticleWrite]:
    """Return the writes whose section, label and authors all exist; the others get an error."""
    passed, kinds = [], (Facet.SECTION, Facet.LABEL, Facet.AUTHOR)
    asked = {kind: {name for writing in writings for name in _names(writing, kind)} for kind in kinds}
    known = {kind: find_entry_ids(connection, kind, names, edition_id=edition_id) for kind, names in asked.items()}
    for writing in writings:
        flaws = []
        for kind in kinds:
            missing = [name for name in _names(writing, kind) if name not in known[kind]]
            where = "authors" if kind is Facet.AUTHOR else KIND_NAMES[kind]
            flaws += [FieldError(where, f"There is no {KIND_NAMES[kind]} '{name}'.") for name in missing]
        if flaws:
            stored.outcomes[writing.index] = InvalidInputError(*flaws)
        else:
            passed.append(writing)
    return passed


def _names(writing: ArticleWrite, kind: Facet) -> Iterable[str]:
    record = writing.record
    if kind is Facet.TAG:
        return record.tags
    if kind is Facet.AUTHOR:
        return record.authors
    one = record.section if kind is Facet.SECTION else record.label
    return () if one is None else (one,)


def assign_slugs(
    connection: Connection, edition_id: int, writings: list[ArticleWrite], stored: WriteResult
) -> list[ArticleWrite]:
    """Return the writes that got a slug: the given one, that of the headline, or one that identifies the article."""
    wanted = {writing.index: writing.preferred_slug() for writing in writings}
    owners = slug_owners(connection, edition_id, filter(None, wanted.values()))
    late = []
    for writing in writings:
        slug = wanted[writing.index]
        if slug is None or not _take_slug(writing, slug, owners):
            late.append(writing)
    instead = {writing.index: writing.fallback_slugs() for writing in late}
    if late:
        owners |= slug_owners(connection, edition_id, [slug for each in instead.values() for slug in each])
    for writing in late:
        if not any(_take_slug(writing, slug, owners) for slug in instead[writing.index]):
            taken = FieldError(
                "slug", f"The slug '{writing.record.slug}' belongs to another article or redirects to one."
            )
            stored.outcomes[writing.index] = InvalidInputError(taken)
    return [writing for writing in writings if writing.slug]


def _take_slug(writing: ArticleWrite, slug: str, owners: dict[str, tuple[int, bool]]) -> bool:
    owner, is_old = owners.get(slug, (writing.article_id, False))
    # An old slug redirects readers until a public article takes it on purpose: a draft must not end that.
    takes_over = is_old and writing.record.slug is not None and writing.status is ArticleStatus.PUBLISHED
    if owner != writing.article_id and not takes_over:
        return False
    row = writing.current
    if row is not None and row.slug != slug:  # the released slug is available to the following articles
        if row.version:
            owners[row.slug] = (writing.article_id, True)
        else:
            owners.pop(row.slug, None)
    writing.slug = slug
    owners[slug] = (writing.article_id, False)
    return True
