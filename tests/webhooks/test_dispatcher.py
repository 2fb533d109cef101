"""Deliveries to endpoints: every change, in order, never again once acknowledged, independent of other receivers."""

import asyncio
import logging
import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from standardwebhooks.webhooks import Webhook

from app import clock
from app.actions.webhooks import deliveries, endpoints
from app.actions.webhooks.deliveries import acquire_lease, prune_deliveries
from app.db.database import Database
from app.domain.change import ChangeType
from app.domain.instant import DAY_US, SECOND_US
from app.queries.webhooks.webhook_outbox import next_delivery
from app.webhooks import deliverer as deliverer_module
from app.webhooks.lease_owner import is_dead, make_owner_id
from tests.conftest import NOW, Store
from tests.records import article, edition, tag
from tests.webhooks.endpoints import (
    SECRET,
    count,
    dispatching,
    ids,
    make_endpoint,
    messages,
    rows,
    seqs,
    until,
)
from tests.webhooks.receivers import a_receiver, answering, hanging, writing

PATIENT_S = 60.0


async def write_stories(store: Store, *names: str, **members: Any) -> None:
    """Publish an article for each name."""
    for name in names:
        await store(article(source_id=name, **members))


async def test_messages_arrive_once_in_order_and_signed(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    await write_stories(store, *(f"s{n}" for n in range(30)))
    async with a_receiver(answering(204)) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 31))
        await write_stories(store, "late")
        await until(lambda: _delivered(database, 32))
    assert seqs(receiver) == sorted(set(seqs(receiver)))
    assert len(set(ids(receiver))) == len(ids(receiver))
    for headers, body in receiver.requests:
        Webhook(SECRET).verify(body, headers)
        assert headers["content-type"] == "application/json"
    message = messages(receiver)[-1]
    assert message["type"] == ChangeType.ARTICLE_PUBLISHED
    assert message["data"]["article"]["body"] == []
    assert {"neighbours", "related", "alternates"} <= message["data"]["article"].keys()
    assert ids(receiver)[-1].endswith(f"_{message['data']['seq']}")
    assert [each.status for each in await rows(database, "SELECT status FROM webhook_deliveries")] == [
        "delivered"
    ] * len(receiver.requests)


async def _is_empty(database: Database) -> bool:
    return await count(database, "pending") == 0


async def test_first_message_blocks_until_delivered_with_the_same_id(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    await write_stories(store, "a", "b", "c")
    turns = iter([answering(500), answering(503), answering(302, "location: http://10.0.0.1/"), answering(200)])

    async def moody(writer: asyncio.StreamWriter) -> None:
        await next(turns, answering(200))(writer)

    async with a_receiver(moody) as receiver, dispatching(database_address) as dispatcher:
        await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 4))
        assert dispatcher.attempts() == {"delivered": 4, "failed": 3}
    assert seqs(receiver) == [1, 1, 1, 1, 2, 3, 4]
    assert len(set(ids(receiver)[:4])) == 1
    first, *others = await rows(database, "SELECT * FROM webhook_deliveries ORDER BY seq")
    assert (first.attempts, first.response_status, first.status) == (4, 200, "delivered")
    assert [each.attempts for each in others] == [1, 1, 1]
    endpoint = (await rows(database, "SELECT failures, failing_since, next_attempt_at FROM webhook_endpoints"))[0]
    assert tuple(endpoint) == (0, None, 0)


async def _delivered(database: Database, number: int) -> bool:
    return await count(database, "delivered") >= number


async def test_slow_receivers_do_not_delay_others(
    database_address: str, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.webhooks.dispatcher.SHUTDOWN_SEND_S", 0.1)
    await store(edition())
    head = b"HTTP/1.1 200 OK\r\n"
    megabytes = writing(head + b"content-length: 99999999\r\n\r\n", b"x" * 65_536, is_endless=True)
    trickling = writing(head, b"x", every_s=0.05, is_endless=True)
    led_away = answering(302, "location: https://10.0.0.1/")
    async with (
        a_receiver(hanging) as hangs,
        a_receiver(trickling) as trickles,
        a_receiver(megabytes) as floods,
        a_receiver(led_away) as redirects,
        a_receiver(answering()) as good,
        dispatching(database_address, deadline_s=PATIENT_S, delay=lambda *_, **__: 0.2),
    ):
        for bad in (hangs, trickles, redirects):
            for _ in range(5):
                await make_endpoint(database, bad.url)
        await make_endpoint(database, floods.url)
        await make_endpoint(database, good.url)
        await until(lambda: len(hangs.requests) == len(trickles.requests) == 5 and bool(redirects.requests))
        begun = time.monotonic()
        for number in range(8):
            await write_stories(store, f"s{number}")
            await until(lambda number=number: len(good.requests) >= number + 2)  # type: ignore[misc]  # bound on purpose
        assert time.monotonic() - begun < PATIENT_S / 2, "as long as a bad one is waited for"
        await until(lambda: len(set(seqs(floods))) >= 2)  # the status counts, whatever follows
        assert seqs(good) == list(range(1, 10))
        assert (len(hangs.requests), len(trickles.requests)) == (5, 5), "they are waited for all the while"
        assert set(seqs(redirects)) == {1}


async def test_acknowledged_message_is_not_sent_again_while_recording_fails(
    database_address: str, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(edition())
    await write_stories(store, "a")
    tries: list[int] = []
    real = deliveries.record_delivery

    def failing(*args: Any, **kwargs: Any) -> bool:
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("INSERT", {}, Exception("the disk is full"))
        return real(*args, **kwargs)

    monkeypatch.setattr(deliverer_module, "record_delivery", failing)
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 2))
    assert len(tries) == 5
    assert seqs(receiver) == [1, 2]


async def test_filters_and_types_select_messages_and_removals_are_sent(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), tag("trams", "Trams"), tag("fog", "Fog"))
    async with a_receiver(answering()) as trams, a_receiver(answering()) as published, dispatching(database_address):
        await make_endpoint(database, trams.url, filters={"tag": ["trams"]})
        await make_endpoint(database, published.url, filters={"types": ["article.published"]})
        await write_stories(store, "on", tags=["trams"])
        await write_stories(store, "off", tags=["fog"])
        await until(lambda: len(published.requests) == 2 and len(trams.requests) >= 1)
        await write_stories(store, "on", tags=["fog"])
        await until(lambda: messages(trams)[-1]["type"] == "article.removed")
        await store(article(source_id="off", headline="Gone", tags=["fog"], status="withdrawn"))
        await until(lambda: messages(published)[-1]["type"] == "article.withdrawn")
        await until(lambda: _is_empty(database))
    assert len({each["data"]["article"]["id"] for each in messages(trams) if each["data"]["article"]}) == 1
    assert messages(trams)[-1]["data"]["article"].keys() == {"id", "href"}
    assert [each["type"] for each in messages(published)] == ["article.published"] * 2 + ["article.withdrawn"]


async def test_withdrawn_article_is_sent_and_stored_without_text(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition(), article(source_id="a", headline="The libel", body=[{"type": "paragraph", "text": "libel"}]))
    turns = iter([answering(500)])

    async def moody(writer: asyncio.StreamWriter) -> None:
        await next(turns, answering(200))(writer)

    async with a_receiver(moody) as receiver:
        await make_endpoint(database, receiver.url, since=1)
        async with dispatching(database_address, delay=lambda *_, **__: 3_600.0):
            await until(lambda: len(receiver.requests) == 1)
            await until(lambda: _is_failing(database))
        assert "libel" in str(messages(receiver)[0])
        await store(article(source_id="a", headline="The libel", status="withdrawn"))
        await database.write(
            lambda connection: connection.exec_driver_sql("UPDATE webhook_endpoints SET next_attempt_at = 0")
        )
        async with dispatching(database_address):
            await until(lambda: _delivered(database, 2))
    assert ids(receiver)[0] == ids(receiver)[1]
    for message in messages(receiver)[1:]:
        assert message["type"] == "article.withdrawn"
        assert message["data"].keys() == {"seq", "at", "article", "notice"}
        assert message["data"]["article"].keys() == {"id", "href"}
    stored = [
        *await rows(database, "SELECT * FROM webhook_deliveries"),
        *await rows(database, "SELECT * FROM webhook_endpoints"),
    ]
    assert "libel" not in str(stored)


async def _is_failing(database: Database) -> bool:
    return bool((await rows(database, "SELECT failures FROM webhook_endpoints"))[0].failures)


async def test_endpoint_is_disabled_by_410_or_days_of_failure(
    database_address: str, database: Database, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store(edition())
    async with a_receiver(answering(410)) as gone, a_receiver(answering(500)) as failing:
        await make_endpoint(database, gone.url)
        tired = await make_endpoint(database, failing.url)
        await database.write(_fail_for_days, tired)
        with caplog.at_level(logging.ERROR, logger="app.webhooks"):
            async with dispatching(database_address):
                await until(lambda: _disabled(database, 2))
        assert len(gone.requests) == len(failing.requests) == 1
    found = await rows(database, "SELECT disabled_reason FROM webhook_endpoints ORDER BY id")
    assert [each.disabled_reason for each in found] == [
        "The receiver answered 410: it wants no more messages.",
        "It failed for 5 days. The receiver answered 500.",
    ]
    assert len([each for each in caplog.records if " disabled: " in each.message]) == 2
    async with a_receiver(answering()) as good, dispatching(database_address):
        patch = {"url": good.url, "enabled": True}
        await database.write(endpoints.edit_webhook, tired, patch, expected=None, now=clock.now())
        await until(lambda: _delivered(database, 1))
        assert seqs(good) == [1], "it continues at its position"


def _fail_for_days(connection: Any, endpoint: int) -> None:
    since = clock.now() - 5 * DAY_US
    connection.exec_driver_sql(
        f"UPDATE webhook_endpoints SET failures = 40, failing_since = {since} WHERE id = {endpoint}"  # noqa: S608 - our own
    )


async def _disabled(database: Database, number: int) -> bool:
    return len(await rows(database, "SELECT id FROM webhook_endpoints WHERE disabled_at IS NOT NULL")) == number


async def test_replay_sends_changes_again_with_the_same_ids(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    await write_stories(store, "a", "b", "c")
    async with a_receiver(answering()) as receiver, dispatching(database_address) as dispatcher:
        endpoint = await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 4))
        await database.write(endpoints.replay_changes, endpoint, since=2, now=clock.now())
        dispatcher.wake()
        await until(lambda: len(receiver.requests) == 6)
        await until(lambda: _delivered(database, 4))
    assert seqs(receiver) == [1, 2, 3, 4, 3, 4]
    assert ids(receiver)[2:4] == ids(receiver)[4:]


async def test_both_secrets_sign_during_a_rotation(database_address: str, database: Database, store: Store) -> None:
    await store(edition())
    newer = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        endpoint = await make_endpoint(database, receiver.url, since=1)
        await database.write(endpoints.rotate_secret, endpoint, secret=newer, grace_seconds=60, now=clock.now())
        await write_stories(store, "a")
        await until(lambda: len(receiver.requests) == 1)
        headers, body = receiver.requests[0]
        for secret in (SECRET, newer):
            Webhook(secret).verify(body, headers)
        past = clock.now() - 61 * SECOND_US
        await database.write(endpoints.rotate_secret, endpoint, secret=newer, grace_seconds=60, now=past)
        await write_stories(store, "b")
        await until(lambda: len(receiver.requests) == 2)
        assert len(receiver.requests[1][0]["webhook-signature"].split()) == 1


async def test_processes_never_send_to_one_endpoint_concurrently(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    sending, most = 0, 0

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal sending, most
        sending += 1
        most = max(most, sending)
        await asyncio.sleep(0.02)
        sending -= 1
        await answering()(writer)

    async with a_receiver(slow) as receiver:
        await make_endpoint(database, receiver.url)
        async with dispatching(database_address), dispatching(database_address), dispatching(database_address):
            for number in range(12):
                await write_stories(store, f"s{number}")
            await until(lambda: _delivered(database, 13))
        async with dispatching(database_address):  # a graceful end releases the lease to others
            await write_stories(store, "late")
            await until(lambda: _delivered(database, 14), seconds=5)
    assert most == 1
    assert seqs(receiver) == list(range(1, 15))


async def test_lease_holds_until_its_expiry_or_the_death_of_its_owner(database: Database, store: Store) -> None:
    await store(edition())
    endpoint = await make_endpoint(database, "https://partner.example/")

    async def claims(owner_id: str, now: int, over: str | None = None) -> bool:
        return await database.write(
            acquire_lease, endpoint, owner_id=owner_id, dead_owner=over, now=now, until=now + 40 * SECOND_US
        )

    assert await claims("a", NOW)
    assert not await claims("b", NOW + 39 * SECOND_US)
    assert await claims("a", NOW + 39 * SECOND_US)
    assert not await claims("b", NOW + 41 * SECOND_US)
    assert await claims("b", NOW + 41 * SECOND_US, over="a")
    assert not await claims("c", NOW + 42 * SECOND_US, over="a")
    assert await claims("c", NOW + 100 * SECOND_US)


def test_is_dead_is_true_for_ended_local_processes_only() -> None:
    own = make_owner_id()
    place, number, started, _ = own.split(".")
    assert not is_dead(own)
    assert not is_dead("a")
    assert not is_dead(f"elsewhere.{number}.1.x")
    assert not is_dead(f"0{place}.999999999.{started}.x"), "another boot, another machine"
    assert is_dead(f"{place}.{number}.{int(started) + 1}.x"), "its number was given to another"
    assert is_dead(f"{place}.999999999.{started}.x")


async def test_latest_deliveries_are_retained(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(edition())
    monkeypatch.setattr(deliveries, "MAX_KEPT", 3)
    for number in range(2):
        endpoint = await make_endpoint(database, f"https://partner.example/{number}")
        await database.write(_fill, endpoint)
    await database.write(prune_deliveries, now=NOW)
    left = await rows(database, "SELECT seq, status FROM webhook_deliveries ORDER BY endpoint_id, seq")
    assert [each.seq for each in left] == [6, 7, 8, 9, 10, 11] * 2
    await database.write(prune_deliveries, now=NOW + 31 * DAY_US)
    assert await count(database, "delivered") == 0
    assert await count(database, "pending") == 6


def _fill(connection: Any, endpoint: int) -> None:
    for seq in range(12):
        status = "delivered" if seq < 9 else "pending"
        connection.exec_driver_sql(
            "INSERT INTO webhook_deliveries (endpoint_id, seq, type, at, status, delivered_at, created_at) "  # noqa: S608 - our own
            f"VALUES ({endpoint}, {seq}, 'article.updated', 0, '{status}', {NOW}, {NOW})"
        )


async def test_dispatcher_waits_for_a_database_outage(
    database_address: str, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(edition())
    outages = iter([OperationalError("SELECT", {}, Exception("gone"))] * 2)
    real = next_delivery

    def failing(*args: Any, **kwargs: Any) -> Any:
        if (error := next(outages, None)) is not None:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(deliverer_module, "next_delivery", failing)
    monkeypatch.setattr("app.webhooks.dispatcher.ERROR_BACKOFF_S", 0.05)
    async with a_receiver(answering()) as receiver, dispatching(database_address):
        await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 1))
    assert seqs(receiver) == [1]


async def test_change_is_not_sent_before_all_processes_serve_it(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    async with a_receiver(answering()) as receiver, dispatching(database_address) as dispatcher:
        await make_endpoint(database, receiver.url)
        await until(lambda: _delivered(database, 1))
        deliverer = dispatcher._made_deliverer
        assert deliverer is not None
        watch = database.commit_watch(lambda: None)
        assert deliverer._settled_s == (0.0 if watch.trust_window_s > 1 else watch.trust_window_s)
        await watch.close()
        deliverer._settled_s = 0.3
        begun = time.monotonic()
        await write_stories(store, "a", "b", "c")
        await until(lambda: _delivered(database, 4))
        assert time.monotonic() - begun >= 0.3


async def test_deleted_endpoints_leave_no_state_in_memory(
    database_address: str, database: Database, store: Store
) -> None:
    await store(edition())
    await write_stories(store, "a")
    async with a_receiver(answering(204)) as receiver, dispatching(database_address) as dispatcher:
        endpoint_ids = [await make_endpoint(database, receiver.url) for _ in range(20)]
        await until(lambda: len(receiver.requests) >= 40)
        for endpoint in endpoint_ids:
            await database.write(endpoints.delete_webhook, endpoint)
        dispatcher.wake()
        await until(lambda: not dispatcher._working)
        deliverer = dispatcher._deliverer()
        await until(lambda: (deliverer.scanned_up_to, deliverer._leases, dispatcher._backoff_until) == ({}, {}, {}))
