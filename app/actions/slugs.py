"""Giving articles their slugs, one owner each within an edition, and keeping the old ones as redirects."""

from base64 import b32encode
from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, bindparam, delete, select

from app.db.bulk import insert_rows
from app.domain.ids import format_id, looks_like_id
from app.domain.slug import slugify, with_suffix
from app.models.article import article_slugs, articles

SUFFIX_LENGTH = 5

_FORGET = delete(article_slugs).where(
    article_slugs.c.edition_id == bindparam("b_edition_id"), article_slugs.c.slug == bindparam("b_slug")
)


def slug_candidates(headline: str, identity: str, article_id: int) -> list[str]:
    """Slugs for a headline, the plainest first.

    The second carries a digest of the identity, so the same story gets the same slug wherever it is imported;
    the last carries the id and is free for certain. Nothing is found by counting.
    """
    plain = slugify(headline)
    digest = b32encode(blake2b(identity.encode(), digest_size=SUFFIX_LENGTH).digest()).decode().lower()
    found = [plain, with_suffix(plain, digest[:SUFFIX_LENGTH]), with_suffix(plain, format_id(article_id))]
    return [slug for slug in found if slug and not looks_like_id(slug)]


def slug_owners(connection: Connection, edition_id: int, slugs: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Who has these slugs now: the article's id and whether it is only an old slug of it."""
    wanted = sorted(set(slugs))
    old = select(article_slugs.c.slug, article_slugs.c.article_id).where(
        article_slugs.c.edition_id == edition_id, article_slugs.c.slug.in_(wanted)
    )
    current = select(articles.c.slug, articles.c.id).where(
        articles.c.edition_id == edition_id, articles.c.slug.in_(wanted)
    )
    owners = {slug: (article_id, True) for slug, article_id in connection.execute(old)}
    return owners | {slug: (article_id, False) for slug, article_id in connection.execute(current)}


def retire_slugs(
    connection: Connection, taken: Iterable[tuple[int, str]], retired: Iterable[tuple[int, str, int]]
) -> None:
    """Stop redirects from slugs `(edition, slug)` that are in use again; redirect from retired ones."""
    used = [{"b_edition_id": edition_id, "b_slug": slug} for edition_id, slug in taken]
    if used:
        connection.execute(_FORGET, used)
    left = [
        {"edition_id": edition_id, "slug": slug, "article_id": article_id} for edition_id, slug, article_id in retired
    ]
    insert_rows(connection, article_slugs, left)
