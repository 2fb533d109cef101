"""The service document and the editions."""

from importlib.metadata import version
from typing import Annotated

from fastapi import Path, Request, Response

from app.api.deps import get_database
from app.api.openapi import operation
from app.api.query import parse_query
from app.api.responses import json_response
from app.api.routes import make_router
from app.queries import editions
from app.schemas import examples
from app.schemas.edition import LINKS, Edition, ServiceDocument
from app.schemas.page import EditionList
from app.schemas.question import EntryListParams, NoParams

router = make_router("Editions")


@router.get("", summary="The service document", **operation(None, ServiceDocument, examples.SERVICE, errors=(422,)))
async def get_service(request: Request) -> Response:
    """What this installation is, its editions, and where everything is."""
    parse_query(request, NoParams)
    service: ServiceDocument = {
        "name": "Dayline",
        "version": version("dayline"),
        "editions": await get_database(request).read(editions.list_edition_links),
        "links": LINKS,
    }
    return json_response(service)


@router.get(
    "/editions",
    summary="Editions by slug",
    **operation(EntryListParams, EditionList, examples.EDITIONS, errors=(400, 422)),
)
async def list_editions(request: Request) -> Response:
    """Every edition with its interface strings."""
    question = parse_query(request, EntryListParams)
    return json_response(await get_database(request).read(editions.list_editions, question))


@router.get("/editions/{slug}", summary="One edition", **operation(None, Edition, examples.EDITION))
async def get_edition(
    request: Request, slug: Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
) -> Response:
    """An edition with its complete interface strings, in its language."""
    parse_query(request, NoParams)
    edition, modified_at = await get_database(request).read(editions.get_edition, slug)
    return json_response(edition, modified_at=modified_at)
