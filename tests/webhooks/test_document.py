"""Examples of docs/webhooks.md, checked against what is sent."""

import re
from pathlib import Path
from typing import Any

from app.db.database import Database
from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.webhook import PING
from app.webhooks import backoff, client
from tests.conftest import Store
from tests.records import edition
from tests.webhooks.endpoints import SECRET, dispatching, make_endpoint, until
from tests.webhooks.receivers import a_receiver, answering

TEXT = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text()


async def test_documented_receiver_accepts_a_message_once(
    database_address: str, database: Database, store: Store
) -> None:
    found = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    stored: list[Any] = []
    known: set[str] = set()

    def is_known(name: str) -> bool:
        is_here = name in known
        known.add(name)
        return is_here

    names: dict[str, Any] = {"is_known": is_known, "store": stored.append}
    exec(found[1].replace("whsec_…", SECRET), names)  # noqa: S102 - our own document
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url)
        await until(lambda: len(receiver.requests) == 1)
    for _ in range(2):
        names["receive"](*receiver.requests[0])
    assert [each["seq"] for each in stored] == [1]


def test_documentation_lists_every_message_type() -> None:
    for kind in (*ChangeType, ARTICLE_REMOVED, PING):
        assert kind in TEXT or f"`.{kind.partition('.')[2]}`" in TEXT, kind


def test_documented_numbers_equal_those_of_the_code() -> None:
    assert f"within {client.DEADLINE_S:g} seconds" in TEXT
    assert "after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, and from then on every 3 h" in TEXT
    assert backoff.RETRY_DELAYS_S == (5, 30, 120, 600, 1_800, 3_600, 10_800)
    assert (backoff.DISABLED_AFTER_DAYS, backoff.MAX_RETRY_AFTER_S) == (5, 4 * 3_600)
