"""XSS vectors in POST, PATCH, upserts and imported revisions: harmless in every response."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from app.domain.control_characters import repair_texts
from app.errors import InvalidInputError
from app.schemas.errors import validated
from app.schemas.interchange import ArticleCreate
from tests.api.editorial.editor_client import TODAY, YESTERDAY, Desk, Json, etag, saved
from tests.conftest import Store
from tests.importers.test_hostile_markup import html_blocks, html_of, line_ends, text_blocks, url_blocks
from tests.records import article
from tests.xss_vectors import BLOCK_TAGS, VECTORS, is_harmless

WRITES = ("POST", "PATCH", "PUT")
WRITES_AND_DATABASES = (("POST", "sqlite"), ("PATCH", "postgresql"), ("PUT", "sqlite"), ("PUT", "postgresql"))
"""Every kind of write, and each database with two of them: sanitising precedes both."""
LINKS = frozenset({"url", "href", "licence_url", "poster", "thumbnail", "transcript_url"})
BESIDE_THE_BODY: tuple[tuple[str, ...], ...] = (("source", "url"), ("image", "url"), ("rights", "licence_url"))


def is_accepted(**members: Any) -> bool:
    text = json.dumps({"headline": "A", **members})
    given = json.loads(text)
    try:
        repair_texts(given, text.encode())  # refuses control characters
        validated(ArticleCreate, given)
    except InvalidInputError:
        return False
    return True


def hostile_bodies() -> list[Json]:
    """Blocks with every vector that can be stored, in every member that holds HTML, a URL or a text."""
    html = [html_blocks(vector) for vector in VECTORS]
    links = [blocks for vector in VECTORS for blocks in url_blocks(vector)]
    texts = [text_blocks(vector) for vector in VECTORS[::9]]
    return list(chain.from_iterable(blocks for blocks in (*html, *links, *texts) if is_accepted(body=blocks)))


BODY = hostile_bodies()


def members_of(node: Any) -> Iterator[tuple[str, Any]]:
    """Return every named value of a response, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield name, value
            yield from members_of(value)
    elif isinstance(node, list):
        for each in node:
            yield from members_of(each)


def check_harmless(node: Any) -> int:
    """Check that the HTML of a response is harmless and its URLs are http or https; return the number of its texts."""
    judged = 0
    for name, html in html_of(node):
        assert is_harmless(html, also=BLOCK_TAGS if name == "fallback_html" else frozenset()) is None, html
        judged += name != "fallback_html"  # revisions have none
    for name, value in members_of(node):
        if name in LINKS and isinstance(value, str):
            assert value.startswith(("https://", "http://", "/v1/", "/feeds/")), (name, value)
        if name == "body" and isinstance(value, str):
            assert is_harmless(value, also=BLOCK_TAGS) is None, value
            judged += 1
    return judged


async def write(desk: Desk, road: str, members: Json) -> Json:
    """Create an article that gets these members by POST, by PATCH or by an upsert."""
    if road == "POST":
        return await desk.make(source_id="x", **members)
    if road == "PATCH":
        return await desk.edit(await desk.make(source_id="x"), members)
    response = await desk.push("x", {"headline": "Story x", **members})
    assert response.is_success, response.text
    return saved(response)


@pytest.mark.parametrize(("road", "database_address"), WRITES_AND_DATABASES, indirect=["database_address"])
async def test_no_response_contains_executable_markup(desk: Desk, road: str) -> None:
    made = await write(desk, road, {"body": BODY})
    here = f"/articles/{made['id']}"
    whole = check_harmless(made)
    assert whole > len(VECTORS) * 4
    assert (await desk.edit(made, made, if_match=etag(made))) == made, "what was cleaned once is clean"
    preview = (await desk.done("GET", f"{here}/preview"))["href"]
    for form in ("", "?body=html"):
        assert check_harmless((await desk.client.get(f"{preview}{form}")).json()) >= (1 if form else whole)
    await desk.publish(made, TODAY)
    await desk.edit(made, {"body": None})
    number = made["revision"]
    assert check_harmless(await desk.done("GET", f"{here}/revisions/{number}")) >= whole
    assert check_harmless(await desk.done("GET", f"{here}/revisions/{number + 2}")) >= whole, (
        "what went, among differences"
    )
    await desk.edit(made, {"body": made["body"]})
    for address in (f"/v1/articles/{made['id']}", "/v1/articles?limit=5"):
        glue = "&" if "?" in address else "?"
        assert check_harmless((await desk.client.get(f"{address}{glue}body=blocks")).json()) == whole
        assert check_harmless((await desk.client.get(f"{address}{glue}body=html")).json()) == 1


@pytest.mark.parametrize(("road", "database_address"), WRITES_AND_DATABASES, indirect=["database_address"])
async def test_url_members_outside_the_body_are_web_urls_or_rejected(desk: Desk, road: str) -> None:
    made = await desk.make(source_id="y", source={"name": "X"}, image={"url": "https://a.example/1.png", "alt": ""})
    sample = VECTORS[WRITES.index(road) :: 24] + [each for each in VECTORS if "javascript:" in each[:14]][:8]
    for vector in sample:
        for member, link in BESIDE_THE_BODY:
            base: Json = {"source": {"name": "X"}, "image": {"alt": ""}, "rights": {}}[member]
            members = {member: {**base, link: vector}}
            if is_accepted(**members):
                assert vector.startswith(("https://", "http://"))
                continue
            if road == "POST":
                response = await desk.send("POST", "/articles", {"headline": "A", **members})
            elif road == "PATCH":
                response = await desk.send("PATCH", f"/articles/{made['id']}", {member: {link: vector}}, if_match="*")
            else:
                response = await desk.push("y", {"headline": "A", **members})
            assert response.status_code == 422, vector
            assert response.json()["errors"][0]["where"] == f"{member}.{link}"
            assert response.headers["content-type"] == "application/problem+json"
    assert await desk.read(made) == made


async def test_plain_texts_are_returned_as_text(desk: Desk) -> None:
    vectors = [vector for vector in VECTORS if is_accepted(headline=vector, lead=vector, dateline=vector)][::25]
    for vector in vectors:
        text = line_ends(vector)
        source = {"name": vector, "url": None}
        note = {"type": "update", "text": vector}
        made = await desk.make(headline=vector, lead=vector, dateline=vector, source=source, published_at=TODAY)
        edited = await desk.edit(made, {"note": note})
        assert [made[name] for name in ("headline", "lead", "dateline")] == [text] * 3
        page = await desk.client.get(f"/v1/articles/{made['slug']}")
        assert page.headers["content-type"].startswith("application/json")
        assert (page.json()["headline"], page.json()["notes"][0]["text"]) == (text, text)
        history = (await desk.client.get(f"/v1/articles/{made['slug']}/history")).json()
        assert history["items"][0]["note"] == text
        withdrawn = await desk.withdraw(edited, notice=vector, reason=vector)
        gone = await desk.client.get(f"/v1/articles/{made['slug']}")
        assert (gone.json()["notice"], withdrawn["withdrawal"]["reason"]) == (text, text)
        assert gone.headers["content-type"] == "application/problem+json"


async def test_imported_revisions_are_sanitised(desk: Desk, store: Store) -> None:
    save = {"version": 1, "status": "published", "published_at": YESTERDAY, "at": YESTERDAY, "actor": "<b>desk</b>"}
    content = {"headline": "<script>alert(1)</script>", "body": BODY}
    await store(
        article(
            YESTERDAY,
            source_id="old",
            headline="Moved house",
            revisions=[
                {**save, "revision": 1, "action": "created", "content": content},
                {**save, "revision": 2, "version": 2, "action": "edited", "note": {"type": "update", "text": "<i>"}},
            ],
        )
    )
    made = (await desk.done("GET", "/articles"))["items"][0]
    first = await desk.done("GET", f"/articles/{made['id']}/revisions/1")
    assert check_harmless(first) > len(VECTORS) * 4
    assert (first["content"]["headline"], first["actor"]) == ("<script>alert(1)</script>", "<b>desk</b>")
    second = await desk.done("GET", f"/articles/{made['id']}/revisions/2")
    assert (second["content"]["headline"], second["content"]["body"]) == ("Moved house", [])
    assert check_harmless(second) > len(VECTORS) * 4
    history = (await desk.client.get(f"/v1/articles/{made['id']}/history")).text
    assert "alert" not in history
    for vector in VECTORS[::30]:
        for body in url_blocks(vector):
            given = {"headline": "A", "body": body}
            if not is_accepted(body=body):
                with pytest.raises(ValueError, match="revisions"):
                    article(YESTERDAY, revisions=[{**save, "revision": 1, "action": "created", "content": given}])
