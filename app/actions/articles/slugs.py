"""Slugs of articles, each with one owner in an edition, and redirects from former ones."""

import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import blake2b

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.slug import SlugStyle, slugify, with_suffix
from app.domain.tsid import format_id, is_id
from app.models.article import articles
from app.models.article_links import slug_redirects

SUFFIX_LENGTH = 5
MAX_NUMBER_DIGITS = 9
_NUMBERED = re.compile(r"[a-z0-9-]+-[0-9]{8}-[0-9]+")

_SLUGS: BindParameter[list[str]] = bindparam("slugs", expanding=True)
_REDIRECTS = select(slug_redirects.c.slug, slug_redirects.c.article_id).where(
    slug_redirects.c.edition_id == bindparam("edition_id"), slug_redirects.c.slug.in_(_SLUGS)
)
_OWNERS = select(articles.c.slug, articles.c.id).where(
    articles.c.edition_id == bindparam("edition_id"), articles.c.slug.in_(_SLUGS)
)
_DELETE = delete(slug_redirects).where(
    slug_redirects.c.edition_id == bindparam("b_edition_id"), slug_redirects.c.slug == bindparam("b_slug")
)


def base_slug(headline: str, style: SlugStyle) -> str | None:
    """Return the slug of a headline; None if it has none that an article may have."""
    slug = slugify(headline, style)
    return slug if slug and not is_id(slug) else None


def disambiguated_slugs(headline: str, identity: str, article_id: int, style: SlugStyle) -> list[str]:
    """Return alternatives to the slug of a headline that is already in use; none for a headline without a slug.

    The first contains a hash of the identity, so that the same story gets the same slug wherever it is imported; the
    second the id, which could be taken by a slug given on purpose only. Neither needs a search for a free number.
    """
    digest = b32encode(blake2b(identity.encode(), digest_size=SUFFIX_LENGTH).digest()).decode().lower()
    plain = slugify(headline, style)
    if not plain:
        return []
    return [with_suffix(plain, digest[:SUFFIX_LENGTH]), with_suffix(plain, format_id(article_id))]


def numbered_slug_prefix(section: str | None, day: date) -> str:
    """Return the beginning of the slugs of a day's articles without a slug of their headline, up to their number."""
    words = "" if section is None else section.replace("_", "-").replace(".", "-")
    return with_suffix(words, f"{day.year:04}{day.month:02}{day.day:02}")


def is_numbered_slug(slug: str) -> bool:
    """Return whether a slug has the form of those that `next_slug_numbers` counts."""
    return _NUMBERED.fullmatch(slug) is not None


def next_slug_numbers(connection: Connection, edition_id: int, prefixes: Iterable[str]) -> dict[str, int]:
    """Return the first free number for each of these prefixes, greater than all that are or were in use."""
    numbers: dict[str, int] = {}
    for prefix in sorted(set(prefixes)):
        used = [
            int(number)
            for table in (articles, slug_redirects)
            for slug in connection.execute(
                select(table.c.slug).where(
                    table.c.edition_id == edition_id, table.c.slug > f"{prefix}-", table.c.slug < f"{prefix}."
                )
            ).scalars()
            if (number := slug.removeprefix(f"{prefix}-")).isdecimal() and len(number) <= MAX_NUMBER_DIGITS
        ]
        numbers[prefix] = max(used, default=0) + 1
    return numbers


def slug_owners(connection: Connection, edition_id: int, slugs: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Return the owners of these slugs: the article's id, and whether it is a former slug of it."""
    here = {"edition_id": edition_id, "slugs": sorted(set(slugs))}
    owners = {slug: (article_id, True) for slug, article_id in connection.execute(_REDIRECTS, here)}
    return owners | {slug: (article_id, False) for slug, article_id in connection.execute(_OWNERS, here)}


def replace_redirects(
    connection: Connection, edition_id: int, taken: Iterable[str], retired: Mapping[str, int]
) -> dict[str, int]:
    """Delete redirects from slugs that are in use again; redirect from retired ones, unless they are among those.

    Return the articles that are no longer found under these slugs, each a redirect until now.
    """
    used = set(taken)
    ended: dict[str, int] = {}
    for some in chunked(sorted(used)):
        found = connection.execute(_REDIRECTS, {"edition_id": edition_id, "slugs": some})
        ended |= {row.slug: row.article_id for row in found}
    if ended:
        connection.execute(_DELETE, [{"b_edition_id": edition_id, "b_slug": slug} for slug in sorted(ended)])
    rows = [(edition_id, slug, article_id) for slug, article_id in retired.items() if slug not in used]
    bulk_insert_tuples(connection, slug_redirects, rows)
    return ended


def import_redirects(connection: Connection, edition_id: int, brought: Mapping[int, Iterable[str]]) -> None:
    """Insert redirects from the former slugs of imported articles, except slugs with another owner."""
    article_ids = {slug: article_id for article_id, slugs in brought.items() for slug in slugs}
    if not article_ids:
        return
    owners = slug_owners(connection, edition_id, article_ids)
    rows = [(edition_id, slug, article_id) for slug, article_id in article_ids.items() if slug not in owners]
    bulk_insert_tuples(connection, slug_redirects, rows)
