"""`dayline keys`: the token alone on standard output, messages on standard error, mistakes in one sentence."""

import json
import re

import pytest

from app import clock
from app.actions.keys import create_key
from app.db.database import Connection
from app.domain.instant import SECOND_US
from app.schemas.api_key import ApiKey, ApiKeyCreate
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import NOW, run_once

SCOPE = ("--scope", "articles:write")
TOKEN = re.compile(r"dl_[a-z2-7]{62}\n")


@pytest.fixture(autouse=True)
def _still(frozen_clock: int) -> None:
    assert frozen_clock == NOW


def test_key_is_created_on_either_database(dayline: Dayline, database_address: str) -> None:
    words = ("keys", "create", "--name", "Newsroom CMS", *SCOPE, "--scope", "articles:publish")
    ended = dayline(*words, address=database_address)
    assert ended.status == 0
    assert TOKEN.fullmatch(ended.output)
    prefix = ended.output[3:13]
    assert ended.errors.startswith(
        f"Key {prefix} for 'Newsroom CMS' created; scopes: articles:write, articles:publish. "
    )
    assert ended.output[13:-1] not in ended.errors
    listed = dayline("keys", "list", address=database_address)
    assert listed.status == 0
    shown = re.split(" {2,}", listed.output.splitlines()[1])
    assert shown == [prefix, "active", "never", "Newsroom CMS", "all", "articles:write, articles:publish"]
    assert ended.output[13:-1] not in listed.output
    rotated = dayline("keys", "rotate", prefix, "--grace", 60, address=database_address)
    assert TOKEN.fullmatch(rotated.output)
    assert rotated.output[:13] == ended.output[:13]
    assert rotated.output != ended.output
    assert "The old secret is valid until 2026-11-20T12:01:00+00:00." in rotated.errors
    revoked = dayline("keys", "revoke", f"dl_{prefix}", address=database_address)
    assert (revoked.status, revoked.output, revoked.errors) == (0, "", f"Key {prefix} revoked.\n")
    assert dayline("keys", "revoke", prefix, address=database_address) == revoked
    assert " revoked " in dayline("keys", "list", address=database_address).output
    assert is_one_sentence(dayline("keys", "rotate", prefix, address=database_address))


def test_keys_are_listed_as_json(dayline: Dayline) -> None:
    assert json.loads(dayline("keys", "list", "--json").output) == {"items": []}
    prefix = dayline("keys", "create", "--name", "CMS", *SCOPE).output[3:13]
    [key] = json.loads(dayline("keys", "list", "--json").output)["items"]
    assert (key["prefix"], key["name"], key["state"], key["scopes"]) == (prefix, "CMS", "active", ["articles:write"])
    assert key.keys() == {*ApiKey.__annotations__, "state"}


def test_expired_key_is_listed_as_expired(dayline: Dayline) -> None:
    ended = dayline("keys", "create", "--name", "Guest", *SCOPE, "--expires", "2026-11-20T12:00:01Z")
    assert " active " in dayline("keys", "list").output
    with clock.frozen(NOW + SECOND_US):
        assert " expired " in dayline("keys", "list").output
        rotated = dayline("keys", "rotate", ended.output[3:13])
    assert is_one_sentence(rotated)
    assert "has expired" in rotated.errors


def test_rotation_without_grace_ends_the_previous_secret_immediately(dayline: Dayline) -> None:
    prefix = dayline("keys", "create", "--name", "CMS", *SCOPE).output[3:13]
    assert "The old secret is no longer valid." in dayline("keys", "rotate", prefix).errors


def test_list_without_keys_prints_a_hint(dayline: Dayline) -> None:
    ended = dayline("keys", "list")
    assert (ended.status, ended.output) == (0, "")
    assert "No API keys." in ended.errors


def test_list_prints_more_keys_than_a_page(dayline: Dayline, sqlite_address: str) -> None:
    def fill(connection: Connection) -> None:
        for number in range(401):
            record = ApiKeyCreate.model_validate({"name": f"Key {number}", "scopes": ["content:read"]})
            create_key(connection, record, now=NOW)

    run_once(sqlite_address, fill)
    lines = dayline("keys", "list").output.splitlines()[1:]
    assert len(lines) == 401
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create",), "--name"),
        (("create", "--name", "CMS"), "--scope"),
        (("create", "--name", "CMS", "--scope", "everything"), "everything"),
        (("create", "--name", " ", *SCOPE), "--name: Must be a readable name"),
        (("create", "--name", "CMS", *SCOPE, "--expires", "tomorrow"), "--expires: An instant is written"),
        (("create", "--name", "CMS", *SCOPE, "--expires", "2026-11-20T12:00:00Z"), "--expires: Must be in the future."),
        (("revoke", "aaaaaaaaaa"), "There is no key 'aaaaaaaaaa'."),
        (("rotate", "aaaaaaaaaa"), "There is no key 'aaaaaaaaaa'."),
        (("rotate", "aaaaaaaaaa", "--grace", "-1"), "--grace"),
        (("rotate", "aaaaaaaaaa", "--grace", "99999999"), "--grace"),
        (("forge",), "forge"),
    ],
)
def test_keys_mistake_is_reported_in_one_sentence(dayline: Dayline, words: tuple[object, ...], says: str) -> None:
    ended = dayline("keys", *words)
    assert is_one_sentence(ended), ended
    assert says in ended.errors
    assert ended.output == ""


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DAYLINE_READ_ACCESS", "secret", "DAYLINE_READ_ACCESS: "),
        ("DAYLINE_READS", "secret", "DAYLINE_READS: "),
        ("DAYLINE_RATE_LIMIT_ADDRESS", "many", "DAYLINE_RATE_LIMIT_ADDRESS: A rate must be written like 600/minute"),
        ("DAYLINE_RATE_LIMIT_KEY", "5/fortnight", "DAYLINE_RATE_LIMIT_KEY: A rate must be written like 600/minute"),
        ("DAYLINE_TRUSTED_PROXIES", "10.0.0.0/8, proxy", "DAYLINE_TRUSTED_PROXIES: 'proxy' is neither an address"),
    ],
)
def test_invalid_access_setting_is_named(
    dayline: Dayline, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    ended = dayline("keys", "list")
    assert is_one_sentence(ended), ended
    assert says in ended.errors
