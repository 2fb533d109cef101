"""Webhooks over HTTP: create, update, test, replay; and reads of a receiver after a delivery."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import MakeKey
from tests.api.contract import validator
from tests.api.editorial.editor_client import Desk, Json
from tests.api.http.test_problems import check_problem
from tests.conftest import Store, api_document, running
from tests.records import edition
from tests.webhooks.endpoints import LOOPBACK, SECRET, ids, messages, rows, seqs, until
from tests.webhooks.receivers import a_receiver, answering

HOOKS = "/webhooks"
PARTNER = "https://partner.example/hook"
EVERYTHING = tuple(ApiKeyScope)
FLAWED: list[tuple[Json, set[str]]] = [
    ({}, {"url"}),
    ({"url": "http://partner.example/hook"}, {"url"}),
    ({"url": "https://127.0.0.1/hook"}, {"url"}),
    ({"url": "https://[::ffff:10.0.0.1]/hook"}, {"url"}),
    ({"url": "https://169.254.169.254/latest"}, {"url"}),
    ({"url": "https://user:secret@partner.example/"}, {"url"}),
    ({"url": PARTNER, "secret": "whsec_short"}, {"secret"}),
    ({"url": PARTNER, "since": 99}, {"since"}),
    ({"url": PARTNER, "since": -1}, {"since"}),
    ({"url": PARTNER, "filters": {"edition": "nowhere"}}, {"filters.edition"}),
    ({"url": PARTNER, "filters": {"types": ["article.exploded"]}}, {"filters.types.0"}),
    ({"url": PARTNER, "filters": {"colour": "red"}}, {"filters.colour"}),
    ({"url": PARTNER, "filters": {"edition": "a\0", "tag": ["b\0"]}}, {"filters.edition", "filters.tag.0"}),
    ({"url": PARTNER, "enabled": True}, {"enabled"}),
    ({"url": PARTNER, "description": "two\nlines"}, {"description"}),
]


@pytest.fixture
async def manager(client: httpx.AsyncClient, make_key: MakeKey, store: Store) -> Desk:
    """Create a client that manages webhooks, with no network allowed."""
    await store(edition())
    return Desk(client, await make_key(ApiKeyScope.WEBHOOKS_MANAGE))


@pytest.fixture(params=[64 * 1024 * 1024, 0], ids=["cached", "uncached"])
async def unrestricted(
    database_address: str, request: pytest.FixtureRequest, make_key: MakeKey, store: Store
) -> AsyncIterator[Desk]:
    """Create a client with every scope, with receivers on this machine allowed, in real time."""
    await store(edition())
    settings = Settings(database_url=database_address, webhook_networks=LOOPBACK, cache_bytes=request.param)
    async with running(create_app(settings)) as client:
        yield Desk(client, await make_key(*EVERYTHING))


async def test_webhook_is_created_shown_and_deleted_with_its_secret_shown_once(manager: Desk) -> None:
    made = await manager.send("POST", HOOKS, {"url": PARTNER, "description": " The Gazette "})
    assert made.status_code == 201
    shown = made.json()
    secret = shown.pop("secret")
    assert secret.startswith("whsec_")
    assert made.headers["location"] == shown["href"]
    assert made.headers["etag"] == '"1"'
    path = shown["href"].removeprefix("/v1/editorial")
    assert await manager.done("GET", path) == shown
    assert shown["enabled"] is True
    assert shown["description"] == "The Gazette"
    assert shown["delivered_up_to"] == 1
    assert secret not in (await manager.send("GET", HOOKS)).text
    assert (await manager.send("DELETE", path)).status_code == 204
    check_problem(await manager.send("GET", path), "not-found")
    check_problem(await manager.send("DELETE", path), "not-found")


async def test_invalid_members_of_a_webhook_are_named(manager: Desk) -> None:
    for record, wrong in FLAWED:
        response = await manager.send("POST", HOOKS, record)
        check_problem(response, "invalid-input")
        assert {each["where"] for each in response.json()["errors"]} == wrong, record
    check_problem(await manager.send("POST", HOOKS, {"url": PARTNER}, idempotency_key="a"), "invalid-input")
    for path in ("/webhooks/short", "/webhooks/0677y7hzc3m1a"):
        check_problem(await manager.send("GET", path), "not-found")
        check_problem(await manager.send("POST", f"{path}/ping"), "not-found")
        check_problem(await manager.send("PUT", f"{path}/replay", {"since": 0}), "not-found")
        check_problem(await manager.send("POST", f"{path}/rotation", {}), "not-found")
        check_problem(await manager.send("GET", f"{path}/deliveries"), "not-found")


async def test_repeated_creation_of_a_webhook_makes_a_second_endpoint(manager: Desk) -> None:
    made = [await manager.done("POST", HOOKS, {"url": PARTNER}) for _ in range(2)]
    assert [each["id"] for each in (await manager.done("GET", HOOKS))["items"]] == [each["id"] for each in made]
    unknown = await manager.send("POST", HOOKS, {"url": PARTNER, "filters": {"edition": "unknown"}})
    beyond = await manager.send("POST", HOOKS, {"url": PARTNER, "since": 10**9})
    assert [each.json()["errors"][0]["where"] for each in (unknown, beyond)] == ["filters.edition", "since"]


async def test_webhook_lists_have_cursors(manager: Desk) -> None:
    made = [await manager.done("POST", HOOKS, {"url": f"{PARTNER}/{n}"}) for n in range(3)]
    first = await manager.done("GET", f"{HOOKS}?limit=2")
    second = await manager.done("GET", first["next"]["href"].removeprefix("/v1/editorial"))
    assert second["next"] is None
    assert [each["id"] for each in first["items"] + second["items"]] == sorted(each["id"] for each in made)
    check_problem(await manager.send("GET", f"{HOOKS}?cursor=torn"), "cursor-invalid")


async def test_webhook_edit_checks_revision_and_url(manager: Desk) -> None:
    made = await manager.done("POST", HOOKS, {"url": PARTNER, "secret": SECRET, "filters": {"tag": ["a"]}})
    path = made["href"].removeprefix("/v1/editorial")
    changed = await manager.send("PATCH", path, {"filters": {"tag": ["b"]}, "enabled": False}, if_match='"1"')
    assert changed.json()["filters"]["tag"] == ["b"]
    assert changed.json()["enabled"] is False
    assert changed.json()["disabled_reason"] == "It was disabled by its managers."
    assert changed.headers["etag"] == '"2"'
    check_problem(await manager.send("PATCH", path, {}, if_match='"1"'), "precondition-failed")
    for patch in (
        {"url": "https://10.0.0.1/"},
        {"url": f"{PARTNER}\0"},
        {"filters": {"edition": "nowhere"}},
        {"secret": "x"},
        {"url": None},
    ):
        check_problem(await manager.send("PATCH", path, patch), "invalid-input")
    again = await manager.done("PATCH", path, {"enabled": True})
    assert (again["disabled_at"], again["disabled_reason"], again["revision"]) == (None, None, 3)


async def test_receiver_reads_the_current_state_on_receipt(unrestricted: Desk) -> None:
    desk, stale = unrestricted, []

    async with a_receiver(answering()) as receiver:

        async def send_request(writer: asyncio.StreamWriter) -> None:
            payload = orjson.loads(receiver.requests[-1][1])["data"]
            if payload["article"] is not None:
                got = await desk.client.get(payload["article"]["href"])
                sent = payload["article"]
                if got.status_code == 200 and ("version" not in sent or got.json()["version"] < sent["version"]):
                    stale.append((sent, got.json()))
                if got.status_code == 200 and got.json()["version"] == sent.get("version") and got.json() != sent:
                    stale.append((sent, got.json()))
            await answering(204)(writer)

        async with a_receiver(send_request) as pending:
            receiver.requests = pending.requests
            await desk.done("POST", HOOKS, {"url": pending.url, "since": 0})
            made = await desk.make(published_at="2026-11-20T10:00:00Z", headline="First", source_id="a")
            for number in range(15):
                await desk.client.get(f"/v1/articles/{made['id']}")
                await desk.edit(made, {"headline": f"Edit {number}"})
                if number % 4 == 3:
                    await asyncio.sleep(0.05)
            await until(lambda: seqs(pending)[-1:] == [17])
            assert [each["type"] for each in messages(pending)[-15:]] == ["article.updated"] * 15
            assert messages(pending)[-1]["data"]["article"]["headline"] == "Edit 14"
    assert stale == []


async def test_change_is_delivered_and_listed(unrestricted: Desk, database: Database) -> None:
    desk = unrestricted
    async with a_receiver(answering()) as receiver:
        made = await desk.done("POST", HOOKS, {"url": receiver.url, "secret": SECRET})
        story = await desk.make(published_at="2026-11-20T10:00:00Z", headline="One", source_id="a")
        await until(lambda: len(receiver.requests) == 1)
        headers, body = receiver.requests[0]
        Webhook(SECRET).verify(body, headers)
        public = (await desk.client.get(f"/v1/articles/{story['id']}")).json()
        assert messages(receiver)[0]["data"]["article"] == public
        await desk.done("PUT", f"/articles/{story['id']}/withdrawal", {"reason": "Wrong.", "notice": "It was wrong."})
        await until(lambda: len(receiver.requests) == 2)
        assert messages(receiver)[1]["data"]["notice"] == "It was wrong."
        assert messages(receiver)[1]["data"]["article"].keys() == {"id", "href"}
        path = made["href"].removeprefix("/v1/editorial")
        await until(lambda: _all_delivered(desk, path))
        deliveries = (await desk.done("GET", f"{path}/deliveries"))["items"]
        assert [each["id"] for each in deliveries] == ids(receiver)[::-1]
        assert {each["status"] for each in deliveries} == {"delivered"}
        assert deliveries[0]["reason"] == "The receiver answered 200."
        assert (await desk.done("GET", f"{path}/deliveries?status=pending"))["items"] == []
        page = await desk.done("GET", f"{path}/deliveries?limit=1")
        rest = await desk.done("GET", page["next"]["href"].removeprefix("/v1/editorial"))
        assert page["items"] + rest["items"] == deliveries
        await desk.done("PUT", f"{path}/replay", {"since": 0})
        await until(lambda: len(receiver.requests) == 5)
        assert seqs(receiver) == [2, 3, 1, 2, 3]
        assert "One" not in str(messages(receiver)[2:])
        check_problem(await desk.send("PUT", f"{path}/replay", {"since": 99}), "invalid-input")
        renewed = await desk.done("POST", f"{path}/rotation", {})
        assert renewed["previous_secret_expires_at"] is not None
        await desk.done("PUT", f"{path}/replay", {"since": 2})
        await until(lambda: len(receiver.requests) == 6)
        for secret in (SECRET, renewed["secret"]):
            Webhook(secret).verify(receiver.requests[-1][1], receiver.requests[-1][0])
    assert "One" not in str(await rows(database, "SELECT * FROM webhook_deliveries"))


async def _all_delivered(desk: Desk, path: str) -> bool:
    return not (await desk.done("GET", f"{path}/deliveries?status=pending"))["items"]


async def test_ping_is_sent_immediately_and_returns_its_result(unrestricted: Desk) -> None:
    desk = unrestricted
    async with a_receiver(answering(418)) as receiver:
        made = await desk.done("POST", HOOKS, {"url": receiver.url, "secret": SECRET})
        path = made["href"].removeprefix("/v1/editorial")
        await desk.done("PATCH", path, {"enabled": False})
        ping = await desk.done("POST", f"{path}/ping")
        assert ping["delivered"] is False
        assert ping["response_status"] == 418
        assert ids(receiver) == [ping["id"]]
        assert messages(receiver)[0]["type"] == "webhook.ping"
        Webhook(SECRET).verify(receiver.requests[0][1], receiver.requests[0][0])
        assert (await desk.done("GET", f"{path}/deliveries"))["items"] == []


async def test_responses_follow_the_document(unrestricted: Desk) -> None:
    desk = unrestricted
    document = api_document()
    async with a_receiver(answering()) as receiver:
        made = await desk.done("POST", HOOKS, {"url": receiver.url, "since": 0})
        path = made["href"].removeprefix("/v1/editorial")
        await until(lambda: _all_delivered(desk, path))
        responses = {
            "WebhookWithSecret": made,
            "Webhook": await desk.done("GET", path),
            "WebhookList": await desk.done("GET", HOOKS),
            "DeliveryList": await desk.done("GET", f"{path}/deliveries"),
            "Ping": await desk.done("POST", f"{path}/ping"),
        }
    for name, response in responses.items():
        errors = list(validator(document, {"$ref": f"#/components/schemas/{name}"}).iter_errors(response))
        assert [each.message for each in errors] == [], name


async def test_types_may_name_article_removed(manager: Desk) -> None:
    given = {"url": PARTNER, "filters": {"types": ["article.removed", "article.published"]}}
    made = await manager.done("POST", "/webhooks", given)
    assert made["filters"]["types"] == ["article.published", "article.removed"]
