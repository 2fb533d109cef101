"""Control characters in requests: C1 characters are repaired and named in warnings, others are refused."""

from typing import Any

import pytest

from tests.api.editorial.editor_client import TODAY, Desk, Json, wrong

PICTURE = "https://media.example/a.jpg"
MEMBERS: dict[str, Any] = {
    "headline": "It{}s",
    "lead": "It{}s",
    "dateline": "It{}s",
    "kicker": "It{}s",
    "subheadline": "It{}s",
    "short_headline": "It{}s",
    "byline": "It{}s",
    "editor_note": "It{}s",
    "source": {"name": "It{}s"},
    "rights": {"holder": "It{}s", "notice": "It{}s", "usage": "It{}s"},
    "image": {"url": PICTURE, "alt": "It{}s", "caption": "It{}s", "credit": "It{}s"},
    "seo": {"title": "It{}s", "description": "It{}s"},
    "social": {"title": "It{}s", "description": "It{}s"},
    "extra": {"deep": [{"text": "It{}s"}]},
    "body": [
        {"type": "paragraph", "html": "It{}s <b>late</b>"},
        {"type": "pull_quote", "text": "It{}s", "attribution": "It{}s"},
        {"type": "list", "items": ["It{}s", {"html": "It{}s"}]},
        {"type": "table", "head": ["It{}s"], "rows": [["It{}s"]], "caption": "It{}s"},
        {"type": "code", "text": "It{}s"},
        {"type": "image", "image": {"url": PICTURE, "alt": "It{}s"}},
        {"type": "quote", "blocks": [{"type": "paragraph", "text": "It{}s"}]},
    ],
}


def filled(value: Any, character: str) -> Any:
    """Return the members with the character in each text."""
    if isinstance(value, dict):
        return {name: filled(member, character) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member, character) for member in value]
    return value.replace("{}", character)


def paths(value: Any, prefix: str = "") -> set[str]:
    """Return the paths of the texts that have the character."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {path for name, member in members for path in paths(member, f"{prefix}.{name}" if prefix else str(name))}
    return found | ({prefix} if isinstance(value, str) and "{}" in value else set())


def repaired(warnings: list[Json]) -> set[str]:
    """Return where characters were repaired; every warning is of that."""
    assert {each["code"] for each in warnings} <= {"characters-repaired"}
    assert all(each["detail"].endswith("U+0092 by \u2019") for each in warnings)
    return {each["where"] for each in warnings}


async def test_c1_characters_are_repaired_in_every_text_of_an_article(desk: Desk) -> None:
    expected = await desk.make(**filled(MEMBERS, "\u2019"))
    article = await desk.make(**filled(MEMBERS, "\x92"))
    assert repaired(desk.warnings) == paths(MEMBERS)
    assert {name: article[name] for name in MEMBERS} == {name: expected[name] for name in MEMBERS}
    edited = await desk.edit(await desk.make(), filled(MEMBERS, "\x92"))
    assert repaired(desk.warnings) == paths(MEMBERS)
    assert {name: edited[name] for name in MEMBERS} == {name: expected[name] for name in MEMBERS}
    pushed = (await desk.push("9", filled(MEMBERS, "\x92"))).json()
    assert repaired(pushed["warnings"]) == paths(MEMBERS)
    assert {name: pushed[name] for name in MEMBERS} == {name: expected[name] for name in MEMBERS}


async def test_c1_characters_are_repaired_in_body_html(desk: Desk) -> None:
    article = await desk.make(body_html="<p>It\x92s <b>late</b> \x96 &#146;tis</p>")
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("body_html", "characters-repaired")] * 2
    assert article["body"][0]["html"] == "It\u2019s <b>late</b> \u2013 \u2019tis"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x81"])
async def test_other_control_characters_are_refused_in_every_text(desk: Desk, character: str) -> None:
    for name, member in MEMBERS.items():
        response = await desk.send("POST", "/articles", {"headline": "A", name: filled(member, character)})
        found = wrong(response)
        assert set(found) == {f"{name}{path}" for path in _below(member)}
        assert all(f"U+{ord(character):04X} at character 3" in message for message in found.values())
    found = wrong(await desk.send("POST", "/articles", {"headline": "A", "body_html": f"<p>{character}</p>"}))
    assert list(found) == ["body_html"]


def _below(member: Any) -> list[str]:
    """Return the paths of the texts below a member; an empty one for a member that is a text."""
    return [""] if isinstance(member, str) else [f".{path}" for path in sorted(paths(member))]


async def test_tabs_and_line_ends_are_accepted(desk: Desk) -> None:
    article = await desk.make(headline="Two\tlines\nin\r\none", lead="Two\tcolumns\r\nTwo lines")
    assert (article["headline"], article["lead"]) == ("Two lines in one", "Two\tcolumns\nTwo lines")
    assert desk.warnings == []


REFUSED_REFERENCES = ["&#1;", "&#x7f;", "&#129;", "&#0;", "&#X0C;", "&#xfffe;", "&#xD800;", "&#1114112;", "&#7"]


@pytest.mark.parametrize("reference", REFUSED_REFERENCES)
async def test_references_to_refused_characters_in_html_are_refused(desk: Desk, reference: str) -> None:
    for members, where in (
        ({"body": [{"type": "paragraph", "html": f"A{reference} B"}]}, "body.0.html"),
        ({"body_html": f"<p>A{reference} B</p>"}, "body_html"),
    ):
        found = wrong(await desk.send("POST", "/articles", {"headline": "A", **members}))
        assert [*found] == [where]
        assert reference in found[where]


async def test_references_to_c1_characters_in_html_are_repaired_with_a_warning(desk: Desk) -> None:
    for members, where in (
        ({"body": [{"type": "paragraph", "html": "It&#146;s &#x92;"}]}, "body.0.html"),
        ({"body_html": "<p>It&#146;s &#x92;</p>"}, "body_html"),
    ):
        article = await desk.make(**members)
        assert article["body"][0]["html"] == "It\u2019s \u2019"
        assert [(each["where"], each["code"]) for each in desk.warnings] == [(where, "characters-repaired")]
        assert "U+0092" in desk.warnings[0]["detail"]
    await desk.make(body=[{"type": "paragraph", "html": "&#8217; &#13;&#9; &amp;#7;"}])
    assert desk.warnings == []


async def test_noncharacters_are_refused_in_headlines_and_bodies_alike(desk: Desk) -> None:
    for members, where in (({}, "headline"), ({"body": [{"type": "paragraph", "html": "A\ufffe"}]}, "body.0.html")):
        found = wrong(await desk.send("POST", "/articles", {"headline": "B" if members else "A\ufffe", **members}))
        assert [*found] == [where]
        assert "U+FFFE at character 2" in found[where]


async def test_catalogue_entries_lists_and_transitions_name_repairs(desk: Desk) -> None:
    tag = await desk.done("POST", "/tags", {"slug": "boats", "name": "It\x92s"})
    assert (tag["name"], repaired(desk.warnings)) == ("It\u2019s", {"name"})
    await desk.done("PATCH", "/tags/boats", {"description": "It\x92s"})
    assert repaired(desk.warnings) == {"description"}
    await desk.done("PATCH", "/editions/global", {"strings": {"news": "It\x92s"}})
    assert repaired(desk.warnings) == {"strings.news"}
    await desk.done("PUT", "/lists/front", {"name": "It\x92s"})
    assert repaired(desk.warnings) == {"name"}
    article = await desk.make(published_at=TODAY)
    await desk.done("PUT", f"/articles/{article['id']}/bump", {"note": {"type": "update", "text": "It\x92s"}})
    assert repaired(desk.warnings) == {"note.text"}
    withdrawn = await desk.withdraw(article, reason="It\x92s", notice="It\x92s")
    assert repaired(desk.warnings) == {"reason", "notice"}
    assert withdrawn["withdrawal"]["notice"] == "It\u2019s"


async def test_c1_characters_are_refused_where_the_response_has_no_warnings(drafter: Desk) -> None:
    hook = {"url": "https://partner.example/hook", "description": "It\x92s"}
    message = wrong(await drafter.send("POST", "/webhooks", hook))["description"]
    assert "U+0092 at character 3" in message


async def test_repeated_request_has_the_same_warnings(desk: Desk) -> None:
    first = await desk.send("POST", "/articles", {"headline": "It\x92s"}, idempotency_key="a")
    again = await desk.send("POST", "/articles", {"headline": "It\x92s"}, idempotency_key="a")
    assert again.json() == first.json()
    assert repaired(again.json()["warnings"]) == {"headline"}
