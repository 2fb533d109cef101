"""Previews: an address that a front end reads a draft or a scheduled article at, without a key, for a while."""

from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.actions.installation import get_or_create_signing_secret
from app.api.dependencies import get_database
from app.api.editorial.dependencies import DraftKey
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.openapi.document import operation
from app.api.router import make_router
from app.domain.api_key import ApiKeyScope
from app.domain.instant import SECOND_US
from app.queries.editorial import preview
from app.queries.installation import find_signing_secret
from app.schemas.examples import preview as examples
from app.schemas.preview import PreviewedArticle, PreviewLink, PreviewLinkParams, PreviewParams

router = make_router("Previews", prefix=EDITORIAL)

NO_INDEX_HEADERS = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
"""Whoever holds the address may read, so neither search engines nor linked sites are told of it."""

Token = Annotated[str, Path(description="The token of the preview, as its address was given.")]


@router.get(
    "/articles/{article_id}/preview",
    summary="The address of a preview",
    **operation(
        PreviewLinkParams,
        PreviewLink,
        examples.PREVIEW_LINK,
        errors=(404, 410, 422),
        scopes=(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH),
    ),
)
async def get_preview_link(request: Request, article_id: DraftKey) -> Response:
    """An address that shows the article as it is from now on, until it expires; it needs no key and cannot be revoked.

    Each answer is a new address. It follows later edits; a withdrawal and a deletion end it.
    """
    question = parse_query(request, PreviewLinkParams)
    database = get_database(request)
    secret = await database.read(find_signing_secret)
    if secret is None:
        secret = await database.write(get_or_create_signing_secret)
    expires_at = clock.now() + question.expires_in * SECOND_US
    link = await database.read(preview.get_preview_link, article_id, secret, expires_at=expires_at)
    return private_response(link)


@router.get(
    "/previews/{token}",
    summary="A preview",
    **operation(PreviewParams, PreviewedArticle, examples.PREVIEW, errors=(404, 410, 422), cacheable=False),
)
async def get_preview(request: Request, token: Token) -> Response:
    """The article's page as it would look; an article without a date is dated now. No key is needed."""
    question = parse_query(request, PreviewParams)
    page, revision = await get_database(request).read(preview.get_preview, token, question, now=clock.now())
    return private_response(page, revision=revision, headers=NO_INDEX_HEADERS)
