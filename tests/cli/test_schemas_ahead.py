"""Databases that another release migrated: the result of each command, on both databases."""

import signal
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import Connection, text

from app.db import migrations
from tests.cli.commands import arguments_of, environment_of, is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import create_database, run_once
from tests.server_process import free_port

LATER = "209901010000_later"
BEFORE = "202611230500_partners"
MAX_SECONDS = 30


def move_ahead(address: str, *, oldest: str | None) -> None:
    """Migrate the database as a later release would, with or without a compatible release."""

    def move(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = :later"), {"later": LATER})
        if oldest is not None:
            row = {"later": LATER, "oldest": oldest}
            connection.execute(text("INSERT INTO schema_compatibility VALUES (:later, :oldest)"), row)

    run_once(address, move)


@pytest.mark.parametrize("oldest", [None, "209812310000_needed"])
def test_commands_refuse_an_incompatible_newer_schema(
    dayline: Dayline, address: str, tmp_path: Path, oldest: str | None
) -> None:
    move_ahead(address, oldest=oldest)
    (tmp_path / "a.jsonl").write_text("")
    name = ("keys", "create", "--name", "a", "--scope", "content:read")
    commands = (("serve", "--port", 0), ("import", "a.jsonl"), ("export",), name, ("sample",), ("db", "check"))
    for words in (*commands, ("db", "upgrade"), ("db", "upgrade", "--allow-newer"), ("db", "post-restore")):
        ended = dayline(*words, address=address)
        assert is_one_sentence(ended), (words, ended)
        assert LATER in ended.errors
        assert migrations.HEAD_REVISION in ended.errors
    assert (oldest is None) or oldest in dayline("export", address=address).errors


@pytest.mark.parametrize("oldest", [migrations.HEAD_REVISION, BEFORE])
def test_commands_accept_a_compatible_newer_schema(dayline: Dayline, address: str, oldest: str) -> None:
    move_ahead(address, oldest=oldest)
    assert dayline("sample", address=address).status == 0
    assert dayline("export", address=address).output.count("\n") > 60
    checked = dayline("db", "check", address=address)
    assert (checked.status, LATER in checked.output) == (0, True)
    refused = dayline("db", "upgrade", address=address)
    assert is_one_sentence(refused), refused
    assert LATER in refused.errors
    assert dayline("db", "upgrade", "--allow-newer", address=address).output == f"The database is at {LATER}.\n"


def test_server_is_ready_on_a_compatible_schema_only(address: str, tmp_path: Path) -> None:
    move_ahead(address, oldest=BEFORE)
    port = free_port()
    with subprocess.Popen(  # noqa: S603 - our own program
        arguments_of("serve", "--port", port), env=environment_of(address), cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert await_status(port) == 200
            incompatible = "UPDATE schema_compatibility SET oldest_compatible_revision = '209812310000_needed'"
            run_once(address, lambda connection: connection.execute(text(incompatible)))
            assert await_status(port) == 503
            server.send_signal(signal.SIGTERM)
            server.wait(MAX_SECONDS)
        finally:
            server.kill()


def await_status(port: int) -> int:
    """Return the status of readiness, once the server responds."""
    for _ in range(20 * MAX_SECONDS):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=MAX_SECONDS) as response:
                status: int = response.status
                return status
        except OSError as error:
            if hasattr(error, "code"):
                return int(error.code)
            time.sleep(0.05)
    raise TimeoutError("the server never responded")


def test_schema_at_several_revisions_is_reported_in_one_sentence(dayline: Dayline, address: str) -> None:
    double = text("INSERT INTO alembic_version VALUES ('202611230500_partners')")
    run_once(address, lambda connection: connection.execute(double))
    for words in (("db", "upgrade"), ("export",), ("serve", "--port", 0)):
        ended = dayline(*words, address=address)
        assert is_one_sentence(ended), ended
        assert "several schemas" in ended.errors


def test_database_without_revision_is_reported_in_one_sentence(dayline: Dayline, address: str) -> None:
    run_once(address, lambda connection: connection.execute(text("DELETE FROM alembic_version")))
    ended = dayline("db", "upgrade", address=address)
    assert is_one_sentence(ended), ended
    assert "already exists" in ended.errors
    run_once(address, lambda connection: connection.execute(text("DROP TABLE alembic_version")))
    assert is_one_sentence(dayline("db", "upgrade", address=address))
    assert is_one_sentence(dayline("export", address=address))


def test_broken_chain_of_migrations_is_reported_in_one_sentence(
    dayline: Dayline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broken"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((migrations.MIGRATIONS_DIR / "env.py").read_text())
    last = (migrations.MIGRATIONS_DIR / "versions" / f"{BEFORE}.py").read_text()
    (folder / "versions" / f"{BEFORE}.py").write_text(last)  # and not the text before it
    monkeypatch.setattr(migrations, "MIGRATIONS_DIR", folder)
    ended = dayline("db", "upgrade", address=f"sqlite:///{tmp_path}/new.db")
    assert is_one_sentence(ended), ended
    assert "is not present" in ended.errors


def test_concurrent_upgrades_are_serialised(postgresql_server: str, tmp_path: Path) -> None:
    run_once(postgresql_server.format("postgres"), create_database("upgraded_at_once"))
    environment = environment_of(postgresql_server.format("upgraded_at_once"))
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            arguments_of("db", "upgrade"), env=environment, cwd=tmp_path, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    outputs = [each.communicate(timeout=2 * MAX_SECONDS)[1] for each in started]
    assert [(each.returncode, words) for each, words in zip(started, outputs, strict=True)] == [(0, b"")] * 2
