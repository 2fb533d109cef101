"""Service document and editions."""

from importlib.metadata import version
from typing import cast

from fastapi import Request, Response

from app import clock
from app.api.dependencies import get_database
from app.api.http.path_params import EditionSlug
from app.api.http.query_params import parse_query
from app.api.http.responses import json_response
from app.api.openapi.document import operation
from app.api.openapi.response_fields import entry_fields
from app.api.router import make_router
from app.db.database import Database
from app.net.base_path import href_of
from app.queries.catalogue import editions
from app.schemas.edition import LINKS, Edition, ServiceDocument, ServiceLinks
from app.schemas.examples import reading
from app.schemas.pagination import EditionList
from app.schemas.params import EntryListParams, NoParams

router = make_router("Editions")


@router.get(
    "", summary="Retrieve the service document", **operation(None, ServiceDocument, reading.SERVICE, errors=(422,))
)
async def get_service(request: Request) -> Response:
    """Return the name and version of the installation, its editions, and the URLs to start from."""
    parse_query(request, NoParams)
    return json_response(await build_service_document(get_database(request)))


async def build_service_document(database: Database) -> ServiceDocument:
    """Return the service document of an installation."""
    return {
        "name": "Dayline",
        "version": version("dayline"),
        "editions": await database.read(editions.list_edition_links),
        "links": cast("ServiceLinks", {name: href_of(str(path)) for name, path in LINKS.items()}),
    }


@router.get(
    "/editions",
    summary="List editions",
    **operation(EntryListParams, EditionList, reading.EDITIONS, errors=(400, 422)),
)
async def list_editions(request: Request) -> Response:
    """List all editions by slug, each with its interface strings; `edition` does not matter."""
    params = parse_query(request, EntryListParams)
    return json_response(await get_database(request).read(editions.list_editions, params, now=clock.now()))


@router.get(
    "/editions/{slug}",
    summary="Retrieve an edition",
    **operation(None, Edition, reading.EDITION, headers=entry_fields(reading.EDITION)),
)
async def get_edition(request: Request, slug: EditionSlug) -> Response:
    """Return an edition with its complete interface strings, in its language, and the date that it is there now."""
    parse_query(request, NoParams)
    edition, modified_at = await get_database(request).read(editions.get_edition, slug, now=clock.now())
    return json_response(edition, modified_at=modified_at, alternates=edition["alternates"])
