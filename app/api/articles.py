"""Lists of articles, and one article with everything its page shows."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request, Response

from app.api.deps import database_of
from app.api.feed_documents import publication_of
from app.api.freshness import article_interest, articles_interest, outlook_of, related_interest
from app.api.openapi import documented, with_stub
from app.api.query import read_question
from app.api.responses import CROSS_ORIGIN, NO_CACHE, PUBLIC, document_answer, json_answer
from app.api.routes import resource
from app.db.session import Connection
from app.domain.article import BodyForm
from app.domain.calendar import UTC
from app.domain.instant import format_instant
from app.domain.upcoming import Interest
from app.errors import ArticleMoved, ArticleWithdrawn, NotFound
from app.queries import article, articles, feeds, history
from app.schemas import examples, feed_json_examples
from app.schemas.article import Article, ArticleList, RelatedList
from app.schemas.history import History
from app.schemas.question import ArticleQuestion, ArticlesQuestion, HistoryQuestion, Question
from app.syndication import json_ld, ninjs

router = resource("Articles")

Q = TypeVar("Q", bound=Question)
P = TypeVar("P")

Key = Annotated[str, Path(description="An id or a slug.", examples=["budget-passes-by-one-vote"])]


@router.get(
    "/articles",
    summary="Articles, newest first",
    **documented(ArticlesQuestion, ArticleList, examples.ARTICLES, problems=(400, 404, 422)),
)
async def list_articles(request: Request) -> Response:
    """Articles newest first, without bodies unless `body` asks for them; with `id`, in the order given."""
    question = read_question(request, ArticlesQuestion)
    outlook = outlook_of(request)
    page = await database_of(request).read(articles.list_articles, question, path="/v1/articles")
    return json_answer(page, cache_control=outlook.directives(articles_interest(question)))


@router.get(
    "/articles/{key}",
    summary="One article, whole",
    **documented(ArticleQuestion, Article, examples.ARTICLE, problems=(404, 410, 422), moves=True),
)
async def get_article(request: Request, key: Key) -> Response:
    """Everything an article page shows in one answer. An old slug redirects (308) to the new one.

    A withdrawn article is 410 under each of its slugs.
    """
    question = read_question(request, ArticleQuestion)
    return await _answer(request, key, article.get_article, question, lambda _, page: article_interest(page))


@router.get(
    "/articles/{key}/related",
    summary="“Read also”",
    **documented(Question, RelatedList, examples.RELATED, problems=(404, 410, 422), moves=True),
)
async def list_related(request: Request, key: Key) -> Response:
    """The editors' own choice first, then picks by likeness."""
    question = read_question(request, Question)
    return await _answer(
        request, key, article.list_related, question, lambda name, _: related_interest(name), member="/related"
    )


@router.get(
    "/articles/{key}/history",
    summary="Public versions and corrections",
    **documented(HistoryQuestion, History, examples.HISTORY, problems=(400, 404, 410, 422), moves=True),
)
async def get_history(request: Request, key: Key) -> Response:
    """What the public saw change, the latest first, with what the newsroom says of it; never what an article said."""
    question = read_question(request, HistoryQuestion)
    return await _answer(request, key, history.get_history, question, None, member="/history")


@router.get(
    "/articles/{key}/json-ld",
    summary="Structured data for its page",
    **documented(
        Question,
        dict[str, Any],
        feed_json_examples.JSON_LD,
        problems=(404, 410, 422),
        moves=True,
        media_type=json_ld.MEDIA_TYPE,
    ),
)
async def get_json_ld(request: Request, key: Key) -> Response:
    """The article in schema.org's words, as it may stand in a `script` element of its page."""
    return await _form(request, key, "/json-ld", json_ld.render, json_ld.MEDIA_TYPE)


@router.get(
    "/articles/{key}/ninjs",
    summary="ninjs 3.1",
    **with_stub(
        documented(
            Question,
            dict[str, Any],
            feed_json_examples.NINJS_ARTICLE,
            problems=(404, 422),
            moves=True,
            media_type=ninjs.MEDIA_TYPE,
        ),
        HTTPStatus.GONE,
        feed_json_examples.NINJS_CANCELED,
    ),
)
async def get_ninjs(request: Request, key: Key) -> Response:
    """The article as a ninjs object; of a withdrawn one (410) its identity and `pubStatus` `canceled` are left."""
    try:
        return await _form(request, key, "/ninjs", ninjs.render, ninjs.MEDIA_TYPE)
    except ArticleWithdrawn as gone:
        stub = ninjs.canceled(gone.article_id, at=format_instant(gone.at, UTC), notice=gone.notice)
        return Response(
            stub,
            status_code=HTTPStatus.GONE,
            headers={"cache-control": NO_CACHE, **CROSS_ORIGIN},
            media_type=ninjs.MEDIA_TYPE,
        )


async def _form(request: Request, key: str, member: str, render: Callable[..., bytes], media_type: str) -> Response:
    question = read_question(request, Question)

    def query(connection: Connection, key: str, question: Question) -> feeds.Published:
        return feeds.get_published(connection, key, ArticleQuestion(edition=question.edition, body=BodyForm.HTML))

    def answer(found: feeds.Published, directives: str) -> Response:
        body = render(found.article, publication=publication_of(found.edition))
        return document_answer(body, media_type=media_type, cache_control=directives)

    return await _answer(
        request, key, query, question, lambda _, found: article_interest(found.article), member=member, answer=answer
    )


def _json(page: Mapping[str, Any], directives: str) -> Response:
    return json_answer(page, cache_control=directives)


async def _answer(
    request: Request,
    key: str,
    query: Callable[[Connection, str, Q], P],
    question: Q,
    interest: Callable[[str, P], Interest] | None,
    *,
    member: str = "",
    answer: Callable[[Any, str], Response] = _json,
) -> Response:
    """What a query has of an article, or a redirect from its old slug, which is kept as long as that."""
    outlook, read = outlook_of(request), database_of(request).read
    try:
        page = await read(query, key, question)
    except ArticleMoved as moved:
        directives = PUBLIC
        if interest is not None:
            with suppress(ArticleMoved, NotFound):  # withdrawn since then, it is that here as well
                page = await read(query, moved.slug, question)
                directives = outlook.directives(interest(moved.slug, page))
        return _redirect(request, f"/v1/articles/{moved.slug}{member}", directives)
    directives = PUBLIC if interest is None else outlook.directives(interest(key, page))
    return answer(page, directives)


def _redirect(request: Request, path: str, directives: str) -> Response:
    query = request.scope["query_string"].decode("latin-1")
    location = f"{path}?{query}" if query else path
    return Response(status_code=308, headers={"location": location, "cache-control": directives, **CROSS_ORIGIN})
