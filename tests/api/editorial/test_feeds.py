"""Feeds after edits: stable names and dates, and withdrawals that reach readers."""

import re
from typing import Any

import httpx
import orjson

from app import clock
from app.domain.instant import DAY_US, parse_instant
from app.syndication.feed_document import urn_for
from tests.api.editorial.editor_client import NOTICE, TODAY, YESTERDAY, Desk
from tests.api.public.reading_feeds import SUBSCRIBED, fetch, ids_in, locations
from tests.conftest import NOW

FEEDS = tuple(f"/feeds/global/{name}" for name in SUBSCRIBED)
MAPS = ("/feeds/global/news-sitemap.xml", "/feeds/global/sitemap/2026-W47.xml")
HOME = "https://courier.example/"  # listed where a sitemap has no article
FORMS = ("json-ld", "ninjs")
BODY = [{"type": "paragraph", "html": "Nobody swims at dawn."}]


async def item_of(client: httpx.AsyncClient, article_id: str) -> dict[str, Any]:
    """Return the article's item in the JSON Feed."""
    items = (await fetch(client, "/feeds/global/feed.json")).json()["items"]
    found: dict[str, Any] = next(item for item in items if item["id"] == urn_for(article_id))
    return found


async def test_feed_entry_id_is_stable(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TODAY, body=BODY)
    for patch in ({"slug": "quite-another"}, {"headline": "Quite another"}, None, {"lead": "More."}):
        if patch is None:
            await desk.done("PUT", f"/articles/{made['id']}/bump", {})
        else:
            await desk.edit(made, patch)
        for address in FEEDS:
            assert ids_in(await fetch(desk.client, address)) == [urn_for(made["id"])], (address, patch)
    await desk.restore(await desk.withdraw(made))
    for address in FEEDS:
        assert ids_in(await fetch(desk.client, address)) == [urn_for(made["id"])], address
    assert locations(await fetch(desk.client, MAPS[0])) == ["https://courier.example/quite-another"]


async def test_feed_date_changes_with_a_bump_only(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=YESTERDAY, body=BODY)
    before = await item_of(desk.client, made["id"])
    with clock.frozen(NOW + 1_000_000):
        await desk.edit(made, {"headline": "Edited", "slug": "edited"})
        edited = await item_of(desk.client, made["id"])
    assert edited["title"] == "Edited"
    assert edited["date_published"] == before["date_published"]
    assert edited["date_modified"] > before["date_modified"]
    with clock.frozen(NOW + 2_000_000):
        await desk.done("PUT", f"/articles/{made['id']}/bump", {})
        bumped = await item_of(desk.client, made["id"])
    assert bumped["date_published"] > edited["date_published"]
    assert bumped["date_modified"] == bumped["date_published"]
    news = (await fetch(desk.client, "/v1/articles/edited/ninjs")).json()
    assert news["firstCreated"] == before["date_published"]


async def test_bump_does_not_return_an_article_to_the_news_sitemap(desk: Desk) -> None:
    recent = await desk.make(source_id="recent", slug="recent", published_at=YESTERDAY)
    old = await desk.make(source_id="old", slug="old", published_at="2026-11-10T10:00:00Z")
    for made in (old, recent):
        await desk.done("PUT", f"/articles/{made['id']}/bump", {})
    for address in FEEDS:
        assert len(ids_in(await fetch(desk.client, address))) == 2
    first = parse_instant(YESTERDAY)
    for instant, expected in ((NOW, ["recent"]), (first + 2 * DAY_US, ["recent"]), (first + 2 * DAY_US + 1, [])):
        with clock.frozen(instant):
            for _ in range(2):
                response = await fetch(desk.client, MAPS[0])
                assert locations(response) == ([f"{HOME}{slug}" for slug in expected] or [HOME])
                dates = re.findall("<news:publication_date>(.*?)<", response.text)
                assert [parse_instant(each) for each in dates] == [first] * len(expected)


async def test_withdrawn_article_leaves_every_feed_and_sitemap(desk: Desk) -> None:
    stays = await desk.make(source_id="stays", published_at=TODAY)
    goes = await desk.make(source_id="goes", slug="goes", lead="Swimmers.", published_at=TODAY, body=BODY)
    for address in (*FEEDS, *MAPS):
        await fetch(desk.client, address)
    for form in FORMS:
        await fetch(desk.client, f"/v1/articles/goes/{form}")
    await desk.withdraw(goes)
    for address in FEEDS:
        assert ids_in(await fetch(desk.client, address)) == [urn_for(stays["id"])], address
    for address in MAPS:
        assert locations(await fetch(desk.client, address)) == [f"https://courier.example/{stays['slug']}"], address
    for key in ("goes", goes["id"]):
        refused = await fetch(desk.client, f"/v1/articles/{key}/json-ld", 410)
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["notice"] == NOTICE["notice"]
        stub = await fetch(desk.client, f"/v1/articles/{key}/ninjs", 410)
        assert stub.headers["content-type"] == "application/json"
        assert stub.headers["cache-control"] == "no-cache"
        document = stub.json()
        assert (document["pubStatus"], document["edNote"], document["uri"]) == (
            "canceled",
            NOTICE["notice"],
            urn_for(goes["id"]),
        )
        for response in (refused, stub):
            assert not any(
                word in response.text for word in ("Story goes", "Swimmers", "Nobody swims", NOTICE["reason"])
            )
            assert (await desk.client.head(str(response.url))).status_code == 410
    await desk.restore(goes)
    assert (await fetch(desk.client, "/v1/articles/goes/ninjs")).json()["pubStatus"] == "usable"


async def test_day_without_public_articles_leaves_the_archives(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at="2026-11-02T10:00:00Z")
    assert len(ids_in(await fetch(desk.client, "/feeds/global/atom/2026-11-02.xml"))) == 1
    assert len(locations(await fetch(desk.client, "/feeds/global/sitemap.xml"))) == 1
    await desk.withdraw(made)
    assert ids_in(await fetch(desk.client, "/feeds/global/atom/2026-11-02.xml")) == []
    assert locations(await fetch(desk.client, "/feeds/global/sitemap.xml")) == [HOME]
    assert "prev-archive" not in (await fetch(desk.client, "/feeds/global/atom.xml")).text


async def test_former_slug_redirects_to_both_formats(desk: Desk) -> None:
    made = await desk.make(slug="before", published_at=TODAY)
    await desk.edit(made, {"slug": "after"})
    for form in FORMS:
        moved = await fetch(desk.client, f"/v1/articles/before/{form}?edition=global", 308)
        assert moved.headers["location"] == f"/v1/articles/after/{form}?edition=global"
        response = await fetch(desk.client, f"/v1/articles/after/{form}")
        assert moved.headers["cache-control"] == response.headers["cache-control"]
        await fetch(desk.client, f"/v1/articles/never/{form}", 404)


async def test_feed_content_can_be_edited_and_reset(desk: Desk) -> None:
    await desk.make(headline="One", lead="Two.", published_at=TODAY, body=BODY)
    expected = {"full": ("Two.", "dawn"), "headlines": (), "summary": ("Two.",), None: ("Two.",)}
    for content, words in expected.items():
        changed = await desk.done("PATCH", "/editions/global", {"feed_content": content}, if_match="*")
        assert changed["feed_content"] == (content or "summary")
        for address in FEEDS:
            text = (await fetch(desk.client, address)).text
            assert {word for word in ("Two.", "dawn") if word in text} == set(words), (address, content)
    repeated = await desk.done("PATCH", "/editions/global", {"feed_content": "full"}, if_match="*")
    assert (await desk.done("PATCH", "/editions/global", {"name": "X"}, if_match="*"))["feed_content"] == "full"
    assert repeated["revision"] > 1
    wrong = await desk.send("PATCH", "/editions/global", {"feed_content": "all"}, if_match="*")
    assert [each["where"] for each in wrong.json()["errors"]] == ["feed_content"]


async def test_scheduled_article_is_in_no_feed(desk: Desk) -> None:
    await desk.make(headline="Later", published_at="2026-11-21T10:00:00Z")
    await desk.make(headline="Never")
    for address in (*FEEDS, *MAPS):
        assert "Later" not in (response := await fetch(desk.client, address)).text
        assert "Never" not in response.text
    due = orjson.loads((await fetch(desk.client, FEEDS[1])).content)
    assert due["items"] == []
    with clock.frozen(NOW + 3 * DAY_US):  # no publication is due
        assert ids_in(await fetch(desk.client, "/feeds/global/atom/2026-11-21.xml")) == []
