"""The change feed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response

from app import clock
from app.api.deps import database_of, watch_of
from app.api.freshness import ANYTHING, Schedule
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import STALE_IF_ERROR, json_answer, passing_answer
from app.domain.instant import SECOND_US
from app.domain.upcoming import Upcoming
from app.queries import changes
from app.relay.waiting import await_changes
from app.schemas import examples
from app.schemas.change import ChangeList, ChangesQuestion

BRIEF = f"public, max-age=1, stale-while-revalidate=5, {STALE_IF_ERROR}"
NOT_EVEN_THAT = f"public, max-age=0, {STALE_IF_ERROR}"

router = APIRouter(tags=["Changes"])

R = TypeVar("R")


@router.get(
    "/changes",
    summary="What came after a change",
    **documented(ChangesQuestion, ChangeList, examples.CHANGES, problems=(400, 404, 422)),
)
async def list_changes(request: Request) -> Response:
    """What happened after `since`, oldest first, each article as it is now.

    Follow `next.href` while there is one, then ask again with `since` from `as_of`. With `wait` the answer comes as
    soon as there is something to tell.
    """
    question = read_question(request, ChangesQuestion)
    database = database_of(request)
    if question.wait == 0:
        schedule: Schedule = request.app.state.schedule
        before = schedule.upcoming
        page = await database.read(changes.list_changes, question)
        return json_answer(request, page, cache_control=_directives(before, schedule.upcoming))
    told = await while_connected(request, await_changes(database, watch_of(request), question))
    return Response(status_code=204) if told is None else passing_answer(told)


def _directives(*known: Upcoming) -> str:
    """A second, unless something is to be published within it, by what was known before the reading or is since."""
    now = clock.now()
    is_near = any(each.soonest(ANYTHING, now=now, within=SECOND_US) is not None for each in known)
    return NOT_EVEN_THAT if is_near else BRIEF


async def while_connected(request: Request, work: Coroutine[Any, Any, R]) -> R | None:
    """The result of this work, or None where the client went away before it was done."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_client_leaves(request))
    try:
        done, _ = await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working in done else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _client_leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
