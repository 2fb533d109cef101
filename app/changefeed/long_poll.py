"""Waiting for something to tell: the long poll of the change feed."""

import asyncio

from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.queries.changes.change_list import list_changes
from app.schemas.change import ChangeList, ChangeListParams


async def long_poll_changes(database: Database, watch: LogWatcher, question: ChangeListParams) -> ChangeList:
    """The page of a question as soon as it has an item or goes on, or when its `wait` is over; then without items.

    Changes that do not concern its filters end no waiting, they only move `as_of`. Whoever waits with the same
    question gets the same page. Errors are those of `list_changes`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + question.wait
    page = await database.read(list_changes, question)
    while not page["items"] and page["next"] is None:
        if not await watch.wait_for_seq_after(page["as_of"], deadline - loop.time()):
            break
        page = await watch.read_shared(question.since_seq(page["as_of"]))
    return page
