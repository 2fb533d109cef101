"""The change feed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response

from app.api.deps import database_of, watch_of
from app.api.freshness import ANYTHING, outlook_of
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import json_answer, passing_answer
from app.api.routes import resource
from app.domain.freshness import CHANGES
from app.queries import changes
from app.relay.waiting import await_changes
from app.schemas import examples
from app.schemas.change import ChangeList, ChangesQuestion

router = resource("Changes")

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
        outlook = outlook_of(request, CHANGES)
        page = await database.read(changes.list_changes, question)
        return json_answer(page, cache_control=outlook.directives(ANYTHING))
    told = await while_connected(request, await_changes(database, watch_of(request), question))
    return Response(status_code=204) if told is None else passing_answer(told)


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
