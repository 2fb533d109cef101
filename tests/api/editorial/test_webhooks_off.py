"""`DAYLINE_WEBHOOKS=false`: a copy of an installation sends nothing to the receivers of the real one."""

import pytest

from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.settings import Settings, read_settings
from app.webhooks.dispatcher import DISABLED_MESSAGE
from tests.api.conftest import MakeKey
from tests.api.editorial.editor_client import Desk
from tests.api.http.test_problems import check_problem
from tests.conftest import Store, running
from tests.records import article, edition
from tests.webhooks.endpoints import LOOPBACK, count, dispatching, make_endpoint, rows, seqs, until
from tests.webhooks.receivers import a_receiver, answering


async def test_disabled_webhooks_send_nothing_and_leave_messages_pending(
    database_address: str,
    database: Database,
    store: Store,
    make_key: MakeKey,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("app.webhooks.dispatcher.POLL_S", 0.02)
    await store(edition(), article(source_id="a"))
    token = await make_key(ApiKeyScope.WEBHOOKS_MANAGE)
    settings = Settings(database_url=database_address, webhook_networks=LOOPBACK, webhooks=False)
    async with a_receiver(answering()) as receiver:
        await make_endpoint(database, receiver.url)
        async with running(create_app(settings)) as client:
            await check_quiet(Desk(client, token), store)
        assert receiver.requests == []
        assert await rows(database, "SELECT lease_owner, enqueued_seq FROM webhook_endpoints") == [(None, 0)] * 2
        assert await count(database, "pending") == 0
        async with dispatching(database_address):  # the log still has them
            await until(lambda: sorted(seqs(receiver)) == [1, 1, 2, 2, 3, 3])
    assert [each.message for each in caplog.records if each.name == "app.webhooks.dispatcher"] == [DISABLED_MESSAGE]


async def check_quiet(desk: Desk, store: Store) -> None:
    """Check that everything but delivery works as usual."""
    (endpoint,) = (await desk.done("GET", "/webhooks"))["items"]
    path = endpoint["href"].removeprefix("/v1/editorial")
    check_problem(ping := await desk.send("POST", f"{path}/ping"), "conflict")
    assert "DAYLINE_WEBHOOKS" in ping.json()["detail"]
    await store(article(source_id="b"))
    assert (await desk.client.get("/v1/changes")).json()["as_of"] == 3
    await desk.done("PUT", f"{path}/replay", {"since": 0})
    await desk.done("POST", "/webhooks", {"url": endpoint["url"], "since": 0})
    assert (await desk.done("GET", f"{path}/deliveries"))["items"] == []


def test_webhooks_are_enabled_by_default() -> None:
    environments: list[dict[str, str]] = [{}, {"DAYLINE_WEBHOOKS": "true"}, {"DAYLINE_WEBHOOKS": "false"}]
    assert [read_settings(each).webhooks for each in environments] == [True, True, False]
