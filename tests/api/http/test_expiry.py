"""Expiry of articles: withdrawn on time with the edition's notice, and the max-age of responses counts down to it."""

from typing import Any

import httpx
import pytest

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.actions.catalogue.entries import upsert_entry
from app.api.http.responses import PUBLIC
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.domain.instant import SECOND_US
from app.main import create_app
from app.queries.timeline.scheduled import list_due
from app.settings import Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.http.test_max_age import CHANGED, SAME, shown
from tests.conftest import NOW, Store, running
from tests.invariants import check_invariants
from tests.records import article, edition

END = NOW + 10 * SECOND_US
EXPIRES = "2026-11-20T12:00:10Z"
COUNTING = "public, max-age=10, stale-if-error=600"
NOTICE = "This offer has ended."
PAGES = (
    "/v1/articles/ending",
    "/v1/articles/ending/json-ld",
    "/v1/articles/ending/ninjs",
    "/v1/articles/ending/history",
    "/v1/articles/ending/related",
    "/v1/articles/pointer/json-ld",
    "/v1/articles/pointer/history",
    "/v1/timeline/2026-11-20?exclude=trams-return",
    "/v1/tags/sidings",
    "/v1/authors/nobody-else",
)
ENTRIES = {"/v1/tags", "/v1/authors", "/v1/tags/sidings", "/v1/authors/nobody-else"}
"""Collections that lose an entry that no other public article has, and these entries."""


@pytest.mark.usefixtures("frozen_clock", "newsroom")
async def test_max_age_counts_down_to_relevant_expiries(
    database: Database, database_address: str, store: Store
) -> None:
    ending = article(
        "2026-11-20T11:59:00Z",
        source_id="ending",
        slug="ending",
        label="exclusive",
        section="city",
        tags=["trams", "sidings"],
        authors=["iryna-dovhan", "nobody-else"],
        expires_at=EXPIRES,
    )
    await store(ending, article("2026-11-18T08:00:00Z", source_id="pointer", slug="pointer", related=["ending"]))
    app = create_app(Settings(database_url=database_address))
    async with running(app) as client:
        await app.state.services.scheduler.stop()
        identity = {"accept-encoding": "identity"}
        article_id = (await client.get("/v1/articles/ending")).json()["id"]
        cursors = {
            name: (await client.get(f"/v1/{name}?limit=1")).json()["next"]["cursor"]
            for name in ("timeline", "articles")
        }
        addresses = [each.format(id=article_id, **cursors) for each in (*CHANGED, *SAME, *PAGES)]
        before = {address: await client.get(address, headers=identity) for address in addresses}
        with clock.frozen(END):
            assert await database.write(apply_due_transitions, now=END, most=10) == 1
            after = {address: await client.get(address, headers=identity) for address in addresses}
    assert {response.status_code for response in before.values()} == {200}
    assert after["/v1/articles/ending"].status_code == 410
    changed = {address for address in addresses if shown(before[address]) != shown(after[address])}
    cache_control = {address: response.headers["cache-control"] for address, response in before.items()}
    assert {address for address in changed if cache_control[address] != COUNTING} == set()
    assert changed >= ENTRIES
    assert [after[address].status_code for address in PAGES[-2:]] == [404, 404]
    assert set(cache_control.values()) == {COUNTING, PUBLIC}
    for address in ("/v1/timeline?edition=ua", "/v1/timeline?author=oleh-raida", "/v1/editions", "/v1/sections/city"):
        assert cache_control[address] == PUBLIC
    await database.read(check_invariants)


@pytest.fixture
async def chief(make_key: MakeKey) -> dict[str, str]:
    """Headers of an editor who may publish."""
    return as_key(await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH))


async def withdraw_expired(database: Database, now: int) -> int:
    return await database.write(apply_due_transitions, now=now, most=10)


@pytest.mark.usefixtures("edition_kyiv")
async def test_expired_article_is_withdrawn_with_the_notice_of_its_edition(
    database: Database, client: httpx.AsyncClient, store: Store, chief: dict[str, str]
) -> None:
    await database.write(upsert_entry, edition(expiry_notice=NOTICE), now=NOW)
    await store(article("2026-11-20T11:00:00Z", source_id="one", slug="one", expires_at=EXPIRES))
    shown_before = (await client.get("/v1/articles/one")).json()
    assert shown_before["expires_at"] == "2026-11-20T14:00:10.000000+02:00"
    assert await database.read(list_due, now=END - 1, most=10) == []
    assert await withdraw_expired(database, END - 1) == 0
    with clock.frozen(END):
        assert len(await database.read(list_due, now=END, most=10)) == 1
        assert await withdraw_expired(database, END) == 1
        assert await withdraw_expired(database, END) == 0
        gone = await client.get("/v1/articles/one")
        assert (gone.status_code, gone.json()["notice"]) == (410, NOTICE)
        found = (await client.get(f"/v1/editorial/articles/{shown_before['id']}", headers=chief)).json()
    assert found["withdrawal"] == {"reason": "expired", "notice": NOTICE, "at": shown_before["expires_at"]}
    assert (found["status"], found["modified_by"]) == ("withdrawn", "schedule")
    await database.read(check_invariants)


@pytest.mark.usefixtures("edition_kyiv", "frozen_clock")
async def test_restoring_an_expired_article_takes_a_later_expiry_or_none(
    database: Database, client: httpx.AsyncClient, store: Store, chief: dict[str, str]
) -> None:
    await store(article("2026-11-20T11:00:00Z", source_id="one", slug="one", expires_at=EXPIRES))
    article_id = (await client.get("/v1/articles/one")).json()["id"]
    here = f"/v1/editorial/articles/{article_id}"
    with clock.frozen(END + 1):
        await withdraw_expired(database, END + 1)
        refused = await client.delete(f"{here}/withdrawal", headers=chief)
        assert refused.status_code == 409
        assert "2026-11-20T14:00:10.000000+02:00" in refused.json()["detail"]
        for expires_at in ("2026-11-20T13:00:00Z", None):
            headers = {**chief, "if-match": "*"}
            assert (await client.patch(here, json={"expires_at": expires_at}, headers=headers)).status_code == 200
            assert (await client.delete(f"{here}/withdrawal", headers=chief)).status_code == 200
            assert (await client.get("/v1/articles/one")).status_code == 200
            assert (await client.put(f"{here}/withdrawal", json={}, headers=chief)).status_code == 200
    await database.read(check_invariants)


@pytest.mark.usefixtures("edition_kyiv", "frozen_clock")
async def test_expiry_must_follow_the_publication_and_lie_ahead(
    client: httpx.AsyncClient, chief: dict[str, str]
) -> None:
    async def create(**members: Any) -> httpx.Response:
        return await client.post("/v1/editorial/articles", json={"headline": "Offer", **members}, headers=chief)

    for published_at, expires_at in (
        ("2026-11-20T11:00:00Z", "2026-11-20T11:30:00Z"),
        ("2026-11-20T11:00:00Z", "2026-11-20T11:00:00Z"),
        ("2026-11-21T11:00:00Z", "2026-11-21T10:00:00Z"),
    ):
        refused = await create(published_at=published_at, expires_at=expires_at)
        assert refused.status_code == 422, expires_at
        assert [each["where"] for each in refused.json()["errors"]] == ["expires_at"]
    draft = (await create(expires_at="2026-11-20T11:30:00Z")).json()
    published = await client.put(f"{draft['href']}/publication", json={}, headers=chief)
    assert published.status_code == 409
    scheduled = await client.put(f"{draft['href']}/publication", json={"at": "2026-11-20T13:00:00Z"}, headers=chief)
    assert scheduled.status_code == 409


@pytest.mark.usefixtures("edition_kyiv")
async def test_article_that_became_due_and_expired_is_never_public(database: Database, store: Store) -> None:
    await store(article("2026-11-20T12:00:05Z", source_id="one", slug="one", expires_at=EXPIRES))
    with clock.frozen(END + SECOND_US):
        assert await withdraw_expired(database, END + SECOND_US) == 1
        assert await withdraw_expired(database, END + SECOND_US) == 0
    await database.read(check_invariants)
