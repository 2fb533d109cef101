"""Where an article stands, as resources: its publication, its bump, its withdrawal."""

from collections.abc import Callable
from typing import Any

from fastapi import Request, Response

from app import clock
from app.actions import publication
from app.api.body import read_body
from app.api.editorial.changing import (
    NOT_HERE,
    PUBLISH,
    ArticleKey,
    DraftKey,
    ScheduledKey,
    WithdrawnKey,
    change_article,
    editor_of,
    expected_revisions,
)
from app.api.openapi import documented
from app.api.private import EDITORIAL
from app.api.query import read_question
from app.api.routes import resource
from app.db.session import Connection
from app.schemas import editorial_examples as examples
from app.schemas.editorial import BumpCommand, PublicationCommand, SavedArticle, WithdrawalCommand
from app.schemas.question import Nothing

router = resource("Newsroom", prefix=EDITORIAL)


@router.put(
    "/articles/{key}/publication",
    summary="Publish now or later",
    **documented(
        None,
        SavedArticle,
        examples.UNCHANGED,
        problems=NOT_HERE,
        scopes=PUBLISH,
        command=PublicationCommand,
        command_example=examples.PUBLICATION,
    ),
)
async def publish_article(request: Request, key: DraftKey) -> Response:
    """`{}` publishes now; `at` in the future makes or moves a schedule, in the past it is the public time."""
    command = await read_body(request, PublicationCommand)
    return await _move(request, key, publication.publish_article, at=command.at)


@router.delete(
    "/articles/{key}/publication",
    summary="Unschedule",
    **documented(None, SavedArticle, examples.UNCHANGED, problems=NOT_HERE, scopes=PUBLISH),
)
async def unschedule_article(request: Request, key: ScheduledKey) -> Response:
    """A scheduled article is a draft again; 409 once it is public."""
    return await _move(request, key, publication.unschedule_article)


@router.put(
    "/articles/{key}/bump",
    summary="Move the public time",
    **documented(
        None,
        SavedArticle,
        examples.UNCHANGED,
        problems=NOT_HERE,
        scopes=PUBLISH,
        command=BumpCommand,
        command_example={"note": {"type": "update", "text": "The council has voted."}},
    ),
)
async def bump_article(request: Request, key: ArticleKey) -> Response:
    """The public time moves to now, or to an instant that has come; when it was first published never moves."""
    command = await read_body(request, BumpCommand)
    return await _move(request, key, publication.bump_article, at=command.at, note=command.note)


@router.put(
    "/articles/{key}/withdrawal",
    summary="Withdraw",
    **documented(
        None,
        SavedArticle,
        examples.WITHDRAWN,
        problems=NOT_HERE,
        scopes=PUBLISH,
        command=WithdrawalCommand,
        command_example={"reason": "Legal, 20 November", "notice": "The figures were those of the draft budget."},
    ),
)
async def withdraw_article(request: Request, key: ArticleKey) -> Response:
    """The article is gone from every answer before this one leaves; its address answers 410 with the notice."""
    command = await read_body(request, WithdrawalCommand)
    told = {"reason": command.reason, "notice": command.notice}
    return await _move(request, key, publication.withdraw_article, **told)


@router.delete(
    "/articles/{key}/withdrawal",
    summary="Restore",
    **documented(None, SavedArticle, examples.UNCHANGED, problems=NOT_HERE, scopes=PUBLISH),
)
async def restore_article(request: Request, key: WithdrawnKey) -> Response:
    """A withdrawn article is public again, where it stood."""
    return await _move(request, key, publication.restore_article)


async def _move(request: Request, key: str, move: Callable[..., None], **told: Any) -> Response:
    """Carry out one of the moves that `actions/publication.py` knows."""
    read_question(request, Nothing)
    expected, editor = expected_revisions(request), editor_of(request)

    def run(connection: Connection, article_id: int) -> None:
        move(connection, article_id, expected=expected, now=clock.now(), editor=editor, **told)

    return await change_article(request, key, run)
