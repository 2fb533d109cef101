"""Previews: an address that a front end reads a draft or a scheduled article at, without a key, for a while."""

from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.actions.installation import signing_secret
from app.api.deps import database_of
from app.api.editorial.changing import DraftKey
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.domain.api_key import KeyScope
from app.domain.instant import SECOND_US
from app.queries import preview
from app.queries.installation import find_signing_secret
from app.schemas import preview_examples as examples
from app.schemas.preview import PreviewedArticle, PreviewLink, PreviewLinkQuestion, PreviewQuestion

router = resource("Previews", prefix=EDITORIAL)

UNSEEN = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
"""Whoever holds the address may read, so neither search engines nor linked sites are told of it."""

Token = Annotated[str, Path(description="The token of the preview, as its address was given.")]


@router.get(
    "/articles/{article_id}/preview",
    summary="The address of a preview",
    **documented(
        PreviewLinkQuestion,
        PreviewLink,
        examples.PREVIEW_LINK,
        problems=(404, 410, 422),
        scopes=(KeyScope.ARTICLES_WRITE, KeyScope.ARTICLES_PUBLISH),
    ),
)
async def get_preview_link(request: Request, article_id: DraftKey) -> Response:
    """An address that shows the article as it is from now on, until it expires; it needs no key and cannot be revoked.

    Each answer is a new address. It follows later edits; a withdrawal and a deletion end it.
    """
    question = read_question(request, PreviewLinkQuestion)
    database = database_of(request)
    secret = await database.read(find_signing_secret)
    if secret is None:
        secret = await database.write(signing_secret)
    expires_at = clock.now() + question.expires_in * SECOND_US
    link = await database.read(preview.get_preview_link, article_id, secret, expires_at=expires_at)
    return private_answer(link)


@router.get(
    "/previews/{token}",
    summary="A preview",
    **documented(PreviewQuestion, PreviewedArticle, examples.PREVIEW, problems=(404, 410, 422), cached=False),
)
async def get_preview(request: Request, token: Token) -> Response:
    """The article's page as it would look; an article without a date is dated now. No key is needed."""
    question = read_question(request, PreviewQuestion)
    page, revision = await database_of(request).read(preview.get_preview, token, question, now=clock.now())
    return private_answer(page, revision=revision, headers=UNSEEN)
