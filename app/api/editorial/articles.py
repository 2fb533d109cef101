"""The newsroom's articles: drafts and all, made, read, edited and deleted."""

from http import HTTPStatus

from fastapi import Request, Response

from app import clock
from app.actions.articles import editing
from app.api.dependencies import get_database, services_of
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    WRITE_SCOPES,
    ArticleKey,
    DraftKey,
    apply_article_change,
    article_response,
    get_actor,
    parse_if_match,
    read_submission,
)
from app.api.http.idempotency import StoredResponse, idempotent_response, to_stored_response
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_json_object
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.domain.tsid import format_id
from app.queries.editorial import editorial_articles
from app.schemas.editorial import ArticleUpdate, EditorialArticle, EditorialList, EditorialListParams, SavedArticle
from app.schemas.examples import editorial as examples
from app.schemas.interchange import ArticleCreate
from app.schemas.params import NoParams
from app.schemas.write_warning import WriteWarning, find_warnings

router = make_router("Newsroom", prefix=EDITORIAL)


@router.post(
    "/articles",
    summary="Make an article",
    **operation(
        None,
        SavedArticle,
        examples.SAVED,
        errors=(409, 410, 422),
        scopes=WRITE_SCOPES,
        command=ArticleCreate,
        command_example=examples.SUBMISSION,
        status=201,
    ),
)
async def create_article(request: Request) -> Response:
    """Create an article. Without status and date it is a draft; a future date makes a schedule, a past one publishes.

    Unknown tags are created; an unknown section, label or author is refused. Takes an
    `Idempotency-Key`. A public or scheduled article requires `articles:publish`. `warnings` names dropped HTML.
    """
    parse_query(request, NoParams)
    (given, warnings), editor = await read_submission(request, await parse_json_object(request)), get_actor(request)

    def make(connection: Connection) -> StoredResponse:
        article_id = editing.create_article(connection, given, now=clock.now(), editor=editor)
        answer = article_response(connection, format_id(article_id), warnings=warnings, status=HTTPStatus.CREATED)
        return to_stored_response(answer, article_id=article_id)

    answer = await idempotent_response(request, make)
    await services_of(request).scheduler.refresh()
    return answer


@router.get(
    "/articles",
    summary="The newsroom's articles, the latest saved first",
    **operation(EditorialListParams, EditorialList, examples.ARTICLES, errors=(400, 404, 422), scopes=WRITE_SCOPES),
)
async def list_editorial_articles(request: Request) -> Response:
    """Drafts and all, with the filters of public lists and `status`; `from` and `to` are about the public time."""
    question = parse_query(request, EditorialListParams)
    read = get_database(request).read_in_thread
    return private_response(await read(editorial_articles.list_editorial_articles, question))


@router.get(
    "/articles/{key}",
    summary="An article as editors see it",
    **operation(None, EditorialArticle, examples.ARTICLE, scopes=WRITE_SCOPES),
)
async def get_editorial_article(request: Request, key: ArticleKey) -> Response:
    """Everything that is stored of an article, in record form, whatever its status."""
    parse_query(request, NoParams)
    article, revision = await get_database(request).read(editorial_articles.get_editorial_article, key)
    return private_response(article, revision=revision)


@router.patch(
    "/articles/{key}",
    summary="Edit an article",
    **operation(
        None,
        SavedArticle,
        examples.SAVED,
        errors=(*ARTICLE_ERRORS, 428),
        scopes=WRITE_SCOPES,
        command=ArticleUpdate,
        command_example=examples.PATCH,
    ),
)
async def edit_article(request: Request, key: ArticleKey) -> Response:
    """A merge patch (RFC 7396) of the article's content; `If-Match` names the revision it was made from.

    The whole article may be sent back; members that an edit cannot change must be as they were. `note` is the public
    reason of a change to a published article. An edit never moves the public time. A patch that changes nothing saves
    nothing. `warnings` names dropped HTML.
    """
    parse_query(request, NoParams)
    expected = parse_if_match(request, is_required=True)
    patch, editor = await parse_json_object(request), get_actor(request)

    def edit(connection: Connection, article_id: int) -> list[WriteWarning]:
        def shown() -> EditorialArticle:
            return editorial_articles.get_editorial_article(connection, key)[0]

        record = editing.edit_article(
            connection, article_id, patch, expected=expected, shown=shown, now=clock.now(), editor=editor
        )
        return find_warnings(patch, record)

    return await apply_article_change(request, key, edit)


@router.delete(
    "/articles/{key}",
    summary="Delete what was never public",
    **operation(None, None, None, errors=ARTICLE_ERRORS, scopes=WRITE_SCOPES, status=204),
)
async def delete_article(request: Request, key: DraftKey) -> Response:
    """A draft or a scheduled article is gone with all its revisions; what has been public is withdrawn instead."""
    parse_query(request, NoParams)
    article_id, expected, editor = editorial_articles.parse_article_id(key), parse_if_match(request), get_actor(request)
    await get_database(request).write(editing.delete_article, article_id, expected=expected, editor=editor)
    await services_of(request).scheduler.refresh()
    return private_response(None, status=HTTPStatus.NO_CONTENT)
