"""XSS vectors in every member of a record: imported, and harmless in every response."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import httpx
import orjson

from app.errors import InvalidInputError
from app.importers.json_lines import parse_line
from tests.importers.conftest import ImportLines
from tests.importers.lines import article_line, edition_line
from tests.xss_vectors import BLOCK_TAGS, VECTORS, WITHOUT_CONTROL_CHARACTERS, is_harmless

VECTORS_EACH = 40
HTML_NAMES = {"html", "items", "head", "rows", "fallback_html"}
PICTURE = "https://pictures.example/a.jpg"


def is_accepted(line: dict[str, Any]) -> bool:
    try:
        parse_line(orjson.dumps(line))
    except InvalidInputError:
        return False
    return True


def line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def on_one_line(text: str) -> str:
    """Return the vector as a member of one line holds it."""
    return re.sub("[\t\n\r \u2028\u2029]+", " ", text).strip()


def html_blocks(vector: str) -> list[dict[str, Any]]:
    return [
        {"type": "paragraph", "html": vector},
        {"type": "heading", "level": 3, "html": vector},
        {"type": "list", "ordered": False, "items": [vector, {"html": vector, "list": {"items": [vector]}}]},
        {"type": "quote", "blocks": [{"type": "table", "head": [vector], "rows": [[vector]]}]},
        {"type": "embed", "url": "https://radio.example/1", "provider": "Radio", "html": vector},
    ]


def url_blocks(vector: str) -> list[list[dict[str, Any]]]:
    rendition = {"url": vector, "width": 10, "height": 10, "type": "image/png"}
    return [
        [{"type": "embed", "url": vector, "provider": "Radio"}],
        [{"type": "image", "image": {"url": vector, "alt": "A"}}],
        [{"type": "gallery", "images": [{"url": vector, "alt": "A"}]}],
        [{"type": "video", "url": vector, "poster": vector, "transcript_url": vector}],
        [{"type": "embed", "url": PICTURE, "thumbnail": vector}],
        [{"type": "image", "image": {"url": PICTURE, "alt": "A", "width": 20, "renditions": [rendition]}}],
    ]


def text_blocks(vector: str) -> list[dict[str, Any]]:
    picture = {"url": PICTURE, "alt": vector, "caption": vector, "credit": vector, "licence": vector}
    return [
        {"type": "paragraph", "text": vector},
        {"type": "heading", "level": 2, "text": vector},
        {"type": "pull_quote", "text": vector, "attribution": vector},
        {"type": "image", "image": picture},
        {"type": "embed", "url": "https://radio.example/1", "provider": vector, "title": vector, "caption": vector},
        {"type": "quote", "blocks": [{"type": "table", "caption": vector, "rows": [["x"]]}], "attribution": vector},
        {"type": "code", "text": vector},
        {"type": "gallery", "images": [picture]},
        {"type": "audio", "url": PICTURE, "caption": vector, "credit": vector},
    ]


def articles_with(bodies: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return articles among which these bodies are divided."""
    parts = [bodies[start : start + VECTORS_EACH] for start in range(0, len(bodies), VECTORS_EACH)]
    return [article_line(f"x{n}", body=list(chain.from_iterable(part))) for n, part in enumerate(parts)]


def html_of(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Return the HTML of a block, however deep, each with the name of its member."""
    if isinstance(node, dict):
        for each, member in node.items():
            yield from html_of(member, each)
    elif isinstance(node, list):
        for each in node:
            yield from html_of(each, name)
    elif isinstance(node, str) and name in HTML_NAMES:
        yield name, node


def urls_of(node: Any) -> Iterator[tuple[str, str]]:
    """Return the URLs of a block, however deep, each with the name of its member."""
    if isinstance(node, list):
        for each in node:
            yield from urls_of(each)
    elif isinstance(node, dict):
        for name, member in node.items():
            if name in {"url", "poster", "thumbnail", "transcript_url"} and isinstance(member, str):
                yield name, member
            else:
                yield from urls_of(member)


async def check_harmless(client: httpx.AsyncClient, articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all blocks of the API's responses, after their HTML and that of whole bodies was found harmless."""
    blocks: list[dict[str, Any]] = []
    for each in articles:
        address = f"/v1/articles/story-{each['source_id']}"
        body = (await client.get(address)).json()["body"]
        for name, html in html_of(body):
            assert is_harmless(html, also=BLOCK_TAGS if name == "fallback_html" else frozenset()) is None, html
        whole = (await client.get(address, params={"body": "html"})).json()["body"]
        assert is_harmless(whole, also=BLOCK_TAGS) is None, whole
        blocks += body
    return blocks


async def test_html_members_contain_no_script(bring: ImportLines, client: httpx.AsyncClient) -> None:
    bodies = [html_blocks(vector) for vector in VECTORS]
    accepted = [body for body in bodies if is_accepted(article_line("x", body=body))]
    refused = [body[0]["html"] for body in bodies if body not in accepted]
    assert not {*refused} & {*WITHOUT_CONTROL_CHARACTERS}, "what can be stored is cleaned and not refused"
    articles = articles_with(accepted)
    assert (await bring(edition_line(), *articles)).errors == []
    blocks = await check_harmless(client, articles)
    assert len(blocks) == 5 * len(accepted)
    assert all(len(block["items"]) == 2 for block in blocks if block["type"] == "list")


async def test_url_members_are_web_urls_or_the_line_is_rejected(bring: ImportLines, client: httpx.AsyncClient) -> None:
    bodies = [body for vector in VECTORS for body in url_blocks(vector)]
    accepted = [body for body in bodies if is_accepted(article_line("x", body=body))]
    assert 0 < len(accepted) < len(bodies) / 10
    articles = articles_with(accepted)
    assert (await bring(edition_line(), *articles)).errors == []
    for block in await check_harmless(client, articles):
        for name, url in urls_of(block):
            assert url.startswith(("https://", "http://")), name
    for vector in VECTORS:
        for members in (
            {"source": {"name": "X", "url": vector}},
            {"image": {"url": vector, "alt": ""}},
            {"rights": {"licence_url": vector}},
        ):
            if is_accepted(article_line("x", **members)):
                assert vector.startswith(("https://", "http://"))


async def test_text_members_are_text_and_escaped_where_they_become_html(
    bring: ImportLines, client: httpx.AsyncClient
) -> None:
    vectors = [
        vector for vector in VECTORS if is_accepted(article_line("x", headline=vector, body=text_blocks(vector)))
    ]
    assert len(vectors) > len(VECTORS) * 0.9
    articles = articles_with([text_blocks(vector) for vector in vectors])
    assert (await bring(edition_line(), *articles)).errors == []
    blocks = await check_harmless(client, articles)
    assert [block["text"] for block in blocks if block["type"] == "pull_quote"] == list(map(line_ends, vectors))
    assert [block["image"]["alt"] for block in blocks if block["type"] == "image"] == list(map(on_one_line, vectors))
    assert [block["provider"] for block in blocks if block["type"] == "embed"] == list(map(on_one_line, vectors))


async def test_headlines_and_catalogue_entries_are_stored_unchanged(
    bring: ImportLines, client: httpx.AsyncClient
) -> None:
    vectors = [vector for vector in VECTORS if is_accepted(article_line("x", headline=vector))][::12]
    lines = [
        line
        for n, vector in enumerate(vectors)
        for line in (
            {"kind": "tag", "slug": f"t{n}", "name": vector},
            {"kind": "author", "slug": f"a{n}", "name": vector, "role": vector, "bio": vector},
            {"kind": "label", "code": f"l{n}", "text": vector, "disclaimer": vector},
            article_line(
                f"{n:03}",
                headline=vector,
                lead=vector,
                dateline=vector,
                tags=[f"t{n}"],
                authors=[f"a{n}"],
                label=f"l{n}",
            ),
        )
    ]
    assert (await bring(edition_line(), *lines)).errors == []
    response = await client.get("/v1/articles", params={"limit": 200})
    assert response.headers["content-type"].startswith("application/json")
    shown = {item["headline"]: item for item in response.json()["items"]}
    assert shown.keys() == set(map(on_one_line, vectors))
    assert {item["lead"] for item in shown.values()} == set(map(line_ends, vectors))
    for vector, item in shown.items():
        described = [item["dateline"], item["label"]["text"], item["tags"][0]["name"]]
        assert [*described, item["authors"][0]["name"], item["authors"][0]["bio"]] == [vector] * 5
        assert item["slug"].replace("-", "a").isalnum()
