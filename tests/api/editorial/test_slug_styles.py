"""Slugs in ASCII, in any script, and of headlines that cannot be romanised reliably."""

from urllib.parse import quote

import pytest

from tests.api.editorial.editor_client import Desk, wrong

TODAY = "2026-11-20T10:00:00Z"
LATE = "2026-11-19T22:30:00Z"
"""The 20th in Kyiv, the 19th in UTC."""


async def test_headline_without_romanisation_is_numbered_by_section_and_day(desk: Desk) -> None:
    made = [
        (await desk.make(headline="東京で地震", published_at=TODAY, section=section))["slug"]
        for section in (None, "city", "city", None)
    ]
    assert made == ["article-20261120-1", "city-20261120-1", "city-20261120-2", "article-20261120-2"]
    assert (await desk.make(headline="😀", published_at=LATE))["slug"] == "article-20261120-3"
    await desk.make(headline="Given", slug="article-20261120-7")
    assert (await desk.make(headline="北京"))["slug"] == "article-20261120-8"


async def test_number_of_a_former_slug_is_not_used_again(desk: Desk) -> None:
    first = await desk.make(headline="東京", published_at=TODAY)
    await desk.edit(first, {"slug": "tokyo"})
    assert (await desk.make(headline="大阪", published_at=TODAY))["slug"] == "article-20261120-2"


async def test_numbered_slug_of_a_draft_follows_a_headline_that_has_one(desk: Desk) -> None:
    draft = await desk.make(headline="東京")
    assert draft["slug"] == "article-20261120-1"
    assert (await desk.edit(draft, {"headline": "大阪"}))["slug"] == "article-20261120-1"
    assert (await desk.edit(await desk.read(draft), {"headline": "Osaka"}))["slug"] == "osaka"


async def test_slug_of_another_script_needs_the_setting(desk: Desk) -> None:
    for slug in ("київ", "%d0%ba%d0%b8%d1%97%d0%b2"):
        response = await desk.send("POST", "/articles", {"headline": "Kyiv", "slug": slug})
        assert "slug_style" in wrong(response)["slug"]


@pytest.mark.parametrize("slug", ["київ", "%d0%ba%d0%b8%d1%97%d0%b2", "%D0%BA%D0%B8%D1%97%D0%B2"])
async def test_unicode_slugs_are_given_in_either_form(desk: Desk, slug: str) -> None:
    await desk.done("PATCH", "/editions/global", {"slug_style": "unicode"})
    made = await desk.make(headline="Kyiv", slug=slug, published_at=TODAY)
    assert made["slug"] == "київ"
    assert made["url"] == f"https://courier.example/{quote('київ')}"
    for path in (quote("київ"), quote("київ").lower()):
        page = (await desk.client.get(f"/v1/articles/{path}")).json()
        assert (page["id"], page["slug"], page["url"]) == (made["id"], "київ", made["url"])
    for url in (made["url"], "https://courier.example/київ", made["url"].lower()):
        response = await desk.client.get("/v1/resolve", params={"url": url})
        assert (response.json()["id"], response.json()["current"]) == (made["id"], True)


async def test_unicode_slugs_are_made_from_headlines_and_redirect(desk: Desk) -> None:
    await desk.done("PATCH", "/editions/global", {"slug_style": "unicode"})
    made = await desk.make(headline="東京で地震", published_at=TODAY)
    assert made["slug"] == "東京で地震"
    second = await desk.make(headline="東京で地震", published_at=TODAY)
    assert second["slug"].startswith("東京で地震-")
    await desk.edit(made, {"slug": "стрічка"})
    response = await desk.client.get(f"/v1/articles/{quote('東京で地震')}?body=none")
    assert (response.status_code, response.headers["location"]) == (
        308,
        f"/v1/articles/{quote('стрічка')}?body=none",
    )
    await desk.done("PATCH", "/editions/global", {"slug_style": "ascii"})
    assert (await desk.edit(await desk.read(made), {"lead": "New."}))["slug"] == "стрічка"


async def test_feeds_and_sitemaps_encode_unicode_slugs(desk: Desk) -> None:
    await desk.done("PATCH", "/editions/global", {"slug_style": "unicode"})
    made = await desk.make(headline="東京", published_at=TODAY)
    for path in ("rss.xml", "atom.xml", "feed.json", "sitemap/2026-W47.xml"):
        text = (await desk.client.get(f"/feeds/global/{path}")).text
        assert made["url"] in text.replace("\\/", "/")
        assert "example/東京" not in text
