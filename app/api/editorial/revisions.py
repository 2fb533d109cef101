"""The saves of an article, and what differs between two of them."""

from typing import Annotated

from fastapi import Path, Request, Response

from app.api.deps import database_of
from app.api.editorial.changing import DRAFTS, ArticleKey
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.queries import revisions
from app.schemas import editorial_examples as examples
from app.schemas.editorial import Revision, RevisionList, RevisionQuestion, RevisionsQuestion

router = resource("Newsroom", prefix=EDITORIAL)


@router.get(
    "/articles/{key}/revisions",
    summary="The saves of an article",
    **documented(RevisionsQuestion, RevisionList, examples.REVISIONS, problems=(400, 404, 422), scopes=DRAFTS),
)
async def list_revisions(request: Request, key: ArticleKey) -> Response:
    """Every save, the latest first: what was done, by whom, when, and what the public was told of it."""
    question = read_question(request, RevisionsQuestion)
    return private_answer(await database_of(request).read(revisions.list_revisions, key, question))


@router.get(
    "/articles/{key}/revisions/{revision}",
    summary="One save, and what it changed",
    **documented(RevisionQuestion, Revision, examples.REVISION, scopes=DRAFTS),
)
async def get_revision(
    request: Request,
    key: ArticleKey,
    revision: Annotated[int, Path(ge=1, description="The number of the save.", examples=[1])],
) -> Response:
    """What the article said then, and what differs from the save before or from another."""
    question = read_question(request, RevisionQuestion)
    return private_answer(await database_of(request).read_long(revisions.get_revision, key, revision, question))
