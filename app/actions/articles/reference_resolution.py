"""Resolution of references in records: ids of catalogue entries, and the slugs of articles."""

from collections.abc import Mapping

from sqlalchemy import Connection

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.renamed_references import reference_member, referenced_names
from app.actions.articles.slugs import next_slug_numbers, slug_owners
from app.actions.articles.write_options import WriteResult
from app.actions.catalogue.entries import get_or_create_entries
from app.actions.catalogue.tag_names import choose_tag_slugs, find_slugs_by_name
from app.actions.changelog.changes import Change
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.domain.slug import SlugStyle, is_code
from app.errors import FieldError, InvalidInputError
from app.interchange.catalogue import KIND_NAMES, find_entry_ids

NAMED = (Facet.SECTION, Facet.LABEL, Facet.TAG, Facet.AUTHOR)


def resolve_tag_names(
    connection: Connection, edition_id: int, writes: list[ArticleWrite], stored: WriteResult
) -> tuple[list[ArticleWrite], dict[str, str]]:
    """Replace the names of tags in these records by slugs; return the writes, and the display names of new tags.

    A slug takes precedence over a display name, and a display name over an alias. A display name or an alias that
    several tags share is an error of the record.
    """
    named = dict.fromkeys(name for write in writes for name in write.record.tags)
    slugs = [name for name in named if is_code(name)]
    known = find_entry_ids(connection, Facet.TAG, slugs, edition_id=edition_id)
    unknown = [name for name in named if name not in known]
    if not unknown:
        return writes, {}
    found = find_slugs_by_name(connection, unknown)
    made = {name: name for name in unknown if not found[name] and is_code(name)}
    named_only = [name for name in unknown if not found[name] and name not in made]
    made |= choose_tag_slugs(connection, named_only, codes=frozenset(made))
    slug_by_name = {name: each[0] for name, each in found.items() if each} | made
    passed = []
    for write in writes:
        record = write.record
        shared = next((name for name in record.tags if len(found.get(name, ())) > 1), None)
        if shared is not None:
            choice = ", ".join(f"'{slug}'" for slug in found[shared])
            detail = f"Several tags are called '{shared[:80]}'; name one by its slug: {choice}."
            stored.outcomes[write.index] = InvalidInputError(FieldError("tags", detail[:1_000]))
            continue
        if not slug_by_name.keys().isdisjoint(record.tags):
            slugs_in_order = list(dict.fromkeys(slug_by_name.get(name, name) for name in record.tags))
            write.record = record.model_copy(update={"tags": slugs_in_order})
        passed.append(write)
    return passed, {made[name]: name for name in reversed(named_only)}


def assign_catalogue_ids(
    connection: Connection,
    edition_id: int,
    writes: list[ArticleWrite],
    stored: WriteResult,
    *,
    now: int,
    tag_names: Mapping[str, str],
) -> list[Change]:
    """Set the ids of sections, label, tags and authors in these records; create unknown entries and count them.

    `tag_names` are the display names of new tags by slug.
    An entry created for an article that is not public is unlisted until a public one uses it. Return the changes to
    log.
    """
    changes: list[Change] = []
    numbers: dict[Facet, dict[str, int]] = {}
    for kind in NAMED:
        is_public_by_name: dict[str, bool] = {}
        for write in writes:
            if names_of_record := referenced_names(write.record, kind):
                is_public = write.status is ArticleStatus.PUBLISHED
                for name in names_of_record:
                    is_public_by_name[name] = is_public or is_public_by_name.get(name, False)
        names = tag_names if kind is Facet.TAG else {}
        known, made = get_or_create_entries(
            connection, kind, is_public_by_name, edition_id=edition_id, now=now, names=names
        )
        if made:
            stored.created_entries[f"{KIND_NAMES[kind]}s"] += made.count
            changes += made.changes
        numbers[kind] = known
    for write in writes:
        record = write.record
        write.section_ids = tuple(numbers[Facet.SECTION][name] for name in record.sections)
        write.label_id = None if record.label is None else numbers[Facet.LABEL][record.label]
        write.tag_ids = tuple(numbers[Facet.TAG][tag] for tag in record.tags)
        write.author_ids = tuple(numbers[Facet.AUTHOR][name] for name in record.authors)
    return changes


def reject_unknown_references(
    connection: Connection, edition_id: int, writes: list[ArticleWrite], stored: WriteResult
) -> list[ArticleWrite]:
    """Return the writes whose sections, label and authors all exist; the others get an error."""
    passed, kinds = [], (Facet.SECTION, Facet.LABEL, Facet.AUTHOR)
    names_by_kind = {
        kind: {name for write in writes for name in referenced_names(write.record, kind)} for kind in kinds
    }
    known = {
        kind: find_entry_ids(connection, kind, names, edition_id=edition_id) for kind, names in names_by_kind.items()
    }
    for write in writes:
        errors = []
        for kind in kinds:
            missing = [name for name in referenced_names(write.record, kind) if name not in known[kind]]
            where = reference_member(write.record, kind)
            errors += [FieldError(where, f"There is no {KIND_NAMES[kind]} '{name}'.") for name in missing]
        if errors:
            stored.outcomes[write.index] = InvalidInputError(*errors)
        else:
            passed.append(write)
    return passed


def assign_slugs(
    connection: Connection, edition_id: int, writes: list[ArticleWrite], stored: WriteResult
) -> list[ArticleWrite]:
    """Return the writes that got a slug: the given one, that of the headline, or one that identifies the article."""
    writes = _reject_other_scripts(writes, stored)
    preferred = {write.index: write.preferred_slug() for write in writes}
    owners = slug_owners(connection, edition_id, filter(None, preferred.values()))
    late = []
    for write in writes:
        slug = preferred[write.index]
        if slug is None or not _take_slug(write, slug, owners):
            late.append(write)
    instead = {write.index: write.fallback_slugs() for write in late}
    if late:
        owners |= slug_owners(connection, edition_id, [slug for each in instead.values() for slug in each])
    without = [write for write in late if write.record.slug is None and not instead[write.index]]
    _take_numbered_slugs(connection, edition_id, without, owners)
    for write in late:
        if write not in without and not any(_take_slug(write, slug, owners) for slug in instead[write.index]):
            taken = FieldError(
                "slug", f"The slug '{write.record.slug}' belongs to another article or redirects to one."
            )
            stored.outcomes[write.index] = InvalidInputError(taken)
    return [write for write in writes if write.slug]


def _reject_other_scripts(writes: list[ArticleWrite], stored: WriteResult) -> list[ArticleWrite]:
    """Return the writes whose given slug the edition allows; the others get an error."""
    passed = []
    for write in writes:
        slug, row = write.record.slug, write.current
        is_known = row is not None and row.slug == slug
        if slug is None or slug.isascii() or write.slug_style is SlugStyle.UNICODE or is_known:
            passed.append(write)
            continue
        advice = "set its slug_style to unicode, or give the address as one of the aliases"
        refused = FieldError("slug", f"The slugs of this edition have letters a-z and digits; {advice}.")
        stored.outcomes[write.index] = InvalidInputError(refused)
    return passed


def _take_numbered_slugs(
    connection: Connection, edition_id: int, writes: list[ArticleWrite], owners: dict[str, tuple[int, bool]]
) -> None:
    """Give these articles the slugs of their section and date with the next numbers."""
    prefixes = {write.index: write.numbered_slug_prefix() for write in writes}
    numbers = next_slug_numbers(connection, edition_id, prefixes.values())
    for write in writes:
        prefix = prefixes[write.index]
        while not _take_slug(write, f"{prefix}-{numbers[prefix]}", owners):
            numbers[prefix] += 1
        numbers[prefix] += 1


def _take_slug(write: ArticleWrite, slug: str, owners: dict[str, tuple[int, bool]]) -> bool:
    owner, is_old = owners.get(slug, (write.article_id, False))
    # A former slug redirects readers until a public article takes it on purpose: a draft must not end that.
    takes_over = is_old and write.record.slug is not None and write.status is ArticleStatus.PUBLISHED
    if owner != write.article_id and not takes_over:
        return False
    row = write.current
    if row is not None and row.slug != slug:  # the released slug is available to the following articles
        if row.version:
            owners[row.slug] = (write.article_id, True)
        else:
            owners.pop(row.slug, None)
    write.slug = slug
    owners[slug] = (write.article_id, False)
    return True
