"""Revisions of an article, and the diff of two of them."""

from typing import Annotated

from fastapi import Query

from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import EDITION_GUARDS, WRITE_SCOPES
from app.api.editorial.path_params import ArticleId, RevisionNumber
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.queries.editorial import revisions
from app.schemas.editorial import Revision, RevisionList, RevisionListParams, RevisionParams
from app.schemas.examples import editorial as examples

router = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=WRITE_SCOPES, guards=EDITION_GUARDS)


@router.get(
    "/articles/{article_id}/revisions",
    summary="List revisions",
    **documented(examples.REVISIONS, errors=(400, 404, 422)),
)
async def list_revisions(
    services: ServicesDep, key: ArticleId, params: Annotated[RevisionListParams, Query()]
) -> TypedResponse[RevisionList]:
    """List the revisions of an article, the latest first, with their actions, actors and public notes."""
    return private_response(await services.database.read(revisions.list_revisions, key, params))


@router.get(
    "/articles/{article_id}/revisions/{revision}",
    summary="Retrieve a revision with its diff",
    **documented(examples.REVISION),
)
async def get_revision(
    services: ServicesDep, key: ArticleId, revision: RevisionNumber, params: Annotated[RevisionParams, Query()]
) -> TypedResponse[Revision]:
    """Return the content of a revision, and its differences from the previous or another one."""
    return private_response(await services.database.read_in_thread(revisions.get_revision, key, revision, params))
