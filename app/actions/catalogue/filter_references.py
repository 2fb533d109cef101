"""References to catalogue entries in stored filters: those of curated lists and of webhook endpoints."""

from collections.abc import Collection, Iterator

import orjson
from sqlalchemy import ColumnElement, Connection, select

from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.interchange.catalogue import KIND_NAMES
from app.models.curated_list import curated_lists
from app.models.edition import editions
from app.models.webhook import webhook_endpoints


def find_filter_references(
    connection: Connection, kind: Facet, names: Collection[str], *, edition_id: int | None
) -> Iterator[str]:
    """Yield a clause for each curated list and webhook endpoint whose filters use one of these names.

    `edition_id` is a section's, or the id of an edition.
    """
    yield from _find_lists(connection, kind, names, edition_id)
    yield from _find_webhooks(connection, kind, names, edition_id)


def _find_lists(connection: Connection, kind: Facet, names: Collection[str], edition_id: int | None) -> Iterator[str]:
    """Yield the curated lists that belong to the edition, or whose filters name the entry."""
    here: list[ColumnElement[bool]] = [] if kind is Facet.EDITION else [curated_lists.c.is_deleted.is_(False)]
    here += [curated_lists.c.edition_id == edition_id] if kind in {Facet.EDITION, Facet.SECTION} else []
    found = select(curated_lists.c.slug, curated_lists.c.filter).where(*here).order_by(curated_lists.c.id)
    for each in connection.execute(found):
        filters = {} if each.filter is None else orjson.loads(each.filter)
        if kind is Facet.EDITION:
            yield f"it has the curated list '{each.slug}'"
        elif not set(names).isdisjoint(filters.get(KIND_NAMES[kind]) or []):
            yield f"the curated list '{each.slug}' filters by it"


def _find_webhooks(
    connection: Connection, kind: Facet, names: Collection[str], edition_id: int | None
) -> Iterator[str]:
    """Yield the webhook endpoints whose filters name the entry: a section in its edition."""
    default = connection.execute(select(editions.c.id).where(editions.c.is_default)).scalar()
    numbers = {each.slug: each.id for each in connection.execute(select(editions.c.slug, editions.c.id))}
    endpoints = select(webhook_endpoints.c.id, webhook_endpoints.c.filters).order_by(webhook_endpoints.c.id)
    for endpoint in connection.execute(endpoints):
        filters = orjson.loads(endpoint.filters)
        edition = filters.get("edition")
        owner = default if edition is None else numbers.get(edition)
        given = [edition] if kind is Facet.EDITION else filters.get(KIND_NAMES[kind]) or []
        is_here = kind is not Facet.SECTION or edition == "*" or owner == edition_id
        if is_here and not set(names).isdisjoint(given):
            yield f"the webhook endpoint {format_id(endpoint.id)} filters by it"
