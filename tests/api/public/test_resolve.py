"""Present and past addresses of articles lead to them, whatever changed since."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from sqlalchemy.exc import IntegrityError

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.editing import edit_entry
from app.db.database import Database, open_database
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, format_instant
from app.domain.list_filter import Facet
from app.errors import InvalidInputError
from app.models.article_links import article_addresses
from tests.conftest import NOW, Store, opened
from tests.importers.conftest import export_bytes, import_bytes
from tests.records import article, edition, section
from tests.statements import counted

SITE = "https://courier.example"
DATED = "{site_url}/{year}/{month}/{day}/{section}/{slug}"
LATE = "2026-11-01T22:30:00Z"
"""The second of November in Kyiv, the first in UTC."""


async def resolve(client: httpx.AsyncClient, url: str, **params: str) -> httpx.Response:
    return await client.get("/v1/resolve", params={"url": url, **params})


async def publish_later(database: Database, **members: str) -> None:
    """Store an article that is published half a minute after the others."""
    at = NOW + 30 * SECOND_US
    await database.write(upsert_articles, [article(format_instant(at, UTC), **members)], now=at)


async def rename_section(database: Database, slug: str, name: str) -> None:
    """Give a section another slug."""
    patch, expected, actor = {"slug": name}, None, "command"
    await database.write(edit_entry, Facet.SECTION, slug, patch, expected=expected, now=NOW, actor=actor)


async def found(client: httpx.AsyncClient, *urls: str) -> list[tuple[str, bool] | int]:
    """Return the slug and whether the address is the present one, or the status, for each address."""
    responses = [await resolve(client, url) for url in urls]
    return [
        (each.json()["slug"], each.json()["current"]) if each.status_code == 200 else each.status_code
        for each in responses
    ]


@pytest.mark.parametrize(
    ("template", "url"),
    [
        (None, f"{SITE}/tram"),
        ("{site_url}/{year}/{month}/{slug}", f"{SITE}/2026/11/tram"),
        (DATED, f"{SITE}/2026/11/02/city/tram"),
        ("{site_url}/{section}-{slug}.html", f"{SITE}/city-tram.html"),
        ("https://{section}.courier.example/{slug}/", "https://city.courier.example/tram/"),
        ("{site_url}/?p={id}", f"{SITE}/?p=0s9et2dg0bgsr"),
        ("{site_url}/{slug}-{id}", f"{SITE}/tram-0s9et2dg0bgsr"),
        ("{site_url}/{slug}/{slug}", f"{SITE}/tram/tram"),
    ],
)
async def test_url_of_every_template_is_resolved(
    client: httpx.AsyncClient, store: Store, template: str | None, url: str
) -> None:
    tram = article(LATE, id="0s9et2dg0bgsr", source_id="t", slug="tram", section="city")
    await store(edition(article_url=template), section("city", "City"), tram)
    item = (await client.get("/v1/timeline")).json()["days"][0]["items"][0]
    assert item["url"] == url
    response = await resolve(client, url)
    assert response.json() == {
        "type": "article",
        "id": item["id"],
        "href": item["href"],
        "url": url,
        "slug": "tram",
        "edition": "global",
        "current": True,
    }
    assert "max-age" in response.headers["cache-control"]
    same = await client.get("/v1/resolve", params={"url": url}, headers={"if-none-match": response.headers["etag"]})
    assert same.status_code == 304
    path = url.removeprefix(SITE)
    if path != url:
        assert (
            await found(client, path, url.replace("https:", "http:"), url.upper()[:24] + url[24:])
            == [("tram", True)] * 3
        )
    for wrong in (f"{url}x", url.replace(".example/", ".example/x"), url.replace("/tram", "/trams")):
        assert wrong == url or await found(client, wrong) == [404]


async def test_article_without_section_has_the_fallback(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(article_url="{site_url}/{section}/{slug}"), article(slug="a", source_id="a"))
    await store(edition(article_url="{site_url}/{section}/{slug}", section_fallback="misc"))
    shown = (await client.get("/v1/articles/a")).json()
    assert shown["url"] == f"{SITE}/misc/a"
    assert await found(client, f"{SITE}/misc/a", f"{SITE}/news/a", f"{SITE}/city/a") == [("a", True), ("a", False), 404]


async def test_former_urls_are_resolved_after_every_change(client: httpx.AsyncClient, store: Store) -> None:
    def tram(**members: Any) -> Any:
        return article(LATE, source_id="t", **members)

    await store(edition(article_url=DATED), tram(slug="tram", section="city"))
    urls = [f"{SITE}/2026/11/02/city/tram"]
    await store(tram(slug="night-tram", section="city"))
    urls.append(f"{SITE}/2026/11/02/city/night-tram")
    await store(tram(slug="night-tram", section="life"))
    urls.append(f"{SITE}/2026/11/02/life/night-tram")
    await store(edition(article_url=DATED, timezone="UTC"))
    urls.append(f"{SITE}/2026/11/01/life/night-tram")
    await store(tram(slug="night-tram"))
    urls.append(f"{SITE}/2026/11/01/news/night-tram")
    await store(edition(article_url=DATED, timezone="UTC", section_fallback="other"))
    urls.append(f"{SITE}/2026/11/01/other/night-tram")
    await store(edition(article_url="{site_url}/a/{slug}", timezone="UTC"))
    urls.append(f"{SITE}/a/night-tram")
    await store(edition(article_url="{site_url}/a/{slug}", site_url="https://new.example", timezone="UTC"))
    urls.append("https://new.example/a/night-tram")
    await store(tram(slug="last"))
    expected = [("last", False)] * len(urls)
    assert await found(client, *urls) == expected
    assert await found(client, "https://new.example/a/last") == [("last", True)]
    assert await found(client, *(each.removeprefix(SITE) for each in urls)) == expected
    assert (
        await found(client, f"{SITE}/2026/11/02/city/last", f"{SITE}/b/last", f"{SITE}/2026/11/03/city/tram")
        == [404] * 3
    )


async def test_former_template_leads_to_no_later_article(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    await store(edition(article_url="{site_url}/old/{slug}"), article("2026-11-01T10:00:00Z", slug="a"))
    await store(edition(article_url="{site_url}/new/{slug}"))
    await publish_later(database, slug="b")
    assert await found(client, f"{SITE}/old/a", f"{SITE}/new/a") == [("a", False), ("a", True)]
    assert await found(client, f"{SITE}/old/b", f"{SITE}/new/b") == [404, ("b", True)]


async def test_reused_address_leads_to_the_present_article(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article(source_id="a", slug="tram"))
    assert await found(client, f"{SITE}/tram") == [("tram", True)]
    await store(article(source_id="a", slug="night-tram"))
    assert await found(client, f"{SITE}/tram") == [("night-tram", False)]
    await store(article(source_id="b", slug="tram"))
    assert (await resolve(client, f"{SITE}/tram")).json()["current"]
    await store(article(source_id="b", slug="other"))
    assert [slug for slug, _ in await found(client, f"{SITE}/tram")] == ["night-tram"]  # type: ignore[misc]


async def test_aliases_are_resolved_as_paths_and_urls(client: httpx.AsyncClient, store: Store) -> None:
    aliases = ["/?p=12", "/2019/05/%d1%82%d1%80%d0%b0%d0%bc.html", "http://old.example/tram", "/x?b=1&a=2"]
    await store(edition(), article(source_id="a", slug="tram", aliases=aliases))
    assert (
        await found(
            client,
            "/?p=12",
            f"{SITE}/?p=12",
            "/2019/05/трам.html",
            f"{SITE}/2019/05/%D1%82%D1%80%D0%B0%D0%BC.html#top",
            "https://old.example/tram",
            "/x?b=1&a=2",
        )
        == [("tram", False)] * 6
    )
    assert await found(client, "/x?a=2&b=1", "https://old.example/?p=12", "/2019/05/трам.html/") == [404] * 3
    await store(article(source_id="a", slug="tram"))
    assert await found(client, "/?p=12") == [("tram", False)]
    await store(article(source_id="a", slug="tram", aliases=["/y"]))
    assert await found(client, "/?p=12", "/y") == [404, ("tram", False)]


async def test_alias_belongs_to_one_article_of_an_edition(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), edition("ua", default=False, site_url="https://ua.example"))
    await store(article(source_id="a", aliases=["http://old.example/1"]))
    for taken in (["https://old.example/1"], ["/2", "http://OLD.example:80/1#x"]):
        with pytest.raises(InvalidInputError, match=r"aliases: .https?://old\.example/1. is an address of the article"):
            await store(article(source_id="b", aliases=taken))
    with pytest.raises(InvalidInputError, match="aliases"):
        await store(article(source_id="c", aliases=["/3"]), article(source_id="d", aliases=["/3"]))
    await store(article(source_id="e", edition="ua", slug="e", aliases=["http://old.example/1"]))
    assert (await resolve(client, "http://old.example/1", edition="ua")).json()["slug"] == "e"


async def test_database_refuses_an_address_twice(database: Database, store: Store) -> None:
    stored = await store(edition(), article(source_id="a", aliases=["/1"]))
    row = {"edition_id": 1, "article_id": stored.ids[0], "address": "/1", "until": None}
    with pytest.raises(IntegrityError):
        await database.write(
            lambda connection: [
                connection.execute(article_addresses.insert(), {**row, "digest": b"x" * 16}) for _ in range(2)
            ]
        )


async def test_withdrawn_article_is_410_and_a_draft_404(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article(None, slug="draft", aliases=["/d"]), article("2026-12-24T10:00:00Z", slug="later"))
    notice = {"reason": "x", "notice": "The figures were wrong."}
    await store(article(source_id="a", slug="tram", aliases=["/1"]))
    assert await found(client, f"{SITE}/tram") == [("tram", True)]
    await store(article(source_id="a", slug="night-tram", status="withdrawn", withdrawal=notice))
    for url in (f"{SITE}/tram", f"{SITE}/night-tram", "/1"):
        response = await resolve(client, url)
        assert (response.status_code, response.json()["notice"]) == (410, notice["notice"])
        assert "tram" not in response.text.replace(quote(url, safe=""), "").replace(url, "")
    assert await found(client, f"{SITE}/draft", "/d", f"{SITE}/later") == [404] * 3


async def test_urls_are_searched_in_every_edition_and_paths_in_one(client: httpx.AsyncClient, store: Store) -> None:
    ua = edition("ua", default=False, site_url=f"{SITE}/ua")
    await store(edition(), ua, article(slug="a"), article(edition="ua", slug="b"))
    assert await found(client, f"{SITE}/ua/b", "/ua/b") == [("b", True), 404]
    assert (await resolve(client, "/ua/b", edition="ua")).json()["edition"] == "ua"
    assert (await resolve(client, f"{SITE}/ua/b", edition="global")).status_code == 404
    assert (await resolve(client, "/a", edition="none")).status_code == 404


@pytest.mark.parametrize("url", ["", "tram", "//courier.example/a", "ftp://courier.example/a", "/a b", "https://"])
async def test_invalid_address_is_rejected(client: httpx.AsyncClient, store: Store, url: str) -> None:
    await store(edition())
    response = await resolve(client, url)
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == "url"


async def test_number_of_statements_is_bounded(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(article_url=DATED), article(slug="a", source_id="a", section="city"))
    for template in ("{site_url}/1/{slug}", "{site_url}/2/{slug}", "{site_url}/3/{slug}"):
        await store(edition(article_url=template))
    await resolve(client, "/")
    for url, most in ((f"{SITE}/3/a", 2), (f"{SITE}/2/a", 4), (f"{SITE}/3/b", 4), (f"{SITE}/2026/11/20/city/a", 4)):
        with counted() as statements:
            await resolve(client, url)
        assert len([each for each in statements if "FROM changes" not in each]) == most, (url, statements)


async def test_url_of_a_section_whose_slug_another_section_took_is_resolved(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    await store(edition(article_url="{site_url}/{section}/{slug}"), section("world", "World"))
    await store(article(LATE, source_id="fog", slug="fog", section="world"))
    await rename_section(database, "world", "globe")
    await store(section("world", "World news"))
    await publish_later(database, slug="later", section="globe")
    former, present = f"{SITE}/world/fog", f"{SITE}/globe/fog"
    assert await found(client, former, present) == [("fog", False), ("fog", True)]
    assert await found(client, f"{SITE}/world/later") == [404], "published after the section lost the slug"
    await store(article(LATE, source_id="fog", slug="fog-lifts", section="world"))
    assert await found(client, former, present) == [("fog-lifts", False)] * 2
    await rename_section(database, "globe", "earth")
    await store(section("globe", "Globe"))
    assert await found(client, former, present) == [("fog-lifts", False)] * 2


@pytest.mark.usefixtures("frozen_clock")
async def test_taken_section_slug_survives_export_and_import(
    store: Store, database: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    await store(edition(article_url="{site_url}/{section}/{slug}"), section("world", "World"))
    await store(article(LATE, source_id="fog", slug="fog", section="world"))
    await rename_section(database, "world", "globe")
    await store(edition(article_url="{site_url}/n/{section}/{slug}"), section("world", "World news"))
    exported = await database.read_in_thread(export_bytes)
    [line] = [each for each in map(orjson.loads, exported.splitlines()) if each["kind"] == "article"]
    assert [each["url"] for each in line["former_urls"]] == [f"{SITE}/n/world/fog", f"{SITE}/world/fog"]
    copy = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'copy.db')}"
    other = open_database(copy)
    assert (await import_bytes(other, exported)).errors == []
    assert await other.read_in_thread(export_bytes) == exported
    await other.close()
    async with opened(copy) as client:
        assert await found(client, f"{SITE}/world/fog", f"{SITE}/n/world/fog") == [("fog", False)] * 2
