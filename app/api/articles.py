"""Lists of articles, and one article with everything its page shows."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api.deps import database_of
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import CROSS_ORIGIN, PUBLIC, json_answer
from app.errors import ArticleMoved
from app.queries import article, articles
from app.schemas import examples
from app.schemas.article import Article, ArticleList, RelatedList
from app.schemas.question import ArticleQuestion, ArticlesQuestion, Question

router = APIRouter(tags=["Articles"])

Key = Annotated[str, Path(description="An id or a slug.", examples=["night-trams-return-to-the-quay"])]


@router.get(
    "/articles",
    summary="Articles, newest first",
    **documented(ArticlesQuestion, ArticleList, examples.ARTICLES, problems=(400, 404, 422)),
)
async def list_articles(request: Request) -> Response:
    """Articles newest first, without bodies unless `body` asks for them; with `id`, in the order given."""
    question = read_question(request, ArticlesQuestion)
    read = database_of(request).read
    return json_answer(request, await read(articles.list_articles, question, path="/v1/articles"))


@router.get(
    "/articles/{key}",
    summary="One article, whole",
    **documented(ArticleQuestion, Article, examples.ARTICLE, problems=(404, 410, 422), moves=True),
)
async def get_article(request: Request, key: Key) -> Response:
    """Everything an article page shows in one answer. An old slug redirects (308) to the new one."""
    question = read_question(request, ArticleQuestion)
    try:
        return json_answer(request, await database_of(request).read(article.get_article, key, question))
    except ArticleMoved as moved:
        return _redirect(request, f"/v1/articles/{moved.slug}")


@router.get(
    "/articles/{key}/related",
    summary="“Read also”",
    **documented(Question, RelatedList, examples.RELATED, problems=(404, 410, 422), moves=True),
)
async def list_related(request: Request, key: Key) -> Response:
    """The editors' own choice first, then picks by likeness."""
    question = read_question(request, Question)
    try:
        return json_answer(request, await database_of(request).read(article.list_related, key, question))
    except ArticleMoved as moved:
        return _redirect(request, f"/v1/articles/{moved.slug}/related")


def _redirect(request: Request, path: str) -> Response:
    query = request.scope["query_string"].decode("latin-1")
    location = f"{path}?{query}" if query else path
    return Response(status_code=308, headers={"location": location, "cache-control": PUBLIC, **CROSS_ORIGIN})
