"""WebSub discovery: feeds name the hub, and the URL that they are announced by, in body and header fields."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.public.reading_feeds import SUBSCRIBED, fetch, link
from tests.conftest import Store, running
from tests.records import article, author, edition, section, tag

HUB = "https://hub.example/?for=courier"
API = "https://api.courier.example"
TOPICS = ("", "?section=city", "?tag=fog", "?author=ada")
OTHERS = ("?limit=2", "?section=city&tag=fog", "?tag=fog&tag=city", "?label=opinion", "?tag=unknown", "?featured=true")


@pytest.fixture
async def announced(database_address: str, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an edition whose feeds are announced to a hub."""
    entries = (section("city", "City"), tag("fog", "Fog"), author("ada", "Ada"))
    await store(edition(), *entries, article(source_id="a", section="city", tags=["fog"], authors=["ada"]))
    settings = Settings(database_url=database_address, websub_hub=HUB, public_url=API, webhooks=False)
    async with running(create_app(settings)) as client:
        yield client


def hub_in(name: str, response: httpx.Response) -> str | None:
    """Return the hub that a feed names in its body."""
    if name == "feed.json":
        hubs = response.json().get("hubs", [])
        assert all(hub["type"] == "WebSub" for hub in hubs)
        return hubs[0]["url"] if hubs else None
    return link(response, "hub")


@pytest.mark.parametrize("name", SUBSCRIBED)
async def test_feeds_of_editions_and_entries_name_the_hub(announced: httpx.AsyncClient, name: str) -> None:
    for query in TOPICS:
        response = await fetch(announced, f"/feeds/global/{name}{query}")
        topic = f"{API}/feeds/global/{name}{query}"
        assert response.headers["link"] == f'<{topic}>; rel="self", <{HUB}>; rel="hub"'
        assert topic in response.text.replace("&amp;", "&")
        if name != "ninjs.json":  # which has no place for it
            assert hub_in(name, response) == HUB
    tracked = await fetch(announced, f"/feeds/global/{name}?utm_source=x")
    assert f'<{API}/feeds/global/{name}>; rel="self"' in tracked.headers["link"]


@pytest.mark.parametrize("name", SUBSCRIBED)
async def test_feeds_that_are_not_announced_name_no_hub(announced: httpx.AsyncClient, name: str) -> None:
    for query in OTHERS:
        if name == "atom.xml" and "limit" in query:
            continue
        response = await fetch(announced, f"/feeds/global/{name}{query}")
        assert "hub.example" not in response.text + response.headers.get("link", "")
    archive = await fetch(announced, "/feeds/global/atom/2026-11-18.xml")
    assert "hub.example" not in archive.text + archive.headers.get("link", "")


async def test_feeds_name_no_hub_by_default(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article(source_id="a"))
    for name in SUBSCRIBED:
        response = await fetch(client, f"/feeds/global/{name}")
        assert "link" not in response.headers
        assert '"hub' not in response.text


@pytest.mark.parametrize("value", ["hub.example", "ftp://hub.example", "https://user:secret@hub.example/"])
def test_invalid_hub_is_rejected(value: str) -> None:
    with pytest.raises(ValueError, match="websub_hub"):
        Settings(websub_hub=value)


def test_hub_is_not_named_where_reading_takes_a_key() -> None:
    assert Settings(websub_hub=HUB).hub_href == HUB
    assert Settings(websub_hub="").hub_href is None
    assert Settings.model_validate({"websub_hub": HUB, "read_access": "api-key"}).hub_href is None
