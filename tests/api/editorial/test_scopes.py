"""Scopes: every operation of the app without a key, with invalid ones, and with the right one."""

from typing import Any, NamedTuple

import httpx
import pytest

from app import clock
from app.api.openapi.signatures import SCHEME
from app.db.database import Database
from app.domain.api_key import ApiKeyScope, make_token
from app.domain.instant import SECOND_US
from app.main import create_app
from app.settings import ReadAccess, Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.contract import Operation, operations
from tests.api.editorial.editor_client import ARTICLES, EDITORIAL, Json
from tests.api.http.test_problems import check_problem
from tests.api.newsroom import ADDRESSES
from tests.conftest import NOW, Store, api_document, running
from tests.records import article, edition

WRITE, PUBLISH = ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH
CATALOGUE, KEYS = ApiKeyScope.CATALOGUE_WRITE, ApiKeyScope.KEYS_MANAGE
HOUR_US = 3_600 * SECOND_US
ONE = "0677y7hzc3m1a"
HERE = f"{ARTICLES}/{ONE}"
SOURCE = f"{EDITORIAL}/editions/global/articles/cms:42"


class Row(NamedTuple):
    """Request of an operation, and the scopes of which any one suffices."""

    address: str
    scopes: tuple[ApiKeyScope, ...] = ()
    body: Json | None = None
    headers: Json = {}  # noqa: RUF012 - never changed


DRAFTS, MANAGE, HOOKS = (WRITE, PUBLISH), (KEYS,), (ApiKeyScope.WEBHOOKS_MANAGE,)
CATALOGUE_ROWS = (
    {
        f"{verb}_{noun}": Row(f"{EDITORIAL}/{noun}s{tail}", (CATALOGUE,), body)
        for noun, name in (("edition", "global"), ("section", "a"), ("tag", "a"), ("author", "a"), ("label", "a"))
        for verb, tail, body in (
            ("create", "", {}),
            ("get_editorial", f"/{name}", None),
            ("edit", f"/{name}", {}),
            ("delete", f"/{name}", None),
        )
    }
    | {f"merge_{noun}": Row(f"{EDITORIAL}/{noun}s/a/merge", (CATALOGUE,), {"into": "b"}) for noun in ("tag", "author")}
    | {
        f"list_editorial_{noun}": Row(f"{EDITORIAL}/{noun}", (CATALOGUE,))
        for noun in ("editions", "sections", "tags", "authors", "labels")
    }
)
ROWS: dict[str, Row] = {
    **{name: Row(address) for name, address in ADDRESSES.items()},
    "list_changes": Row("/v1/changes"),
    "export_articles": Row("/v1/export"),
    "stream_changes": Row("/v1/stream?since=some"),
    "create_stream_token": Row("/v1/stream-tokens"),
    "get_history": Row("/v1/articles/trams-return/history"),
    "get_liveness": Row("/health/live"),
    "get_readiness": Row("/health/ready"),
    "get_preview": Row(f"{EDITORIAL}/previews/torn"),
    "create_article": Row(ARTICLES, DRAFTS, {"headline": "A"}),
    "list_editorial_articles": Row(ARTICLES, DRAFTS),
    "get_editorial_article": Row(HERE, DRAFTS),
    "edit_article": Row(HERE, DRAFTS, {}, {"if-match": "*"}),
    "delete_article": Row(HERE, DRAFTS),
    "push_article": Row(f"{EDITORIAL}/editions/global/articles/cms:41", DRAFTS, {"headline": "A"}),
    "get_source_article": Row(SOURCE, DRAFTS),
    "delete_source_article": Row(SOURCE, DRAFTS),
    "publish_source_article": Row(f"{SOURCE}/publication", (PUBLISH,), {}),
    "unschedule_source_article": Row(f"{SOURCE}/publication", (PUBLISH,)),
    "bump_source_article": Row(f"{SOURCE}/bump", (PUBLISH,), {}),
    "withdraw_source_article": Row(f"{SOURCE}/withdrawal", (PUBLISH,), {}),
    "restore_source_article": Row(f"{SOURCE}/withdrawal", (PUBLISH,)),
    "list_revisions": Row(f"{HERE}/revisions", DRAFTS),
    "get_revision": Row(f"{HERE}/revisions/1", DRAFTS),
    "get_preview_link": Row(f"{HERE}/preview", DRAFTS),
    "publish_article": Row(f"{HERE}/publication", (PUBLISH,), {}),
    "unschedule_article": Row(f"{HERE}/publication", (PUBLISH,)),
    "bump_article": Row(f"{HERE}/bump", (PUBLISH,), {}),
    "withdraw_article": Row(f"{HERE}/withdrawal", (PUBLISH,), {}),
    "restore_article": Row(f"{HERE}/withdrawal", (PUBLISH,)),
    "list_editorial_curated_lists": Row(f"{EDITORIAL}/lists", (PUBLISH,)),
    "get_editorial_curated_list": Row(f"{EDITORIAL}/lists/front", (PUBLISH,)),
    "put_curated_list": Row(f"{EDITORIAL}/lists/front-page", (PUBLISH,), {"name": "A"}),
    "delete_curated_list": Row(f"{EDITORIAL}/lists/front", (PUBLISH,)),
    **CATALOGUE_ROWS,
    "list_editorial_changes": Row(f"{EDITORIAL}/changes", (PUBLISH, CATALOGUE, KEYS)),
    "create_api_key": Row(f"{EDITORIAL}/keys", MANAGE, {}),
    "list_keys": Row(f"{EDITORIAL}/keys", MANAGE),
    "get_key": Row(f"{EDITORIAL}/keys/aaaaaaaaaa", MANAGE),
    "revoke_api_key": Row(f"{EDITORIAL}/keys/aaaaaaaaaa", MANAGE),
    "rotate_api_key": Row(f"{EDITORIAL}/keys/aaaaaaaaaa/rotation", MANAGE, {}),
    "create_webhook": Row(f"{EDITORIAL}/webhooks", HOOKS, {}),
    "list_webhooks": Row(f"{EDITORIAL}/webhooks", HOOKS),
    "get_webhook": Row(f"{EDITORIAL}/webhooks/{ONE}", HOOKS),
    "edit_webhook": Row(f"{EDITORIAL}/webhooks/{ONE}", HOOKS, {}),
    "delete_webhook": Row(f"{EDITORIAL}/webhooks/{ONE}", HOOKS),
    "post_webhook_rotation": Row(f"{EDITORIAL}/webhooks/{ONE}/rotation", HOOKS, {}),
    "list_deliveries": Row(f"{EDITORIAL}/webhooks/{ONE}/deliveries", HOOKS),
    "replay_webhook": Row(f"{EDITORIAL}/webhooks/{ONE}/replay", HOOKS, {}),
    "ping_webhook": Row(f"{EDITORIAL}/webhooks/{ONE}/ping", HOOKS),
}
"""Every operation by its id; a new one needs a row."""
STORES_NOTHING = {"create_stream_token"}
"""Operations by POST for readers; like reading, they take a key only where reading does."""
OPEN_TO_NOBODY_ELSE = {"get_preview"}
"""Editorial operation without a key: its URL is the secret."""


@pytest.fixture(scope="module")
def by_name() -> dict[str, Operation]:
    """Return every operation in the app's document."""
    return {each.name: each for each in operations(api_document())}


def test_scope_table_covers_every_operation(by_name: dict[str, Operation]) -> None:
    assert by_name.keys() == ROWS.keys()


def test_openapi_document_names_the_scopes(by_name: dict[str, Operation]) -> None:
    for name, row in ROWS.items():
        named = [
            each[SCHEME]
            for each in by_name[name].spec.get("security", [])
            if each != {SCHEME: ["content:read"]}
            if each
        ]
        assert named == [[scope.value] for scope in row.scopes], name
        is_editorial = by_name[name].path.startswith(EDITORIAL)
        assert bool(row.scopes) is (is_editorial and name not in OPEN_TO_NOBODY_ELSE)
        assert row.scopes or by_name[name].method == "get" or name in STORES_NOTHING, "whatever writes takes a key"


async def send_request(client: httpx.AsyncClient, operation: Operation, token: str | None) -> httpx.Response:
    """Send the operation with a token (None: without one)."""
    row = ROWS[operation.name]
    headers = {**row.headers, **({} if token is None else {"authorization": token})}
    brought: dict[str, Any] = {} if row.body is None else {"json": row.body}
    return await client.request(operation.method.upper(), row.address, headers=headers, **brought)


async def bad_tokens(make_key: MakeKey, database: Database) -> dict[str, str]:
    """Return tokens with every scope, none of which is valid."""
    everything = tuple(ApiKeyScope)
    good, expired, revoked = [await make_key(*everything, **members) for members in ({}, ENDING, {})]
    await database.write(
        lambda connection: connection.exec_driver_sql(
            f"UPDATE api_keys SET revoked_at = {NOW} WHERE prefix = '{revoked[3:13]}'"  # noqa: S608 - our own
        )
    )
    return {
        "malformed": "Bearer dl_nonsense",
        "empty": "Bearer ",
        "of another scheme": f"Basic {good}",
        "without a scheme": good,
        "forged": f"Bearer {make_token(good[3:13])}",
        "never given out": f"Bearer {make_token('aaaaaaaaaa')}",
        "expired": f"Bearer {expired}",
        "revoked": f"Bearer {revoked}",
    }


ENDING = {"expires_at": "2026-11-20T12:30:00Z"}


async def test_editorial_operations_require_a_valid_key(
    client: httpx.AsyncClient, make_key: MakeKey, database: Database, by_name: dict[str, Operation], store: Store
) -> None:
    await store(edition(), article(None, id=ONE, source_id="one", headline="One"))
    tokens: dict[str, str | None] = {"none": None, **await bad_tokens(make_key, database)}
    with clock.frozen(NOW + HOUR_US):
        for operation in by_name.values():
            is_open = not ROWS[operation.name].scopes
            expected = [(await send_request(client, operation, None)).status_code] * len(tokens) if is_open else []
            responses = [await send_request(client, operation, token) for token in tokens.values()]
            if is_open:
                assert [each.status_code for each in responses] == expected, "a public address asks nobody"
                continue
            for kind, response in zip(tokens, responses, strict=True):
                check_problem(response, "unauthenticated")
                challenge = "Bearer" if kind == "none" else 'Bearer error="invalid_token"'
                assert response.headers["www-authenticate"] == challenge, (operation.name, kind)
                assert response.headers["cache-control"] == "private, no-store"


async def test_editorial_operations_accept_their_scopes_only(
    client: httpx.AsyncClient, make_key: MakeKey, by_name: dict[str, Operation], store: Store
) -> None:
    await store(edition())
    right = {scope: await make_key(scope) for scope in ApiKeyScope}
    others = {row.scopes: await make_key(*(set(ApiKeyScope) - set(row.scopes))) for row in ROWS.values() if row.scopes}
    for name, row in ROWS.items():
        if not row.scopes:
            continue
        response = await send_request(client, by_name[name], f"Bearer {others[row.scopes]}")
        check_problem(response, "forbidden")
        wanted = " ".join(row.scopes)
        assert response.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{wanted}"', name
    for name, row in ROWS.items():
        for scope in row.scopes:
            response = await send_request(client, by_name[name], f"bearer {right[scope]}")
            assert response.status_code in {200, 201, 403, 404, 409, 422}, name
            # A key that may only publish creates no drafts; the body decides that, not the path.
            assert (response.status_code == 403) is (scope is PUBLISH and name in {"create_article", "push_article"})


async def test_body_is_not_read_before_authentication(client: httpx.AsyncClient, by_name: dict[str, Operation]) -> None:
    for name, row in ROWS.items():
        if row.body is None:
            continue
        method = by_name[name].method.upper()
        response = await client.request(method, row.address, content=b"{torn", headers={"content-type": "text/plain"})
        check_problem(response, "unauthenticated")


async def test_keyed_reading_covers_every_content_path(
    database_address: str, make_key: MakeKey, by_name: dict[str, Operation], frozen_clock: int, store: Store
) -> None:
    assert frozen_clock == NOW
    await store(edition(), article(None, id=ONE, source_id="one", headline="One"))
    reader = await make_key(ApiKeyScope.CONTENT_READ)
    others = await make_key(*(each for each in ApiKeyScope if each is not ApiKeyScope.CONTENT_READ))
    async with running(create_app(Settings(database_url=database_address, read_access=ReadAccess.API_KEY))) as client:
        for name in ADDRESSES:
            assert (await send_request(client, by_name[name], None)).status_code == 401
            assert (await client.get(ROWS[name].address, headers=as_key(others))).status_code == 403
            response = await client.get(ROWS[name].address, headers=as_key(reader))
            assert response.status_code in {200, 404}, name
            assert "private" in response.headers["cache-control"]
