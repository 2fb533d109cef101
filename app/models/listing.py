"""Listings: one row for every list a public article stands in, in the order that readers see.

`(edition_id, kind, facet_id)` names the list: the whole edition (kind 0, facet 0) or what it shows of one
section, tag, author or label. Every list of articles is a range of this one index, whatever its filter.
The rows of an article follow from its own state, so they are removed by their full key and have no foreign keys:
one to articles would need a second index as large as the first, one to editions a look-up for each row.
"""

from sqlalchemy import Column, Integer, SmallInteger, Table

from app.db.base import Id, Instant, metadata

listings = Table(
    "listings",
    metadata,
    Column("edition_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("facet_id", Integer, primary_key=True, autoincrement=False),
    Column("published_at", Instant, primary_key=True, autoincrement=False),
    Column("article_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
