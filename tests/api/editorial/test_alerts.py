"""Alerts: an article is announced once, when it is first public with `alert`."""

from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Connection, select

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.domain.instant import MINUTE_US
from app.models.change import changes
from tests.api.conftest import MakeKey, as_key
from tests.conftest import NOW, Store
from tests.importers.conftest import export_bytes, import_bytes
from tests.importers.lines import article_line, pack
from tests.invariants import check_invariants
from tests.records import article

pytestmark = pytest.mark.usefixtures("edition_kyiv", "frozen_clock")


def logged_types(connection: Connection) -> list[str]:
    """Return the types of changes of articles, oldest first."""
    rows = connection.scalars(select(changes.c.type).where(changes.c.article_id.is_not(None)).order_by(changes.c.seq))
    return list(rows)


@pytest.fixture
async def chief(make_key: MakeKey) -> dict[str, str]:
    """Headers of an editor who may publish."""
    return as_key(await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH))


async def test_alert_is_logged_once_before_the_publication(
    database: Database, client: httpx.AsyncClient, chief: dict[str, str]
) -> None:
    async def done(method: str, path: str, given: Any = None) -> Any:
        response = await client.request(method, path, json=given, headers={**chief, "if-match": "*"})
        assert response.is_success, response.text
        return response.json()

    made = await client.post("/v1/editorial/articles", json={"headline": "Flood", "alert": True}, headers=chief)
    here = made.json()["href"]
    await done("PUT", f"{here}/publication", {})
    assert await database.read(logged_types) == ["article.alert", "article.published"]
    page = (await client.get(f"/v1/articles/{made.json()['id']}")).json()
    assert page["alert"] is True
    await done("PATCH", here, {"headline": "Flood in the harbour"})
    await done("PUT", f"{here}/bump", {"at": "2026-11-20T11:00:00Z"})
    await done("PATCH", here, {"alert": False})
    await done("PATCH", here, {"alert": True})
    await done("PUT", f"{here}/withdrawal", {})
    await done("DELETE", f"{here}/withdrawal")
    assert (await database.read(logged_types)).count("article.alert") == 1
    items = (await client.get("/v1/changes?since=0")).json()["items"]
    alerts = [(each["type"], each["article"]["headline"]) for each in items if each["type"] == "article.alert"]
    assert alerts == [("article.alert", "Flood in the harbour")]
    await database.read(check_invariants)


async def test_alert_of_a_public_article_is_logged_with_the_edit_that_sets_it(
    database: Database, client: httpx.AsyncClient, chief: dict[str, str]
) -> None:
    given = {"headline": "Flood", "published_at": "2026-11-20T10:00:00Z"}
    made = (await client.post("/v1/editorial/articles", json=given, headers=chief)).json()
    edited = await client.patch(made["href"], json={"alert": True}, headers={**chief, "if-match": "*"})
    assert edited.json()["alert"] is True
    assert await database.read(logged_types) == ["article.published", "article.alert", "article.updated"]
    await database.read(check_invariants)


async def test_scheduled_alert_is_logged_when_it_is_published(
    database: Database, client: httpx.AsyncClient, chief: dict[str, str]
) -> None:
    given = {"headline": "Flood", "published_at": "2026-11-20T12:01:00Z", "alert": True}
    assert (await client.post("/v1/editorial/articles", json=given, headers=chief)).status_code == 201
    assert await database.read(logged_types) == []
    with clock.frozen(NOW + MINUTE_US):
        assert await database.write(apply_due_transitions, now=NOW + MINUTE_US, most=10) == 1
    assert await database.read(logged_types) == ["article.alert", "article.published"]
    await database.read(check_invariants)


async def test_import_announces_nothing_and_later_edits_neither(
    database: Database, client: httpx.AsyncClient, store: Store, chief: dict[str, str]
) -> None:
    await store(article(source_id="one", slug="one", alert=True))
    exported = await database.read_in_thread(export_bytes)
    assert orjson.loads(exported.splitlines()[-1])["alert"] is True
    assert (await import_bytes(database, exported)).outcomes == {"unchanged": 1}
    article_id = (await client.get("/v1/articles/one")).json()["id"]
    headers = {**chief, "if-match": "*"}
    await client.patch(f"/v1/editorial/articles/{article_id}", json={"headline": "Flood"}, headers=headers)
    assert await database.read(logged_types) == ["article.published", "article.updated"]
    await database.read(check_invariants)


@pytest.mark.parametrize(
    ("members", "announces"),
    [
        ({"status": "withdrawn"}, False),
        ({"expires_at": "2026-11-20T11:00:00Z"}, False),
        ({"status": "published", "published_at": "2026-11-20T12:00:30Z"}, False),
        ({"status": "scheduled", "published_at": "2026-11-20T12:01:00Z"}, True),
        ({"status": "draft"}, True),
    ],
)
async def test_imported_alert_is_logged_later_only_if_the_article_was_never_public(
    database: Database, client: httpx.AsyncClient, chief: dict[str, str], members: dict[str, str], *, announces: bool
) -> None:
    line = article_line("a", alert=True, **{"published_at": "2026-11-20T10:00:00Z", **members})
    assert (await import_bytes(database, pack(line))).outcomes == {"created": 1}
    headers = {**chief, "if-match": "*"}
    with clock.frozen(NOW + MINUTE_US):
        await database.write(apply_due_transitions, now=clock.now(), most=10)
        found = await client.get("/v1/editorial/articles?source_id=a", headers=chief)
        here, status = (found.json()["items"][0][name] for name in ("href", "status"))
        if status == "withdrawn":
            await client.patch(here, json={"expires_at": None}, headers=headers)
            assert (await client.delete(f"{here}/withdrawal", headers=headers)).is_success
        elif status == "draft":
            assert (await client.put(f"{here}/publication", json={}, headers=headers)).is_success
        assert (await client.get(found.json()["items"][0]["href"], headers=chief)).json()["status"] == "published"
    assert ("article.alert" in await database.read(logged_types)) is announces
    await database.read(check_invariants)
