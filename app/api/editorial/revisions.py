"""The saves of an article, and what differs between two of them."""

from typing import Annotated

from fastapi import Path, Request, Response

from app.api.dependencies import get_database
from app.api.editorial.dependencies import WRITE_SCOPES, ArticleKey
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.openapi.document import operation
from app.api.router import make_router
from app.queries.editorial import revisions
from app.schemas.editorial import Revision, RevisionList, RevisionListParams, RevisionParams
from app.schemas.examples import editorial as examples

router = make_router("Newsroom", prefix=EDITORIAL)


@router.get(
    "/articles/{key}/revisions",
    summary="The saves of an article",
    **operation(RevisionListParams, RevisionList, examples.REVISIONS, errors=(400, 404, 422), scopes=WRITE_SCOPES),
)
async def list_revisions(request: Request, key: ArticleKey) -> Response:
    """Every save, the latest first: what was done, by whom, when, and what the public was told of it."""
    question = parse_query(request, RevisionListParams)
    return private_response(await get_database(request).read(revisions.list_revisions, key, question))


@router.get(
    "/articles/{key}/revisions/{revision}",
    summary="One save, and what it changed",
    **operation(RevisionParams, Revision, examples.REVISION, scopes=WRITE_SCOPES),
)
async def get_revision(
    request: Request,
    key: ArticleKey,
    revision: Annotated[int, Path(ge=1, description="The number of the save.", examples=[1])],
) -> Response:
    """What the article said then, and what differs from the save before or from another."""
    question = parse_query(request, RevisionParams)
    return private_response(await get_database(request).read_in_thread(revisions.get_revision, key, revision, question))
