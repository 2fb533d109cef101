"""Hosts with letters beyond ASCII: the spelling of browsers in every format, or 422 on input."""

from typing import Any

import httpx
import pytest

from app.domain.api_key import ApiKeyScope
from tests.api.conftest import MakeKey, as_key
from tests.conftest import Store
from tests.records import article, edition

HOST = "xn--strae-oqa.example"
IMAGE: dict[str, Any] = {
    "url": "https://bilder.straße.example/foto[1].jpg",
    "alt": "A street",
    "width": 800,
    "height": 600,
    "renditions": [
        {"url": "https://bilder.straße.example/foto[2].webp", "width": 400, "height": 300, "type": "image/webp"}
    ],
}
ARTICLE: dict[str, Any] = {
    "source_id": "a",
    "slug": "closed",
    "source": {"name": "Office", "url": "https://amt.straße.example/meldung[1]"},
    "image": IMAGE,
    "rights": {"licence_url": "https://straße.example/lizenz{1}"},
    "body": [
        {"type": "image", "image": IMAGE},
        {"type": "embed", "url": "https://video.straße.example/v[1]", "provider": "Video"},
        {"type": "paragraph", "html": "Closed."},
    ],
}
PUBLIC = (
    *("/v1/timeline", *(f"/v1/articles?body={form}" for form in ("blocks", "rich", "html", "text"))),
    *(
        "/v1/articles/closed",
        "/v1/articles/closed?body=html",
        "/v1/articles/closed/json-ld",
        "/v1/articles/closed/ninjs",
    ),
    *("/v1/changes", "/v1/export?body=blocks", "/v1/editions", "/v1/editions/global"),
    *("/feeds/global/rss.xml", "/feeds/global/atom.xml", "/feeds/global/feed.json", "/feeds/global/ninjs.json"),
    *("/feeds/global/news-sitemap.xml", "/feeds/global/sitemap.xml", "/feeds/global/sitemap/2026-W47.xml"),
)
INVALID = ("-ü.example", "ü..example", "\u200dü.example", "\u2100.example")


@pytest.mark.parametrize("template", [None, "https://straße.example/{slug}", "https://{slug}.straße.example/нове/"])
async def test_every_format_writes_hosts_by_uts_46(
    client: httpx.AsyncClient, store: Store, template: str | None
) -> None:
    site = edition(site_url="https://straße.example/нове", article_url=template, feed_content="full")
    await store(site, article(**ARTICLE))
    for address in PUBLIC:
        response = await client.get(address)
        assert response.status_code == 200, address
        text = response.text
        assert HOST in text, address
        assert "straße" not in text, address
        assert "strasse" not in text, address
        assert not any(f"{mark}1" in text or f"{mark}2" in text for mark in "[{"), address


async def test_one_article_has_one_url_in_every_format(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(site_url="https://straße.example/нове"), article(**ARTICLE))
    url = f"https://{HOST}/%D0%BD%D0%BE%D0%B2%D0%B5/closed"
    assert (await client.get("/v1/articles/closed")).json()["url"] == url
    assert (await client.get("/v1/timeline")).json()["days"][0]["items"][0]["url"] == url
    for address in PUBLIC[13:18]:
        assert url in (await client.get(address)).text, address


@pytest.mark.parametrize("host", INVALID)
async def test_invalid_international_host_is_rejected(
    client: httpx.AsyncClient, store: Store, make_key: MakeKey, host: str
) -> None:
    await store(edition())
    key = as_key(await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.CATALOGUE_WRITE, ApiKeyScope.WEBHOOKS_MANAGE))
    url = f"https://{host}/x"
    for path, body, where in (
        ("articles", {"headline": "A", "source": {"name": "S", "url": url}}, "source.url"),
        ("articles", {"headline": "A", "image": {"url": url, "alt": ""}}, "image.url"),
        ("articles", {"headline": "A", "body": [{"type": "embed", "url": url, "provider": "V"}]}, "body.0.url"),
        ("editions", {"slug": "b", "name": "B", "language": "de", "timezone": "UTC", "site_url": url}, "site_url"),
        ("webhooks", {"url": url}, "url"),
    ):
        response = await client.post(f"/v1/editorial/{path}", json=body, headers=key)
        assert response.status_code == 422, path
        assert [error["where"] for error in response.json()["errors"]] == [where]
