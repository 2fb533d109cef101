"""Query of the edition that an editorial request is about, for keys that are bound to editions."""

from sqlalchemy import Connection, bindparam, select

from app.domain.tsid import is_id, parse_id
from app.models.article import articles
from app.queries.catalogue.editions import get_edition_view
from app.schemas.params import EVERY_EDITION

ALL_EDITIONS = 0
"""Stands for all editions; no edition has this id."""

_EDITION_OF = select(articles.c.edition_id).where(articles.c.id == bindparam("article_id"))


def find_edition_of_request(connection: Connection, article_id: str | None, edition: str | None) -> int | None:
    """Return the edition of an article, else the named or the default one; None for an unknown article.

    NotFoundError for an unknown edition.
    """
    if article_id is not None:
        known = parse_id(article_id) if is_id(article_id) else None
        number: int | None = connection.execute(_EDITION_OF, {"article_id": known}).scalar()
        return number
    return ALL_EDITIONS if edition == EVERY_EDITION else get_edition_view(connection, edition).id
