"""Change feed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response

from app.api.dependencies import get_database, get_log_watcher
from app.api.http.query_params import parse_query
from app.api.http.responses import json_response, uncacheable_response
from app.api.http.schedule_dependencies import EVERY_PUBLICATION, get_cache_control_builder
from app.api.openapi.document import operation
from app.api.router import make_router
from app.changefeed.long_poll import long_poll_changes
from app.invalidation.max_age import CHANGES
from app.queries.changes import change_list
from app.schemas.change import ChangeList, ChangeListParams
from app.schemas.examples import reading

router = make_router("Changes")

R = TypeVar("R")


@router.get(
    "/changes",
    summary="List changes",
    **operation(ChangeListParams, ChangeList, reading.CHANGES, errors=(400, 404, 422)),
)
async def list_changes(request: Request) -> Response:
    """List the changes after `since`, oldest first, each with the current state of its article.

    A position is a number in the log of changes: `seq` is that of one change, `as_of` the last one that a response
    includes, `since` the last one that the client has. Each change shows the article as it is now: if it is withdrawn
    or erased, `type` is `article.withdrawn`, and if it left the filters, `article.removed`. An erasure is a change of
    its own.

    Follow `next.href` until it is null, then request again with `since` set to `as_of`; a page without items may have
    a `next`. Filters apply to the articles, `from` and `to` to their public time (not to the time of the change): an
    article that leaves them comes as `article.removed`. With `wait` the response comes as soon as there is a change
    for the filters.

    A change of an entry (a section, tag, label, author, edition or curated list) comes whatever the filters are; only
    sections, lists and editions outside of `edition` are left out. No change of an article follows it, although
    articles show names of entries: read the entry again, and change its name in your copies. After
    `edition.updated`, `url` (another site or template) and times (another zone) of copies may be stale: compare the
    edition with your copy, and export its articles again if one of these differs.

    A position of another log (beyond its end, or lost when a backup was restored) is 422 with `errors[0].where`
    `since`, or `cursor`: the log of a position that this API returned was replaced. Begin at 0, with an empty copy.
    """
    params = parse_query(request, ChangeListParams)
    database = get_database(request)
    if params.wait == 0:
        builder = get_cache_control_builder(request, CHANGES)
        page = await database.read(change_list.list_changes, params)
        return json_response(page, cache_control=builder.header_value(EVERY_PUBLICATION))
    changed = await run_until_disconnect(request, long_poll_changes(database, get_log_watcher(request), params))
    return Response(status_code=204) if changed is None else uncacheable_response(changed)


async def run_until_disconnect(request: Request, work: Coroutine[Any, Any, R]) -> R | None:
    """Return the result of this work, None if the client disconnects before its end."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_wait_for_disconnect(request))
    try:
        done, _ = await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working in done else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
