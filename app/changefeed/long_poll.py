"""Long poll of the change feed."""

import asyncio

from app.changefeed.log_watcher import LogWatcher
from app.db.database import Database
from app.queries.changes.change_list import list_changes
from app.schemas.change import ChangeList, ChangeListParams


async def long_poll_changes(database: Database, watch: LogWatcher, params: ChangeListParams) -> ChangeList:
    """Return the page of these parameters once it has an item or a next page, or after `wait`, then without items.

    Changes that the filters exclude end no wait, they only advance `as_of`. Concurrent waits with equal parameters get
    the same page. Raises as `list_changes` does.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + params.wait
    page = await database.read(list_changes, params)
    while not page["items"] and page["next"] is None:
        if not await watch.wait_for_seq_after(page["as_of"], deadline - loop.time()):
            break
        page = await watch.read_shared(params.since_seq(page["as_of"]))
    return page
