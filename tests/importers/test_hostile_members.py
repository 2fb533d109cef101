"""XSS vectors in the members of an article beside its text: text in every format, and no URL of another scheme."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.public.reading_feeds import fetch, ids_in
from tests.importers.conftest import ImportLines
from tests.importers.lines import article_line, edition_line
from tests.importers.test_hostile_markup import PICTURE, is_accepted, line_ends, on_one_line
from tests.syndication.standards import read_xml
from tests.syndication.test_hostile_text import Scripts
from tests.xss_vectors import BLOCK_TAGS, VECTORS, is_harmless

LINES = ("kicker", "subheadline", "short_headline", "byline")
FIELDS = ",".join((*LINES, "seo", "social", "canonical_url", "image"))
FEEDS = ("rss.xml", "atom.xml", "feed.json", "ninjs.json")
HTML_OF_FEEDS = {"description", "encoded", "content", "summary"}
EMBEDDED = BLOCK_TAGS | {"div"}
NOTE_FOR_EDITORS = "Only editors read this: "
"""Beginning of each note, which no public response has."""

PER_PAGE = 50


def members_of(vector: str) -> dict[str, Any]:
    """Return the members of an article beside its text, each with the vector wherever it may have text."""
    image: dict[str, Any] = {
        "url": PICTURE,
        "alt": vector,
        "caption": vector,
        "credit": vector,
        "licence": vector,
        "asset_id": vector,
    }
    return {
        **dict.fromkeys(LINES, vector),
        "editor_note": NOTE_FOR_EDITORS + vector,
        "seo": {"title": vector, "description": vector},
        "social": {"title": vector, "description": vector, "image": image},
        "image": image,
        "extra": {"html": vector, vector: [vector]},
        "body": [
            {"type": "image", "image": image},
            {"type": "gallery", "images": [image]},
            {"type": "video", "url": PICTURE, "caption": vector, "credit": vector},
        ],
    }


def url_members_of(vector: str) -> Iterator[dict[str, Any]]:
    """Return the members of an article that may have a URL, each with the vector as its URL."""
    yield {"canonical_url": vector}
    yield {"image": {"url": vector, "alt": ""}}
    yield {"social": {"image": {"url": vector, "alt": ""}}}
    yield {"rights": {"licence_url": vector}}
    yield {"source": {"name": "Radio", "url": vector}}


def catalogue_urls_of(vector: str) -> Iterator[dict[str, Any]]:
    """Return catalogue entries with the vector as a URL."""
    image = {"url": vector, "alt": ""}
    own: list[dict[str, Any]] = [{"url": vector}, {"links": [{"url": vector}]}, {"image": image}]
    for number, member in enumerate(own):
        yield {"kind": "author", "slug": f"a{number}", "name": "Ada", **member}
    yield {"kind": "section", "edition": "global", "slug": "s", "name": "Sea", "image": image}
    yield from (edition_line("other", **{name: image}) for name in ("logo", "icon"))


ACCEPTED = [vector for vector in VECTORS if is_accepted(article_line("x", **members_of(vector)))]


@pytest.fixture
async def articles(bring: ImportLines) -> list[str]:
    """Import one article for each vector, with URLs of vectors where they are URLs of the web; return their slugs."""
    links = [members for vector in VECTORS for members in url_members_of(vector)]
    lines = [article_line(f"x{number}", **members_of(vector)) for number, vector in enumerate(ACCEPTED)]
    lines += [
        article_line(f"u{number}", body=[{"type": "paragraph", "text": "Text"}], **members)
        for number, members in enumerate(links)
        if is_accepted(article_line("x", **members))
    ]
    dated = [{**line, "published_at": "2026-11-20T10:00:00Z"} for line in lines]
    assert (await bring(edition_line(feed_content="full"), *dated)).errors == []
    return [f"story-{line['source_id']}" for line in lines]


def urls_in(node: Any, name: str = "") -> Iterator[str]:
    """Return the values of the members that have URLs, however deep; those of `extra` are anything."""
    if isinstance(node, dict):
        for each, member in node.items():
            yield from () if each == "extra" else urls_in(member, each)
    elif isinstance(node, list):
        for each in node:
            yield from urls_in(each, name)
    elif isinstance(node, str) and name in {"url", "href", "canonical_url", "contentUrl", "external_url", "uri", "@id"}:
        yield node


def check_urls(document: Any) -> None:
    for url in urls_in(document):
        assert url.startswith(("https://", "http://", "/v1/", "/feeds/", "urn:", "tag:")), url
        assert not set(url) & set('<>" \t\n'), url


def html_in(node: Any) -> Iterator[str]:
    """Return the HTML in JSON Feed and ninjs documents."""
    if isinstance(node, list):
        for each in node:
            yield from html_in(each)
    elif isinstance(node, dict):
        yield from (node["value"] for _ in "x" if node.get("contentType") == "text/html" and "value" in node)
        yield from (node["content_html"] for _ in "x" if "content_html" in node)
        for each in node.values():
            yield from html_in(each)


def check_json(text: str) -> None:
    document = json.loads(text)
    check_urls(document)
    for html in html_in(document):
        assert is_harmless(html, also=EMBEDDED) is None, html


def check_xml(text: str) -> None:
    for node in read_xml(text.encode()).iter():
        name = node.tag.rpartition("}")[2]
        if name in HTML_OF_FEEDS and len(node) == 0 and node.get("url") is None and node.text:
            assert is_harmless(node.text, also=EMBEDDED) is None, node.text
        for attribute in {"url", "href", "src"} & set(node.attrib):
            check_urls({"url": node.get(attribute)})


def test_nearly_every_vector_is_accepted_as_text() -> None:
    assert len(ACCEPTED) > 0.9 * len(VECTORS)


def test_members_with_urls_take_web_urls_alone() -> None:
    for vector in VECTORS:
        lines = [article_line("x", **members) for members in url_members_of(vector)] + [*catalogue_urls_of(vector)]
        for line in lines:
            assert not is_accepted(line) or vector.startswith(("https://", "http://")), line


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # text is cleaned before the database
async def test_members_are_text_in_every_format(client: httpx.AsyncClient, articles: list[str]) -> None:
    shown: dict[str, dict[str, Any]] = {}
    address: str | None = f"/v1/articles?limit={PER_PAGE}&fields={FIELDS},slug"
    while address is not None:
        page = (await client.get(address)).json()
        check_urls(page)
        shown |= {item["slug"]: item for item in page["items"]}
        address = page["next"] and page["next"]["href"]
    assert shown.keys() == set(articles)
    for number, vector in enumerate(ACCEPTED):
        item, line, text = shown[f"story-x{number}"], on_one_line(vector), line_ends(vector)
        assert [item[name] for name in LINES] == [line] * len(LINES)
        assert (item["seo"]["title"], item["social"]["description"]) == (line, text)
        assert [item["image"][name] for name in ("alt", "credit", "caption")] == [line, line, text]
    for name in FEEDS:
        count = 0
        following: str | None = f"/feeds/global/{name}?limit={PER_PAGE}"
        while following is not None:
            response = await fetch(client, following)
            (check_xml if name.endswith(".xml") else check_json)(response.text)
            assert NOTE_FOR_EDITORS not in response.text
            count += len(ids_in(response))
            following = response.links.get("next", {}).get("url")
        assert count == len(articles), name
    for name in ("news-sitemap.xml", "sitemap/2026-W47.xml"):
        check_xml((await fetch(client, f"/feeds/global/{name}")).text)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # text is cleaned before the database
async def test_members_are_text_in_documents_of_single_articles(client: httpx.AsyncClient, articles: list[str]) -> None:
    for slug in articles:
        page = (await client.get(f"/v1/articles/{slug}?body=html")).json()
        check_urls(page)
        assert is_harmless(page["body"], also=BLOCK_TAGS) is None, page["body"]
        assert NOTE_FOR_EDITORS not in json.dumps(page)
        if slug.startswith("story-x"):
            vector = ACCEPTED[int(slug.removeprefix("story-x"))]
            assert page["extra"] == {"html": vector, vector: [vector]}
    for slug in articles[::5] + articles[-20:]:
        ninjs = (await client.get(f"/v1/articles/{slug}/ninjs")).text
        check_json(ninjs)
        written = (await client.get(f"/v1/articles/{slug}/json-ld")).text
        check_json(written)
        parser = Scripts()
        parser.feed(f'<script type="application/ld+json">{written}</script>')
        parser.close()
        assert parser.tags == ["script"]
        assert NOTE_FOR_EDITORS not in ninjs + written
