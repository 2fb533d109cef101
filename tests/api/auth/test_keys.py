"""Keys over HTTP: authentication, what managers may do, and that a secret is returned once."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from fastapi import Request
from pydantic import BaseModel, PrivateAttr
from sqlalchemy import Connection, text

from app import clock
from app.actions.keys import create_key, record_last_used
from app.api.http.request_body import MAX_BODY_BYTES, MAX_INLINE_BYTES, parse_body
from app.db.database import Database
from app.domain.api_key import ApiKeyScope, make_token, token_prefix
from app.domain.instant import SECOND_US
from app.errors import NotFoundError
from app.queries.keys import get_key, get_stored_key
from app.schemas.api_key import ApiKeyCreate
from tests.api.conftest import MakeKey, as_key
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW
from tests.statements import counted

KEYS = "/v1/editorial/keys"
MANAGE, WRITE = ApiKeyScope.KEYS_MANAGE, ApiKeyScope.ARTICLES_WRITE
CMS = {"name": "Newsroom CMS", "scopes": ["articles:write", "articles:publish"]}
OPERATIONS = [
    ("GET", KEYS),
    ("POST", KEYS),
    ("GET", f"{KEYS}/k7q2m5xw3f"),
    ("DELETE", f"{KEYS}/k7q2m5xw3f"),
    ("POST", f"{KEYS}/k7q2m5xw3f/rotation"),
]
DISGUISES: list[Callable[[str], str]] = [
    lambda _: "Bearer dl_nonsense",
    lambda _: "Bearer",
    lambda _: "",
    lambda token: token,
    lambda token: f"Basic {token}",
    lambda token: f"Bearer {token[:-1]}",
    lambda token: f"Bearer {token[:-1]}{'a' if token[-1] != 'a' else 'b'}",
    lambda token: f"Bearer {make_token(token[3:13])}",
    lambda token: f"Bearer {token.upper()}",
    lambda token: f"Bearer {token} {token}",
    lambda _: f"Bearer {make_token('aaaaaaaaaa')}",
    lambda _: "Bearer dl_\xff\xfe",
]
"""Variants of a valid token, none of which is valid."""
FLAWED: list[tuple[Any, set[str]]] = [
    ({}, {"name", "scopes"}),
    ({**CMS, "scopes": []}, {"scopes"}),
    ({**CMS, "scopes": ["articles:write", "everything"]}, {"scopes.1"}),
    ({**CMS, "name": " "}, {"name"}),
    ({**CMS, "name": "two\nlines"}, {"name"}),
    ({**CMS, "name": "n" * 201}, {"name"}),
    ({**CMS, "name": "nul\x00"}, {"name"}),
    ({**CMS, "expires_at": "2026-11-20T12:00:00Z"}, {"expires_at"}),
    ({**CMS, "expires_at": "2027-01-01"}, {"expires_at"}),
    ({**CMS, "expires_at": 5}, {"expires_at"}),
    ({**CMS, "prefix": "k7q2m5xw3f"}, {"prefix"}),
    ([], {""}),
]
"""Records of keys, and their invalid members."""


def refused(response: httpx.Response) -> None:
    """Return whether the response is the 401 for an invalid key."""
    check_problem(response, "unauthenticated")
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_keys_endpoints_require_a_key(client: httpx.AsyncClient) -> None:
    for method, address in OPERATIONS:
        response = await client.request(method, address, json=CMS)
        check_problem(response, "unauthenticated")
        assert response.headers["www-authenticate"] == "Bearer"


async def test_keys_endpoints_forbid_every_other_scope(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(*(each for each in ApiKeyScope if each is not MANAGE))
    for method, address in OPERATIONS:
        response = await client.request(method, address, json=CMS, headers=as_key(token))
        check_problem(response, "forbidden")
        assert response.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="keys:manage"'


async def test_forged_or_malformed_token_is_rejected(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    for disguise in DISGUISES:
        refused(await client.get(KEYS, headers=[(b"authorization", disguise(token).encode("latin-1"))]))


async def test_two_authorization_headers_are_rejected(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    shown = f"Bearer {await make_key(MANAGE)}".encode()
    refused(await client.get(KEYS, headers=[(b"authorization", shown), (b"authorization", shown)]))


async def test_authorization_without_a_usable_key_is_explained(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    for given, explanation in {
        token: "a key without its scheme: send Authorization: Bearer dl_",
        f"Token {token}": "scheme must be Bearer",
        "Basic YTpi": "scheme must be Bearer",
        f"Bearer {token[:-1]}": "no complete API key",
        "Bearer": "no complete API key",
        f"Bearer {token[:-1]}2" if token[-1] != "2" else f"Bearer {token[:-1]}3": "unknown, has expired or was revoked",
    }.items():
        response = await client.get(KEYS, headers={"authorization": given})
        refused(response)
        assert explanation in response.json()["detail"]
        assert token[14:] not in response.text


async def test_authorization_scheme_is_case_insensitive(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert (await client.get(KEYS, headers={"authorization": f"{scheme} {token}"})).status_code == 200


async def test_key_is_valid_until_its_expiry(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE, expires_at="2026-11-20T12:00:01Z")
    assert (await client.get(KEYS, headers=as_key(token))).status_code == 200
    with clock.frozen(NOW + SECOND_US):
        refused(await client.get(KEYS, headers=as_key(token)))


async def test_created_key_is_shown_once_and_works(
    client: httpx.AsyncClient, make_key: MakeKey, database: Database
) -> None:
    manager = as_key(await make_key(MANAGE))
    response = await client.post(KEYS, json={**CMS, "expires_at": "2027-01-01T00:00:00+02:00"}, headers=manager)
    made = response.json()
    token = made.pop("token")
    assert response.status_code == 201
    assert response.headers["location"] == made["href"] == f"{KEYS}/{token_prefix(token)}"
    assert response.headers["cache-control"] == "private, no-store"
    assert made == {
        "prefix": token_prefix(token),
        "href": made["href"],
        **CMS,
        "created_at": "2026-11-20T12:00:00.000000+00:00",
        "editions": None,
        "trusted": False,
        "expires_at": "2026-12-31T22:00:00.000000+00:00",
        "revoked_at": None,
        "rotated_at": None,
        "previous_secret_expires_at": None,
        "last_used_at": None,
    }
    got = await client.get(made["href"], headers=manager)
    assert (got.json(), got.headers["cache-control"]) == (made, "private, no-store")
    check_problem(await client.get(KEYS, headers=as_key(token)), "forbidden")
    assert token[13:] not in (await client.get(KEYS, headers=manager)).text + got.text

    def everything(connection: Connection) -> str:
        return repr(connection.execute(text("SELECT * FROM api_keys")).all())

    assert token[13:] not in await database.read(everything)


async def test_invalid_members_of_a_key_are_named(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = as_key(await make_key(MANAGE))
    for body, where in FLAWED:
        response = await client.post(KEYS, json=body, headers=manager)
        assert {each["where"] for each in check_problem(response, "invalid-input")["errors"]} == where, body


async def test_body_that_is_no_json_is_rejected(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = as_key(await make_key(MANAGE))
    good = orjson.dumps(CMS)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""):
        response = await client.post(KEYS, content=good, headers={**manager, "content-type": kind})
        check_problem(response, "unsupported-media-type")
    packed = {**manager, "content-type": "application/json", "content-encoding": "gzip"}
    check_problem(await client.post(KEYS, content=good, headers=packed), "unsupported-media-type")
    for torn in (b"{", b'{"name": "\xff"}', b'"name"', b"[" * 100_000, b"\x00"):
        response = await client.post(KEYS, content=torn, headers={**manager, "content-type": "application/json"})
        assert check_problem(response, "invalid-input")["errors"][0]["where"] == ""
    accepted = {**manager, "content-type": 'Application/JSON; charset="UTF-8"'}
    assert (await client.post(KEYS, content=good, headers=accepted)).status_code == 201


async def test_body_over_the_limit_is_not_read(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = {**as_key(await make_key(MANAGE)), "content-type": "application/json"}
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 4 * MAX_BODY_BYTES:
            sent += 2**20
            yield b" " * 2**20

    announced = await client.post(KEYS, content=b" " * (MAX_BODY_BYTES + 1), headers=manager)
    assert announced.headers["connection"] == "close"
    check_problem(announced, "content-too-large")
    check_problem(await client.post(KEYS, content=endless(), headers=manager), "content-too-large")
    assert sent <= MAX_BODY_BYTES + 2 * 2**20


class Padded(BaseModel):
    """Actor that records in which thread it was checked."""

    text: str
    _thread: int = PrivateAttr(default_factory=threading.get_ident)


@pytest.mark.parametrize("length", [100, MAX_INLINE_BYTES])
async def test_large_body_is_validated_in_a_thread(length: int) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": orjson.dumps({"text": "x" * length})}

    headers = [(b"content-type", b"application/json")]
    read = await parse_body(Request({"type": "http", "headers": headers}, receive), Padded)
    assert (read._thread == threading.get_ident()) is (length < MAX_INLINE_BYTES)


async def test_disconnect_within_a_body_is_no_error(
    client: httpx.AsyncClient, make_key: MakeKey, caplog: pytest.LogCaptureFixture
) -> None:
    token = await make_key(MANAGE)
    messages = [{"type": "http.request", "body": b'{"na', "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(_message: Any) -> None:
        return

    headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "POST", "path": KEYS, "query_string": b"", "headers": headers}
    assert isinstance(client._transport, httpx.ASGITransport)
    await client._transport.app(scope, receive, send)
    assert messages == []
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_idempotency_key_is_rejected_for_new_keys(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = {**as_key(await make_key(MANAGE)), "idempotency-key": "once"}
    for address in (KEYS, f"{KEYS}/k7q2m5xw3f/rotation"):
        error = check_problem(await client.post(address, json=CMS, headers=manager), "invalid-input")["errors"][0]
        assert error["where"] == "Idempotency-Key"
        assert "one-time secret" in error["message"]


async def test_keys_are_listed_by_prefix_in_pages(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    tokens = [await make_key(MANAGE, name=f"Key {number}") for number in range(7)]
    manager = as_key(tokens[0])
    whole = (await client.get(KEYS, headers=manager)).json()
    assert [each["prefix"] for each in whole["items"]] == sorted(token[3:13] for token in tokens)
    assert whole["next"] is None
    for limit in (1, 2, 7):
        found: list[Any] = []
        address: str | None = f"{KEYS}?limit={limit}"
        while address is not None:
            page = await client.get(address, headers=manager)
            found += page.json()["items"]
            following = page.json()["next"]
            address = following and following["href"]
            assert page.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
        assert found == whole["items"]
    check_problem(await client.get(f"{KEYS}?cursor=torn", headers=manager), "cursor-invalid")
    check_problem(await client.get(f"{KEYS}?limit=201", headers=manager), "invalid-input")
    check_problem(await client.get(f"{KEYS}?q=CMS", headers=manager), "invalid-input")


async def test_revoked_key_is_listed_and_rejected_immediately(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager, token = as_key(await make_key(MANAGE)), await make_key(MANAGE)
    address = f"{KEYS}/{token[3:13]}"
    assert (await client.get(KEYS, headers=as_key(token))).status_code == 200
    gone = await client.delete(address, headers=manager)
    assert (gone.status_code, gone.content, gone.headers["cache-control"]) == (204, b"", "private, no-store")
    refused(await client.get(KEYS, headers=as_key(token)))
    shown = (await client.get(address, headers=manager)).json()
    assert shown["revoked_at"] == "2026-11-20T12:00:00.000000+00:00"
    with clock.frozen(NOW + SECOND_US):
        assert (await client.delete(address, headers=manager)).status_code == 204
    assert (await client.get(address, headers=manager)).json() == shown
    check_problem(await client.post(f"{address}/rotation", json={}, headers=manager), "conflict")


async def test_key_may_revoke_itself(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    assert (await client.delete(f"{KEYS}/{token[3:13]}", headers=as_key(token))).status_code == 204
    refused(await client.get(KEYS, headers=as_key(token)))


async def test_rotation_preserves_the_prefix_and_ends_the_previous_secret(
    client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    manager, old = as_key(await make_key(MANAGE)), await make_key(MANAGE)
    response = await client.post(f"{KEYS}/{old[3:13]}/rotation", headers=manager)
    new = response.json()["token"]
    assert (response.status_code, response.headers["cache-control"]) == (200, "private, no-store")
    assert new != old
    assert new[:13] == old[:13]
    assert response.json()["rotated_at"] == "2026-11-20T12:00:00.000000+00:00"
    assert response.json()["previous_secret_expires_at"] is None
    refused(await client.get(KEYS, headers=as_key(old)))
    assert (await client.get(KEYS, headers=as_key(new))).status_code == 200


async def test_both_secrets_are_valid_during_the_grace_period(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager, first = as_key(await make_key(MANAGE)), await make_key(MANAGE)
    address = f"{KEYS}/{first[3:13]}/rotation"
    response = (await client.post(address, json={"grace_seconds": 60}, headers=manager)).json()
    second = response["token"]
    assert response["previous_secret_expires_at"] == "2026-11-20T12:01:00.000000+00:00"  # noqa: S105
    for token in (first, second):
        assert (await client.get(KEYS, headers=as_key(token))).status_code == 200
    with clock.frozen(NOW + 60 * SECOND_US):
        refused(await client.get(KEYS, headers=as_key(first)))
        assert (await client.get(KEYS, headers=as_key(second))).status_code == 200
    third = (await client.post(address, json={"grace_seconds": 9}, headers=manager)).json()["token"]
    refused(await client.get(KEYS, headers=as_key(first)))
    for token in (second, third):
        assert (await client.get(KEYS, headers=as_key(token))).status_code == 200


async def test_grace_period_is_an_integer_of_seconds(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    for grace in [-1, 30 * 86_400 + 1, "60", 1.5, True, None]:
        rotation = {"grace_seconds": grace}
        response = await client.post(f"{KEYS}/{token[3:13]}/rotation", json=rotation, headers=as_key(token))
        assert [each["where"] for each in check_problem(response, "invalid-input")["errors"]] == ["grace_seconds"]


async def test_unknown_key_is_not_found(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = as_key(await make_key(MANAGE))
    for prefix in ["aaaaaaaaaa", "nothing", "%D0%BB%D1%96%D0%B4", "k7q2m5xw3f'--"]:
        address = f"{KEYS}/{prefix}"
        for method, path in (("GET", address), ("DELETE", address), ("POST", f"{address}/rotation")):
            check_problem(await client.request(method, path, headers=manager), "not-found")


@pytest.mark.usefixtures("newsroom")
async def test_public_responses_do_not_depend_on_the_key(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    plain = await client.get("/v1/timeline")
    for shown in (await make_key(WRITE), "dl_nonsense"):
        response = await client.get("/v1/timeline", headers=as_key(shown))
        assert (response.content, dict(response.headers)) == (plain.content, dict(plain.headers))


async def test_last_use_is_recorded_without_a_write_and_never_decreases(
    client: httpx.AsyncClient, make_key: MakeKey, database: Database
) -> None:
    uses = client._transport.app.state.services.last_used  # type: ignore[attr-defined]
    good, wrong, other = await make_key(MANAGE), await make_key(WRITE), await make_key(WRITE)
    uses.take()
    for token in (good, wrong, f"{other[:-4]}aaaa"):
        await client.get(KEYS, headers=as_key(token))
    taken = uses.take()
    stored = {token: await database.read(get_stored_key, token[3:13]) for token in (good, wrong, other)}
    ids = {token: found.id for token, found in stored.items() if found is not None}
    assert taken == {ids[good]: NOW, ids[wrong]: NOW}
    assert (await database.read(get_key, good[3:13]))["last_used_at"] is None
    for used_at in (NOW, NOW - 5 * SECOND_US):
        await database.write(record_last_used, {ids[good]: used_at, 9_999: used_at})
        assert (await database.read(get_key, good[3:13]))["last_used_at"] == "2026-11-20T12:00:00.000000+00:00"
    await database.write(record_last_used, {})


async def test_authentication_runs_one_statement(database: Database, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    with counted() as statements:
        assert await database.read(get_stored_key, token[3:13]) is not None
    assert len(statements) == 1


async def test_used_prefix_is_not_issued_again(
    database: Database, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = (await make_key(MANAGE))[3:13]
    fresh = iter([taken, taken, "aaaaaaaaaa"])
    monkeypatch.setattr("app.actions.keys.make_prefix", lambda: next(fresh))
    prefix, _ = await database.write(create_key, ApiKeyCreate(name="Next", scopes=[WRITE]), now=NOW)
    assert prefix == "aaaaaaaaaa"


async def test_invalid_key_prefix_is_not_found(database: Database) -> None:
    with pytest.raises(NotFoundError, match="There is no key 'aaaaaaaaaa'"):
        await database.read(get_key, "aaaaaaaaaa")
