"""Idempotency-Key: repeated requests take effect once; on each database, in one process and in two."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import Connection, func, select, text

from app import clock
from app.actions.idempotency import RETENTION_US, StoredResponse, prune_stored_responses
from app.api.auth.scopes import Principal
from app.api.http.idempotency import idempotent_response, to_stored_response
from app.api.http.private_responses import private_response
from app.db.database import Database
from app.db.locks import CHANGE_LOG_LOCK, lock_number, try_lock
from app.errors import ConflictError
from app.main import create_app
from app.models.idempotency_key import idempotency_keys
from app.models.key_value import key_value
from app.settings import Settings
from tests.conftest import NOW, running

NAME = "Idempotency-Key"
PAUSE_SECONDS = 0.3
GOOD = ("a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "x" * 255, '"8e03 978e"', '"a\\"b\\\\c"', "it's=fine;")
BAD = ("", "x" * 256, "a b", '"', '""', '"open', '"a"b', '"a\\b"', "naïve", '"' + "x" * 256 + '"')


def make_app(address: str) -> FastAPI:
    """Create an app that stores a note for each POST, as one of two keys.

    `behaviour` selects a failure (`fail`) or a delay (`slow`).
    """
    app = create_app(Settings.model_validate({"database_url": address}))
    app.state.made = 0

    @app.post("/notes")
    async def file_note(request: Request) -> Response:
        key = int(request.headers.get("x-key", "1"))
        request.state.principal = Principal(key, "prefix", "Desk", frozenset())
        behaviour = request.query_params.get("behaviour")

        def make(connection: Connection) -> StoredResponse:
            app.state.made += 1
            name = f"note {app.state.made}"
            connection.execute(key_value.insert(), {"name": name, "value": b""})
            if behaviour == "fail" and app.state.made == 1:
                raise ConflictError("Not this time.")
            if behaviour == "slow":
                pause(connection)
            made = private_response({"note": name}, status=201, revision=1, headers={"location": f"/notes/{key}"})
            return to_stored_response(made, article_id=7)

        return await idempotent_response(request, make)

    return app


def pause(connection: Connection) -> None:
    """Wait in the middle of the transaction, while the event loop runs."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_sleep({PAUSE_SECONDS})"))
    else:
        time.sleep(PAUSE_SECONDS)


@pytest.fixture
async def notes(database_address: str, frozen_clock: int) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of that app."""
    assert frozen_clock == NOW
    async with running(make_app(database_address)) as client:
        yield client


async def filed(database: Database) -> int:
    """Return the number of notes."""
    return await database.read(
        lambda connection: connection.execute(select(func.count()).select_from(key_value)).scalar_one()
    )


async def post(
    client: httpx.AsyncClient, name: str | None, *, body: bytes = b"{}", behaviour: str = "", key: int = 1
) -> httpx.Response:
    headers = {"x-key": str(key)} | ({} if name is None else {NAME: name})
    return await client.post(f"/notes?behaviour={behaviour}", content=body, headers=headers)


async def test_request_without_idempotency_key_is_executed_each_time(
    notes: httpx.AsyncClient, database: Database
) -> None:
    responses = [await post(notes, None) for _ in range(2)]
    assert [each.json() for each in responses] == [{"note": "note 1"}, {"note": "note 2"}]
    assert await filed(database) == 2


async def test_repeated_request_is_executed_once(notes: httpx.AsyncClient, database: Database) -> None:
    first, again = [await post(notes, "n-1") for _ in range(2)]
    assert (first.status_code, first.content) == (201, b'{"note":"note 1"}')
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotent-replayed" not in first.headers
    assert dict(again.headers) == {**first.headers, "idempotent-replayed": "true"}
    assert {"etag": '"1"', "location": "/notes/1", "cache-control": "private, no-store"}.items() <= dict(
        again.headers
    ).items()
    assert await filed(database) == 1


async def test_idempotency_key_with_another_request_is_rejected(notes: httpx.AsyncClient, database: Database) -> None:
    await post(notes, "n-1", body=b'{"a":1}')
    for response in (
        await post(notes, "n-1", body=b'{"a":2}'),
        await post(notes, "n-1", body=b'{"a":1}', behaviour="x"),
    ):
        assert response.status_code == 422
        assert response.json()["type"] == "/problems/idempotency-key-reused"
    assert await filed(database) == 1


async def test_idempotency_key_belongs_to_its_api_key(notes: httpx.AsyncClient) -> None:
    assert (await post(notes, "n-1", key=1)).json() == {"note": "note 1"}
    other = await post(notes, "n-1", body=b"[]", key=2)
    assert (other.json(), other.headers["location"]) == ({"note": "note 2"}, "/notes/2")


async def test_failed_request_may_be_repeated(notes: httpx.AsyncClient, database: Database) -> None:
    failed = await post(notes, "n-1", behaviour="fail")
    assert (failed.status_code, await filed(database)) == (409, 0)
    again = await post(notes, "n-1", behaviour="fail")
    assert (again.status_code, await filed(database)) == (201, 1)
    assert "idempotent-replayed" not in again.headers


async def test_idempotency_key_is_reusable_after_a_day(
    notes: httpx.AsyncClient,
) -> None:
    await post(notes, "n-1")
    with clock.frozen(NOW + RETENTION_US - 1):
        assert (await post(notes, "n-1")).json() == {"note": "note 1"}
    with clock.frozen(NOW + RETENTION_US):
        fresh = await post(notes, "n-1", body=b"[]")
        assert (fresh.status_code, fresh.json()) == (201, {"note": "note 2"})
        assert (await post(notes, "n-1", body=b"[]")).headers["idempotent-replayed"] == "true"


async def test_old_stored_responses_are_pruned_and_counted(notes: httpx.AsyncClient, database: Database) -> None:
    await post(notes, "old")
    with clock.frozen(NOW + 1):
        await post(notes, "young")
    assert await database.write(prune_stored_responses, before=NOW + 1) == 1
    stored = await database.read(lambda connection: connection.execute(select(idempotency_keys.c.key)).scalars().all())
    assert stored == ["young"]


async def test_stored_response_has_its_article(notes: httpx.AsyncClient, database: Database) -> None:
    await post(notes, "n-1")
    stored = await database.read(lambda connection: connection.execute(select(idempotency_keys.c.article_id)).scalar())
    assert stored == 7


@pytest.mark.parametrize("name", GOOD)
async def test_idempotency_key_is_accepted_bare_or_quoted(notes: httpx.AsyncClient, name: str) -> None:
    assert (await post(notes, name)).status_code == 201
    assert (await post(notes, name)).headers["idempotent-replayed"] == "true"


async def test_quoted_idempotency_key_equals_the_bare_one(notes: httpx.AsyncClient) -> None:
    await post(notes, "n-1")
    assert (await post(notes, '"n-1"')).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("name", BAD)
async def test_invalid_idempotency_key_is_rejected(notes: httpx.AsyncClient, database: Database, name: str) -> None:
    response = await notes.post("/notes", headers=[(NAME.encode(), name.encode())])
    assert response.status_code == 422
    assert [each["where"] for each in response.json()["errors"]] == [NAME]
    assert await filed(database) == 0


async def test_two_idempotency_keys_are_rejected(notes: httpx.AsyncClient) -> None:
    assert (await notes.post("/notes", headers=[(NAME, "a"), (NAME, "a")])).status_code == 422


async def test_concurrent_equal_requests_are_executed_once(notes: httpx.AsyncClient, database: Database) -> None:
    responses = await asyncio.gather(*(post(notes, "n-1", behaviour="slow") for _ in range(5)))
    refused = [each for each in responses if each.status_code == 409]
    assert sorted(each.status_code for each in responses) == [201, 409, 409, 409, 409]
    assert {each.json()["type"] for each in refused} == {"/problems/request-in-progress"}
    assert {each.headers["retry-after"] for each in refused} == {"1"}
    assert await filed(database) == 1
    again = await post(notes, "n-1", behaviour="slow")
    assert (again.json(), again.headers["idempotent-replayed"]) == ({"note": "note 1"}, "true")


async def test_requests_with_other_idempotency_keys_are_concurrent(
    notes: httpx.AsyncClient, database: Database
) -> None:
    responses = await asyncio.gather(*(post(notes, f"n-{number}") for number in range(5)))
    assert [each.status_code for each in responses] == [201] * 5
    assert await filed(database) == 5


@pytest.mark.usefixtures("frozen_clock")
async def test_equal_requests_to_two_processes_are_executed_once(database_address: str, database: Database) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(running(make_app(database_address))) for _ in range(2)]
        responses = await asyncio.gather(*(post(client, "n-1", behaviour="slow") for client in clients))
        assert await filed(database) == 1
        made = [each for each in responses if each.status_code == 201 and "idempotent-replayed" not in each.headers]
        assert len(made) == 1
        (other,) = [each for each in responses if each is not made[0]]
        assert other.status_code == 409 or other.content == made[0].content
        if other.status_code == 409:
            assert other.json()["type"] == "/problems/request-in-progress"
        for client in clients:
            again = await post(client, "n-1", behaviour="slow")
            assert (again.content, again.headers["idempotent-replayed"]) == (made[0].content, "true")


async def test_named_lock_is_available_in_the_next_transaction(database: Database) -> None:
    assert await database.write(try_lock, "a")
    assert await database.write(try_lock, "a")


def test_no_idempotency_key_blocks_the_change_log() -> None:
    numbers = {lock_number(f"name {number}") for number in range(1_000)}
    assert len(numbers) == 1_000
    assert all(-(2**63) <= number < 0 for number in numbers)
    assert CHANGE_LOG_LOCK > 0
