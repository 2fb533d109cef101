"""The service document and the editions."""

from importlib.metadata import version
from typing import Annotated

from fastapi import Path, Request, Response

from app.api.deps import database_of
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import json_answer
from app.api.routes import resource
from app.queries import editions
from app.schemas import examples
from app.schemas.edition import LINKS, Edition, Service
from app.schemas.page import EditionList
from app.schemas.question import NameQuestion, Nothing

router = resource("Editions")


@router.get("", summary="The service document", **documented(None, Service, examples.SERVICE, problems=(422,)))
async def get_service(request: Request) -> Response:
    """What this installation is, its editions, and where everything is."""
    read_question(request, Nothing)
    service: Service = {
        "name": "Dayline",
        "version": version("dayline"),
        "editions": await database_of(request).read(editions.list_edition_links),
        "links": LINKS,
    }
    return json_answer(service)


@router.get(
    "/editions",
    summary="Editions by slug",
    **documented(NameQuestion, EditionList, examples.EDITIONS, problems=(400, 422)),
)
async def list_editions(request: Request) -> Response:
    """Every edition with its interface strings."""
    question = read_question(request, NameQuestion)
    return json_answer(await database_of(request).read(editions.list_editions, question))


@router.get("/editions/{slug}", summary="One edition", **documented(None, Edition, examples.EDITION))
async def get_edition(
    request: Request, slug: Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
) -> Response:
    """An edition with its complete interface strings, in its language."""
    read_question(request, Nothing)
    edition, modified_at = await database_of(request).read(editions.get_edition, slug)
    return json_answer(edition, modified_at=modified_at)
