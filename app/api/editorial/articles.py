"""The newsroom's articles: drafts and all, made, read, edited and deleted."""

from http import HTTPStatus

from fastapi import Request, Response

from app import clock
from app.actions import editing
from app.api.body import read_object
from app.api.deps import database_of
from app.api.editorial.changing import (
    DRAFTS,
    NOT_HERE,
    ArticleKey,
    DraftKey,
    article_answer,
    change_article,
    editor_of,
    expected_revisions,
    read_submission,
)
from app.api.idempotency import PrivateAnswer, answer_once, as_sent
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.db.session import Connection
from app.domain.ids import format_id
from app.queries import editorial
from app.schemas import editorial_examples as examples
from app.schemas.editorial import ArticlePatch, EditorialArticle, EditorialList, EditorialQuestion, SavedArticle
from app.schemas.question import Nothing
from app.schemas.record import ArticleSubmission
from app.schemas.write_warning import WriteWarning, find_warnings

router = resource("Newsroom", prefix=EDITORIAL)


@router.post(
    "/articles",
    summary="Make an article",
    **documented(
        None,
        SavedArticle,
        examples.SAVED,
        problems=(409, 410, 422),
        scopes=DRAFTS,
        command=ArticleSubmission,
        command_example=examples.SUBMISSION,
        status=201,
    ),
)
async def create_article(request: Request) -> Response:
    """Create an article. Without status and date it is a draft; a future date makes a schedule, a past one publishes.

    Unknown tags are created; an unknown section, label or author is refused. Takes an
    `Idempotency-Key`. A public or scheduled article requires `articles:publish`. `warnings` names dropped HTML.
    """
    read_question(request, Nothing)
    (given, warnings), editor = await read_submission(request, await read_object(request)), editor_of(request)

    def make(connection: Connection) -> PrivateAnswer:
        article_id = editing.create_article(connection, given, now=clock.now(), editor=editor)
        answer = article_answer(connection, format_id(article_id), warnings=warnings, status=HTTPStatus.CREATED)
        return as_sent(answer, article_id=article_id)

    answer = await answer_once(request, make)
    await request.app.state.schedule.refresh()
    return answer


@router.get(
    "/articles",
    summary="The newsroom's articles, the latest saved first",
    **documented(EditorialQuestion, EditorialList, examples.ARTICLES, problems=(400, 404, 422), scopes=DRAFTS),
)
async def list_editorial_articles(request: Request) -> Response:
    """Drafts and all, with the filters of public lists and `status`; `from` and `to` are about the public time."""
    question = read_question(request, EditorialQuestion)
    read = database_of(request).read_long
    return private_answer(await read(editorial.list_editorial_articles, question))


@router.get(
    "/articles/{key}",
    summary="An article as editors see it",
    **documented(None, EditorialArticle, examples.ARTICLE, scopes=DRAFTS),
)
async def get_editorial_article(request: Request, key: ArticleKey) -> Response:
    """Everything that is stored of an article, in record form, whatever its status."""
    read_question(request, Nothing)
    article, revision = await database_of(request).read(editorial.get_editorial_article, key)
    return private_answer(article, revision=revision)


@router.patch(
    "/articles/{key}",
    summary="Edit an article",
    **documented(
        None,
        SavedArticle,
        examples.SAVED,
        problems=(*NOT_HERE, 428),
        scopes=DRAFTS,
        command=ArticlePatch,
        command_example=examples.PATCH,
    ),
)
async def edit_article(request: Request, key: ArticleKey) -> Response:
    """A merge patch (RFC 7396) of the article's content; `If-Match` names the revision it was made from.

    The whole article may be sent back; members that an edit cannot change must be as they were. `note` is the public
    reason of a change to a published article. An edit never moves the public time. A patch that changes nothing saves
    nothing. `warnings` names dropped HTML.
    """
    read_question(request, Nothing)
    expected = expected_revisions(request, is_required=True)
    patch, editor = await read_object(request), editor_of(request)

    def edit(connection: Connection, article_id: int) -> list[WriteWarning]:
        def shown() -> EditorialArticle:
            return editorial.get_editorial_article(connection, key)[0]

        record = editing.edit_article(
            connection, article_id, patch, expected=expected, shown=shown, now=clock.now(), editor=editor
        )
        return find_warnings(patch, record)

    return await change_article(request, key, edit)


@router.delete(
    "/articles/{key}",
    summary="Delete what was never public",
    **documented(None, None, None, problems=NOT_HERE, scopes=DRAFTS, status=204),
)
async def delete_article(request: Request, key: DraftKey) -> Response:
    """A draft or a scheduled article is gone with all its revisions; what has been public is withdrawn instead."""
    read_question(request, Nothing)
    article_id, expected, editor = editorial.find_id(key), expected_revisions(request), editor_of(request)
    await database_of(request).write(editing.delete_article, article_id, expected=expected, editor=editor)
    await request.app.state.schedule.refresh()
    return private_answer(None, status=HTTPStatus.NO_CONTENT)
