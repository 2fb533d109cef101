"""Where an article stands, as resources: its publication, its bump, its withdrawal."""

from collections.abc import Callable
from typing import Any

from fastapi import Request, Response

from app import clock
from app.actions.articles import publication
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    PUBLISH_SCOPES,
    ArticleKey,
    DraftKey,
    ScheduledKey,
    WithdrawnKey,
    apply_article_change,
    get_actor,
    parse_if_match,
)
from app.api.http.private_responses import EDITORIAL
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_body
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.schemas.editorial import BumpRequest, PublicationRequest, SavedArticle, WithdrawalRequest
from app.schemas.examples import editorial as examples
from app.schemas.params import NoParams

router = make_router("Newsroom", prefix=EDITORIAL)


@router.put(
    "/articles/{key}/publication",
    summary="Publish now or later",
    **operation(
        None,
        SavedArticle,
        examples.UNCHANGED,
        errors=ARTICLE_ERRORS,
        scopes=PUBLISH_SCOPES,
        command=PublicationRequest,
        command_example=examples.PUBLICATION,
    ),
)
async def publish_article(request: Request, key: DraftKey) -> Response:
    """`{}` publishes now; `at` in the future makes or moves a schedule, in the past it is the public time."""
    command = await parse_body(request, PublicationRequest)
    return await _move(request, key, publication.publish_article, at=command.at)


@router.delete(
    "/articles/{key}/publication",
    summary="Unschedule",
    **operation(None, SavedArticle, examples.UNCHANGED, errors=ARTICLE_ERRORS, scopes=PUBLISH_SCOPES),
)
async def unschedule_article(request: Request, key: ScheduledKey) -> Response:
    """A scheduled article is a draft again; 409 once it is public."""
    return await _move(request, key, publication.unschedule_article)


@router.put(
    "/articles/{key}/bump",
    summary="Move the public time",
    **operation(
        None,
        SavedArticle,
        examples.UNCHANGED,
        errors=ARTICLE_ERRORS,
        scopes=PUBLISH_SCOPES,
        command=BumpRequest,
        command_example={"note": {"type": "update", "text": "The council has voted."}},
    ),
)
async def bump_article(request: Request, key: ArticleKey) -> Response:
    """The public time moves to now, or to an instant that has come; when it was first published never moves."""
    command = await parse_body(request, BumpRequest)
    return await _move(request, key, publication.bump_article, at=command.at, note=command.note)


@router.put(
    "/articles/{key}/withdrawal",
    summary="Withdraw",
    **operation(
        None,
        SavedArticle,
        examples.WITHDRAWN,
        errors=ARTICLE_ERRORS,
        scopes=PUBLISH_SCOPES,
        command=WithdrawalRequest,
        command_example={"reason": "Legal, 20 November", "notice": "The figures were those of the draft budget."},
    ),
)
async def withdraw_article(request: Request, key: ArticleKey) -> Response:
    """The article is gone from every answer before this one leaves; its address answers 410 with the notice."""
    command = await parse_body(request, WithdrawalRequest)
    told = {"reason": command.reason, "notice": command.notice}
    return await _move(request, key, publication.withdraw_article, **told)


@router.delete(
    "/articles/{key}/withdrawal",
    summary="Restore",
    **operation(None, SavedArticle, examples.UNCHANGED, errors=ARTICLE_ERRORS, scopes=PUBLISH_SCOPES),
)
async def restore_article(request: Request, key: WithdrawnKey) -> Response:
    """A withdrawn article is public again, where it stood."""
    return await _move(request, key, publication.restore_article)


async def _move(request: Request, key: str, move: Callable[..., None], **told: Any) -> Response:
    """Carry out one of the moves that `actions/publication.py` knows."""
    parse_query(request, NoParams)
    expected, editor = parse_if_match(request), get_actor(request)

    def run(connection: Connection, article_id: int) -> None:
        move(connection, article_id, expected=expected, now=clock.now(), editor=editor, **told)

    return await apply_article_change(request, key, run)
