"""A PostgreSQL server that freezes, loses connections or changes its role: every call ends, and the next one works."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from app.db.database import TRANSIENT_ERRORS, Database, error_summary, is_transient, open_database
from app.db.locks import lock_change_log
from app.db.postgresql import driver
from app.db.postgresql.limits import COMMANDS, MIGRATIONS, SERVING, Limits
from app.db.postgresql.pool import POOL_SIZE
from tests.conftest import run_once
from tests.process_writers import Slots, process
from tests.stoppable import POOLED, Proxy, frozen, proxied, stoppable_server

QUICK = Limits(connect_s=0.4, probe_s=0.3, read_s=0.5, call_s=0.5, write_s=1.2, statement_s=0.9, lock_s=0.8, idle_s=0.5)
AIR_S = 2.0  # more than any of them takes
MAX_SECONDS = 15.0

_BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """Start a server that may be frozen, used by no other test."""
    with stoppable_server() as server:
        yield server


@pytest.fixture
async def database(own_server: Any) -> AsyncIterator[Database]:
    database = open_database(own_server.get_uri(), limits=QUICK)
    yield database
    async with asyncio.timeout(MAX_SECONDS):
        await database.close()


def backend(connection: Connection) -> int:
    """Return the number of the server's process for this connection."""
    return int(connection.execute(_BACKEND).scalar_one())


def run(statement: str) -> Callable[[Connection], object]:
    """Return an action that runs one statement."""
    return lambda connection: connection.execute(text(statement)).close()


async def outage_of(awaited: Awaitable[object], *, within_s: float = MAX_SECONDS) -> str:
    """Return the reason of the outage that ends this."""
    async with asyncio.timeout(within_s):
        with pytest.raises(TRANSIENT_ERRORS) as caught:
            await awaited
    assert is_transient(caught.value)
    return error_summary(caught.value)


async def open_stream(database: Database) -> int | None:
    """Return the first chunk of a stream."""
    async with database.stream(portions) as read_next:
        return await read_next()


def portions(connection: Connection) -> Generator[int]:
    """Stream chunks without end."""
    while True:
        yield backend(connection)


def test_limits_let_reads_end_within_five_seconds_and_writes_within_fifteen() -> None:
    lookup_s, air_s = SERVING.read_s, 0.5  # of the key, before a write
    assert SERVING.read_s + air_s < 5
    assert lookup_s + SERVING.write_s + air_s < 15
    assert SERVING.probe_s < 2
    for limits in (SERVING, COMMANDS, MIGRATIONS):
        assert limits.idle_s < limits.lock_s < limits.statement_s < limits.write_s
        assert limits.connect_s < limits.read_s


async def test_calls_of_a_frozen_server_end_and_later_ones_succeed(own_server: Any, database: Database) -> None:
    async with asyncio.TaskGroup() as group:  # connections of both pools, to be lost
        for _ in range(4):
            group.create_task(database.read(backend))
            group.create_task(database.write(backend))
    with frozen(own_server):
        calls = [database.read, database.read_autocommit, database.read_in_thread, database.probe, database.write]
        many = [outage_of(call(backend)) for call in calls for _ in range(POOL_SIZE)]
        reasons = await asyncio.gather(*many, outage_of(open_stream(database)))
        assert all("respond" in reason or "in use" in reason or "connection was made" in reason for reason in reasons)
        again = await asyncio.gather(*(outage_of(call(backend)) for call in calls))  # on connections not yet made
        assert all("no connection was made" in reason for reason in again)
    for call in calls:
        assert await call(backend)
    assert await open_stream(database)


async def test_an_export_of_a_server_that_freezes_in_the_middle_ends(own_server: Any, database: Database) -> None:
    async with database.stream(portions) as read_next:
        assert await read_next()
        await asyncio.sleep(QUICK.call_s * 2)  # a slow client does not count as an unresponsive database
        assert await read_next()
        with frozen(own_server):
            await outage_of(read_next())


async def test_half_open_connections_are_closed_with_idle_ones(own_server: Any) -> None:
    async with proxied(own_server) as proxy:
        database = open_database(proxy.address(), limits=QUICK)

        def dwell(connection: Connection) -> int:
            number = backend(connection)
            await_only(asyncio.sleep(0.05))
            return number

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(database.read(dwell))
                group.create_task(database.write(dwell))
        for call in (database.read, database.write, database.probe):
            proxy.silence()
            before = proxy.connections
            await outage_of(call(backend))
            assert await call(backend)  # immediately: no other dead connection is tried
            assert proxy.connections == before + 1
        await database.close()


async def test_idle_connections_closed_by_the_server_are_replaced(own_server: Any, database: Database) -> None:
    calls = (database.read, database.write, database.read_autocommit)
    before = [await call(backend) for call in calls]
    end_others = run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await asyncio.to_thread(run_once, own_server.get_uri(), end_others)
    await asyncio.sleep(0.1)
    assert not {await call(backend) for call in calls} & set(before)


async def test_waiting_for_a_connection_is_limited_as_well(database: Database) -> None:
    def dwell(_connection: Connection) -> None:
        await_only(asyncio.sleep(QUICK.read_s * 0.8))

    busy = [asyncio.ensure_future(database.read(dwell)) for _ in range(2 * POOL_SIZE)]
    await asyncio.sleep(0)
    reason = await outage_of(database.read(backend))
    assert f"all {POOL_SIZE} connections of this process were in use" in reason
    assert "did not respond in time" in reason
    results = await asyncio.gather(*busy, return_exceptions=True)
    assert results[:POOL_SIZE] == [None] * POOL_SIZE
    assert await database.read(backend)


async def test_a_statement_that_takes_too_long_ends_on_the_server_as_well(own_server: Any, database: Database) -> None:
    numbers: list[int] = []

    def sleep(connection: Connection) -> None:
        numbers.append(backend(connection))
        connection.execute(text("SELECT pg_sleep(30)"))

    await outage_of(database.read(sleep))
    reason = await outage_of(database.write(sleep))
    assert "exceeded its time limit" in reason
    deadline = time.monotonic() + 10
    find = text(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = :number AND query LIKE '%pg_sleep%' AND state = 'active'"
    )
    other = open_database(own_server.get_uri())
    while await other.read(lambda connection: connection.execute(find, {"number": numbers[0]}).scalar_one()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    await other.close()


def hold_lock(address: str, shared: Path) -> None:
    """Hold the change log's lock in a write, and block as a stopped process does."""

    def hold(connection: Connection) -> None:
        lock_change_log(connection)
        Slots(shared).set(1)
        time.sleep(60)

    async def write() -> None:
        with suppress(*TRANSIENT_ERRORS):
            await open_database(address, limits=QUICK).write(hold)

    asyncio.run(write())


async def test_a_writer_stopped_between_statements_blocks_others_for_a_limited_time(
    own_server: Any, database: Database, tmp_path: Path
) -> None:
    shared = tmp_path / "slots"
    slots = Slots(shared)
    with process(hold_lock, own_server.get_uri(), shared):
        await slots.wait()
        async with asyncio.timeout(MAX_SECONDS):
            await asyncio.gather(*(database.write(lock_change_log) for _ in range(2 * POOL_SIZE)))


async def test_a_lock_that_is_held_for_long_is_named_as_the_cause(own_server: Any, database: Database) -> None:
    other = open_database(own_server.get_uri())

    def hold(connection: Connection) -> None:
        lock_change_log(connection)
        await_only(asyncio.sleep(QUICK.lock_s * 1.5))

    holding = asyncio.ensure_future(other.write(hold))
    await asyncio.sleep(0.2)
    number = await database.write(backend)
    reason = await outage_of(database.write(lock_change_log))
    assert reason.startswith("a lock was not available in time (")
    assert await database.write(backend) == number  # the connection works as before
    await holding
    await other.close()


async def test_a_server_that_turns_read_only_loses_the_connection_and_reads_still_work(
    own_server: Any, database: Database
) -> None:
    number = await database.write(backend)
    try:
        run_in_thread = asyncio.to_thread
        await run_in_thread(run_once, own_server.get_uri(), set_read_only(own_server, "on"))
        reason = await retried_outage(lambda: database.write(run("UPDATE articles SET revision = 1")))
        assert reason.startswith("the server is read-only (")
        assert await database.read(backend)
    finally:
        await asyncio.to_thread(run_once, own_server.get_uri(), set_read_only(own_server, "off"))
    await asyncio.sleep(0.2)
    await database.write(run("UPDATE articles SET revision = 1"))
    assert await database.write(backend) != number


def set_read_only(_server: Any, value: str) -> Callable[[Connection], None]:
    """Return an action that makes the whole server read-only, or not."""

    def change(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")  # ALTER SYSTEM stands outside of transactions
        connection.exec_driver_sql(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")

    return change


async def retried_outage(attempt: Callable[[], Awaitable[object]]) -> str:
    """Return the reason of the outage, once it has begun."""
    async with asyncio.timeout(MAX_SECONDS):
        while True:
            try:
                await attempt()
            except TRANSIENT_ERRORS as error:
                return error_summary(error) if is_transient(error) else ""
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("user", "name", "cause"),
    [
        ("nobody_here", "postgres", "the server refused the login"),
        ("postgres", "no_such_database", "the server has no such database"),
        ("crowded", "postgres", "the server has too many connections"),
    ],
)
async def test_refused_connections_are_outages_with_a_cause(own_server: Any, user: str, name: str, cause: str) -> None:
    if user == "crowded":
        await asyncio.to_thread(run_once, own_server.get_uri(), run("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"))
    address = own_server.get_uri().replace("postgres:@/postgres", f"{user}:@/{name}")
    assert f"{user}:@/{name}" in address
    database = open_database(address, limits=QUICK)
    for call in (database.read, database.write, database.probe):
        assert (await outage_of(call(backend))).startswith(f"{cause} (")
    await database.close()


async def test_a_server_without_the_wanted_role_is_an_outage(own_server: Any) -> None:
    database = open_database(f"{own_server.get_uri()}&target_session_attrs=standby", limits=QUICK)
    assert "target attribute" in await outage_of(database.read(backend))
    await database.close()


async def test_a_host_that_does_not_respond_leaves_time_for_the_next_one(own_server: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and sends nothing
        async with proxied(own_server) as proxy:
            hosts = f"host=127.0.0.1:{silent.getsockname()[1]}&host=127.0.0.1:{proxy.port}"
            database = open_database(f"postgresql://postgres@/postgres?{hosts}", limits=QUICK)
            async with asyncio.timeout(AIR_S):
                assert await database.read(backend)
                assert await database.write(backend)
            await database.close()


@pytest.fixture
async def proxy(own_server: Any) -> AsyncIterator[Proxy]:
    async with proxied(own_server) as proxy:
        yield proxy


async def test_connections_send_no_startup_parameter_that_a_pooler_refuses(proxy: Proxy) -> None:
    database = open_database(proxy.address(), limits=QUICK)
    watch = database.commit_watch(lambda: None)

    def plans(connection: Connection) -> tuple[str, str]:
        modes = connection.execute(text("SELECT current_setting('plan_cache_mode'), current_setting('jit')")).one()
        return modes[0], modes[1]

    assert await database.read(plans) == ("force_generic_plan", "off")
    await database.write(backend)
    assert await open_stream(database)
    await watch.ensure_connected()
    await watch.close()
    await database.close()
    assert len(proxy.startups) == 4
    for parameters in proxy.startups:
        assert {name.lower() for name in parameters} <= POOLED


async def test_connections_work_where_the_server_cannot_check_clients(
    own_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "CLIENT_CHECK", driver.CLIENT_CHECK.replace("2s", "-2s"))  # refused with the same code
    database = open_database(own_server.get_uri(), limits=QUICK)

    def settings(connection: Connection) -> tuple[str, str]:
        names = "current_setting('jit'), current_setting('client_connection_check_interval')"
        jit, interval = connection.execute(text(f"SELECT {names}")).one()
        return jit, interval

    assert await database.read(settings) == ("off", "0")
    assert await database.write(backend)
    await database.close()


async def test_sockets_detect_a_closed_peer(proxy: Proxy) -> None:
    database = open_database(proxy.address(), limits=QUICK)

    def options(connection: Connection) -> list[int]:
        driver: Any = connection.connection.driver_connection
        connected = driver._transport.get_extra_info("socket")
        tcp = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        alive = connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        return [alive, *(connected.getsockopt(socket.IPPROTO_TCP, option) for option in tcp)]

    assert await database.read(options) == [1, 10, 3, 3, 10_000]
    await database.close()
