"""Bodies given as HTML: the blocks they become, their warnings, and strict writes that refuse losses."""

import pytest

from tests.api.editorial.editor_client import Desk, Json, etag
from tests.xss_vectors import BLOCK_TAGS, WITHOUT_CONTROL_CHARACTERS, is_harmless

PAGE = """
<h2>The vote</h2>
<p>The council <b>adopted</b> the budget.<script>count()</script></p>
<figure><img src="/uploads/vote.jpg" alt="Hands">
<figcaption>Hands up <span class="credit">Ola Brun</span></figcaption></figure>
<table><caption>Votes</caption><tr><th>Yes</th><th>No</th></tr><tr><td>23</td><td>22</td></tr></table>
<blockquote><p>At last.</p><cite>Mira Tal</cite></blockquote>
<hr>
<iframe src="https://www.youtube.com/embed/Ab3_dE-9xYz"></iframe>
"""
BASE = "https://courier.example/2026/vote"
TYPES = ["heading", "paragraph", "image", "table", "quote", "divider", "embed"]


async def write(desk: Desk, method: str, members: Json, query: str = "") -> Json:
    """Write an article by POST, PATCH or PUT, and return the response with its status."""
    headers = {}
    path, given = f"/articles{query}", {"headline": "The vote", **members}
    if method == "PATCH":
        made = await desk.make(source_id="x", body=[{"type": "paragraph", "html": "Before."}])
        path, given, headers = f"/articles/{made['id']}{query}", members, {"if_match": etag(made)}
    elif method == "PUT":
        path = f"/editions/global/articles/x{query}"
    response = await desk.send(method, path, given, **headers)
    return {"status_code": response.status_code, **response.json()}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_body_html_becomes_blocks_with_warnings(desk: Desk, method: str) -> None:
    saved = await write(desk, method, {"body_html": PAGE, "body_base_url": BASE})

    assert saved["status_code"] in {200, 201}
    assert [block["type"] for block in saved["body"]] == TYPES
    image, quote = saved["body"][2]["image"], saved["body"][4]
    assert (image["url"], image["caption"], image["credit"]) == (
        "https://courier.example/uploads/vote.jpg",
        "Hands up",
        "Ola Brun",
    )
    assert (quote["attribution"], quote["blocks"][0]["html"]) == ("Mira Tal", "At last.")
    assert saved["body"][6]["provider"] == "YouTube"
    assert [(each["where"], each["code"]) for each in saved["warnings"]] == [("body_html", "content-dropped")]
    assert "body_html" not in saved
    assert "body_base_url" not in saved


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_body_beside_body_html_is_refused(desk: Desk, method: str) -> None:
    both = {"body_html": "<p>One</p>", "body": [{"type": "paragraph", "html": "Two"}]}

    refused = await write(desk, method, both)

    assert refused["status_code"] == 422
    assert refused["errors"] == [{"where": "body_html", "message": "Must not be combined with 'body'."}]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_strict_write_refuses_a_loss_and_stores_nothing(desk: Desk, method: str) -> None:
    refused = await write(desk, method, {"body_html": PAGE}, "?strict=true")

    assert refused["status_code"] == 422
    script, *others = refused["errors"]
    message = "<script> was dropped with its content: count()"
    assert script == {"where": "body_html", "message": message, "code": "content-dropped"}
    assert any("is not an absolute" in each["message"] and each["code"] == "url-unresolved" for each in others)
    stored = (await desk.done("GET", "/articles"))["items"]
    assert [each["revision"] for each in stored] == ([1] if method == "PATCH" else [])


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_strict_write_stores_content_without_losses(desk: Desk, method: str) -> None:
    saved = await write(desk, method, {"body_html": "<p>One</p><ul><li>Two</li></ul>"}, "?strict=true")

    assert saved["status_code"] in {200, 201}
    assert [block["type"] for block in saved["body"]] == ["paragraph", "list"]


async def test_strict_write_refuses_a_loss_in_blocks(desk: Desk) -> None:
    body = [{"type": "paragraph", "html": "A <table><tr><td>cell</td></tr></table>"}]

    refused = await write(desk, "POST", {"body": body}, "?strict=true")

    assert refused["status_code"] == 422
    assert {each["where"] for each in refused["errors"]} == {"body.0.html"}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_body_html_of_another_type_is_refused_at_its_place(desk: Desk, method: str) -> None:
    refused = await write(desk, method, {"body_html": ["<p>One</p>"]})

    assert (refused["status_code"], [each["where"] for each in refused["errors"]]) == (422, ["body_html"])


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_base_url_that_is_no_url_is_refused_at_its_place(desk: Desk, method: str) -> None:
    refused = await write(desk, method, {"body_html": "<p>One</p>", "body_base_url": "courier.example"})

    assert (refused["status_code"], [each["where"] for each in refused["errors"]]) == (422, ["body_base_url"])


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_html_of_more_blocks_than_a_body_may_have_is_refused_at_its_place(desk: Desk, method: str) -> None:
    refused = await write(desk, method, {"body_html": "<p>x</p>" * 2_001})

    assert (refused["status_code"], [each["where"] for each in refused["errors"]]) == (422, ["body_html"])


async def test_null_body_html_in_a_patch_changes_nothing(desk: Desk) -> None:
    saved = await write(desk, "PATCH", {"body_html": None})

    assert [block["html"] for block in saved["body"]] == ["Before."]


async def test_empty_body_html_empties_the_body(desk: Desk) -> None:
    saved = await write(desk, "PATCH", {"body_html": ""})

    assert saved["body"] == []


async def test_repeated_push_of_the_same_html_changes_nothing(desk: Desk) -> None:
    first = await write(desk, "PUT", {"body_html": PAGE, "body_base_url": BASE})
    again = await write(desk, "PUT", {"body_html": PAGE, "body_base_url": BASE})

    assert (again["status_code"], again["revision"]) == (200, first["revision"])


async def test_attacks_in_body_html_are_harmless_in_responses(desk: Desk) -> None:
    stored = [vector for vector in WITHOUT_CONTROL_CHARACTERS if "<plaintext" not in vector]

    made = await desk.make(source_id="x", body_html="".join(f"<div>{vector}</div>" for vector in stored[:120]))
    more = await desk.make(source_id="y", body_html="".join(f"<div>{vector}</div>" for vector in stored[120:]))

    for article_id in (made["id"], more["id"]):
        preview = (await desk.done("GET", f"/articles/{article_id}/preview"))["href"]
        page = (await desk.client.get(f"{preview}?body=html")).json()
        assert is_harmless(page["body"], also=BLOCK_TAGS) is None
