"""Previews: URLs at which a front end reads a draft or a scheduled article without a key for a limited time."""

from typing import Annotated

from fastapi import Query

from app import clock
from app.actions.keys import get_or_create_signing_secret
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import EDITION_GUARDS, WRITE_SCOPES
from app.api.editorial.path_params import DraftId, PreviewToken
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.domain.instant import SECOND_US
from app.queries.editorial import preview
from app.queries.keys import find_signing_secret
from app.schemas.examples import preview as examples
from app.schemas.preview import PreviewedArticle, PreviewLink, PreviewLinkParams, PreviewParams

links = ordinary_router("Previews", prefix=EDITORIAL, scopes=WRITE_SCOPES, guards=EDITION_GUARDS)
pages = ordinary_router("Previews", prefix=EDITORIAL)

NO_INDEX_HEADERS = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
"""Fields that prevent indexing and referrers: anyone with the URL may read the preview."""


@links.get(
    "/articles/{article_id}/preview",
    summary="Create a preview link",
    **documented(examples.PREVIEW_LINK, errors=(404, 410, 422)),
)
async def get_preview_link(
    services: ServicesDep, article_id: DraftId, params: Annotated[PreviewLinkParams, Query()]
) -> TypedResponse[PreviewLink]:
    """Create a URL that shows the article without a key until it expires; it cannot be revoked.

    Each response has a new URL. It follows later edits; a withdrawal or deletion ends it.
    """
    secret = await services.database.read(find_signing_secret)
    if secret is None:
        secret = await services.database.write(get_or_create_signing_secret)
    expires_at = clock.now() + params.expires_in * SECOND_US
    link = await services.database.read(preview.get_preview_link, article_id, secret, expires_at=expires_at)
    return private_response(link)


@pages.get("/previews/{token}", summary="Retrieve a preview", **documented(examples.PREVIEW, errors=(404, 410, 422)))
async def get_preview(
    services: ServicesDep, token: PreviewToken, params: Annotated[PreviewParams, Query()]
) -> TypedResponse[PreviewedArticle]:
    """Return the article's page as it would look, without a key; an article without a date is dated now."""
    page, revision = await services.database.read(preview.get_preview, token, params, now=clock.now())
    return private_response(page, revision=revision, headers=NO_INDEX_HEADERS)
