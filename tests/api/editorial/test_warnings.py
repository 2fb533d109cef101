"""Warnings in responses to writes: HTML that was dropped, for every endpoint and member."""

from typing import Any

from tests.api.editorial.editor_client import TODAY, Desk, Json, saved

TABLE = "<table><tr><td>Tea</td></tr></table>"
NO_PLACE = {"element-dropped"}
BODY: list[Json] = [
    {"type": "paragraph", "html": "Stored <b>whole</b>."},
    {"type": "paragraph", "html": f"{TABLE}<script>x()</script>"},
    {"type": "heading", "level": 2, "html": "<b style='color:red'>Two</b>"},
    {"type": "list", "items": ["one", "<a href='ftp://x.example/'>two</a>"]},
    {"type": "embed", "url": "https://x.example/", "provider": "X", "html": "<!-- note -->Post"},
    {"type": "paragraph", "text": "<table> is text here"},
]
FOUND = [
    ("body.1.html", "element-dropped"),
    ("body.1.html", "element-dropped"),
    ("body.1.html", "element-dropped"),
    ("body.1.html", "content-dropped"),
    ("body.2.html", "attribute-dropped"),
    ("body.3.items.1", "link-dropped"),
    ("body.4.html", "comment-dropped"),
]


def found(warnings: Any) -> list[tuple[str, str]]:
    assert all(each.keys() == {"where", "code", "detail"} and each["detail"] for each in warnings)
    return [(each["where"], each["code"]) for each in warnings]


async def test_patch_of_the_url_of_an_image_names_unchanged_members(desk: Desk) -> None:
    image = {"url": "https://media.example/a.jpg", "alt": "A tram", "credit": "Mila Stroi", "width": 800}
    created = await desk.make(image=image)
    other = "https://media.example/b.jpg"
    edited = await desk.edit(created, {"image": {"url": other}})
    assert (edited["image"]["url"], edited["image"]["alt"], edited["image"]["width"]) == (other, "A tram", 800)
    [warning] = desk.warnings
    assert (warning["where"], warning["code"]) == ("image", "image-members-unchanged")
    assert "alt, credit, width" in warning["detail"]
    for patch in (
        {"url": other},
        {"url": image["url"], "alt": "B", "credit": None, "width": None},
        {"caption": "At night"},
        None,
    ):
        await desk.edit(created, {"image": patch})
        assert desk.warnings == [], patch


async def test_patch_of_the_url_of_the_social_image_names_unchanged_members(desk: Desk) -> None:
    created = await desk.make(social={"image": {"url": "https://media.example/a.jpg", "alt": "A tram"}})
    other = "https://media.example/b.jpg"
    edited = await desk.edit(created, {"social": {"image": {"url": other}}})
    assert (edited["social"]["image"]["url"], edited["social"]["image"]["alt"]) == (other, "A tram")
    assert found(desk.warnings) == [("social.image", "image-members-unchanged")]
    for patch in ({"image": {"url": other}}, {"image": {"url": "https://media.example/c.jpg", "alt": "B"}}, None):
        await desk.edit(created, {"social": patch})
        assert desk.warnings == [], patch


async def test_warnings_locate_losses_inside_later_blocks(desk: Desk) -> None:
    image = {"url": "https://media.example/a.jpg", "alt": ""}
    body: list[Json] = [
        {"type": "list", "items": [{"html": "<hr>a", "list": {"items": ["b", {"html": "<!-- x -->c"}]}}]},
        {"type": "table", "head": ["<p class=x>h</p>"], "rows": [["a"], ["b", "<script>x</script>"]]},
        {"type": "quote", "blocks": [{"type": "quote", "blocks": [{"type": "paragraph", "html": "<img src=x>"}]}]},
        {"type": "gallery", "images": [image], "fallback_html": "<p>Mine</p>", "fallback_text": ""},
    ]
    made = (await desk.send("POST", "/articles", {"headline": "A", "body": body})).json()
    assert found(made["warnings"]) == [
        ("body.0.items.0.html", "element-dropped"),
        ("body.0.items.0.list.items.1.html", "comment-dropped"),
        ("body.1.head.0", "element-dropped"),
        ("body.1.rows.1.1", "content-dropped"),
        ("body.2.blocks.0.blocks.0.html", "element-dropped"),
        ("body.3.fallback_html", "member-ignored"),
    ]
    again = await desk.edit(made, {"body": made["body"]})
    assert (desk.warnings, again["revision"], again["body"]) == ([], made["revision"], made["body"])


async def test_post_patch_and_put_name_dropped_html(desk: Desk) -> None:
    made = (await desk.send("POST", "/articles", {"headline": "A", "source_id": "a", "body": BODY})).json()
    assert found(made["warnings"]) == FOUND
    pushed = (await desk.push("a", {"headline": "A", "body": BODY})).json()
    assert found(pushed["warnings"]) == FOUND
    assert pushed["revision"] == 1, "a repetition changes nothing, and has the same warnings"
    edit = await desk.send("PATCH", f"/articles/{made['id']}", {"body": BODY[:2]}, if_match="*")
    assert found(edit.json()["warnings"]) == FOUND[:4]


async def test_repeated_post_has_the_same_warnings(desk: Desk) -> None:
    brought = {"headline": "A", "body": BODY}
    first = await desk.send("POST", "/articles", brought, idempotency_key="a")
    again = await desk.send("POST", "/articles", brought, idempotency_key="a")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    assert found(again.json()["warnings"]) == FOUND


async def test_writes_without_loss_have_no_warnings(desk: Desk) -> None:
    responses = [await desk.send("POST", "/articles", {"headline": "A", "source_id": "a", "published_at": TODAY})]
    here = f"/articles/{responses[0].json()['id']}"
    responses += [
        await desk.send("PATCH", here, {"lead": "<p>Plain text</p>"}, if_match="*"),
        await desk.send("PUT", f"{here}/bump", {}),
        await desk.send("PUT", f"{here}/withdrawal", {}),
        await desk.send("DELETE", f"{here}/withdrawal"),
        await desk.send("PUT", f"{here}/publication", {}),
        await desk.send("POST", "/tags", {"slug": "rain", "name": "Rain"}),
        await desk.send("PATCH", "/tags/rain", {"name": "Heavy rain"}),
    ]
    assert [response.json()["warnings"] for response in responses] == [[]] * len(responses)
    assert "warnings" not in await desk.done("GET", here)


async def test_response_with_warnings_may_be_sent_back(desk: Desk) -> None:
    response = await desk.send("POST", "/articles", {"headline": "A", "body": BODY})
    made = response.json()
    again = await desk.send("PATCH", f"/articles/{made['id']}", made, if_match="*")
    assert (again.status_code, saved(again)) == (200, saved(response))
    tag = (await desk.send("POST", "/tags", {"slug": "rain", "name": "Rain"})).json()
    assert (await desk.send("PATCH", "/tags/rain", tag)).json() == tag


async def test_warnings_are_bounded_and_the_last_one_counts_the_others(desk: Desk) -> None:
    body = [{"type": "paragraph", "html": "<u class=x>a</u>"} for _ in range(130)]
    warnings = (await desk.send("POST", "/articles", {"headline": "A", "body": body})).json()["warnings"]
    assert len(warnings) == 101
    assert (warnings[-1]["code"], warnings[-1]["detail"]) == (
        "warnings-truncated",
        "30 further warnings are not listed.",
    )


async def test_strict_writes_refuse_whatever_would_be_dropped_or_changed(desk: Desk) -> None:
    withdrawal = {"reason": "retraction", "notice": "Wrong."}
    losses: dict[str, Json] = {
        "characters-repaired": {"headline": "It\x92s"},
        "duplicate-dropped": {"tags": ["trams", "fog", "trams"]},
        "first-time-ignored": {"first_published_at": TODAY},
        "withdrawal-ignored": {"withdrawal": withdrawal},
        "element-dropped": {"body": [{"type": "paragraph", "html": TABLE}]},
    }
    created = await desk.make(source_id="strict")
    for code, members in losses.items():
        article = {"headline": "A", **members}
        for method, path in (("POST", "/articles"), ("PUT", "/editions/global/articles/new")):
            refused = await desk.send(method, f"{path}?strict=true", article)
            assert (refused.status_code, {each["code"] for each in refused.json()["errors"]}) == (422, {code}), code
        assert (await desk.send("GET", "/editions/global/articles/new")).status_code == 404
        await desk.done("POST", "/articles", article)
        assert {each["code"] for each in desk.warnings} == {code}
        if code not in {"first-time-ignored", "withdrawal-ignored"}:  # a patch cannot change these
            refused = await desk.send("PATCH", f"/articles/{created['id']}?strict=true", members, if_match="*")
            assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)


async def test_repeated_values_of_entries_are_named(desk: Desk) -> None:
    codes = [{"scheme": "wikidata", "code": "Q1"}] * 2
    made = await desk.done(
        "POST", "/tags", {"slug": "quay", "name": "Quay", "aliases": ["Pier", "pier"], "codes": codes}
    )
    assert (made["aliases"], made["codes"]) == (["Pier"], codes[:1])
    assert found(desk.warnings) == [("aliases", "duplicate-dropped"), ("codes", "duplicate-dropped")]
    await desk.done("PATCH", "/tags/quay", {"aliases": ["Dock", "Pier", "Dock"]})
    assert found(desk.warnings) == [("aliases", "duplicate-dropped")]


async def test_patch_of_the_url_of_an_image_of_an_entry_names_unchanged_members(desk: Desk) -> None:
    image = {"url": "https://media.example/a.jpg", "alt": "Ida", "credit": "Mila Stroi"}
    await desk.done("POST", "/authors", {"slug": "ida", "name": "Ida", "image": image})
    edited = await desk.done("PATCH", "/authors/ida", {"image": {"url": "https://media.example/b.jpg"}})
    assert found(desk.warnings) == [("image", "image-members-unchanged")]
    assert edited["image"]["alt"] == "Ida"
    edited = await desk.done(
        "PATCH", "/authors/ida", {"image": {"url": "https://media.example/c.jpg", "alt": "", "credit": None}}
    )
    assert desk.warnings == []


async def test_merge_names_what_it_drops(desk: Desk) -> None:
    many = [f"Name {number}" for number in range(100)]
    await desk.done("POST", "/tags", {"slug": "one", "name": "One", "aliases": many, "description": "The first."})
    await desk.done("POST", "/tags", {"slug": "two", "name": "Two", "aliases": ["Deux"]})
    merged = await desk.done("PUT", "/tags/one/merge", {"into": "two"})
    assert merged["aliases"] == ["Deux", "One", *many[:98]]
    [names, members] = desk.warnings
    assert (names["where"], names["code"]) == ("aliases", "merged-members-dropped")
    assert "'Name 98', 'Name 99'" in names["detail"]
    assert (members["where"], "description" in members["detail"]) == ("into", True)
    await desk.done("PUT", "/tags/one/merge", {"into": "two"})
    assert desk.warnings == []


async def test_related_that_no_article_has_is_named_until_one_arrives(desk: Desk) -> None:
    known = await desk.make(source_id="ferry", slug="ferry-sunday", headline="The ferry")
    made = await desk.make(source_id="pier", related=["ferry", "ferry-sunday", known["id"]])
    [warning] = desk.warnings
    assert (warning["where"], warning["code"]) == ("related.1", "related-pending")
    assert "There is no article 'ferry-sunday' in the edition 'global'" in warning["detail"]
    await desk.make(source_id="ferry-sunday", headline="The ferry, again")
    await desk.edit(made, {"headline": "The pier"})
    assert desk.warnings == []


async def test_misspelt_interface_strings_are_named_in_warnings(desk: Desk) -> None:
    strings = {"read_alos": "Also", "motto": "Fair", "news": "N", "new_stories.one": "1", "new_stories.few": "2"}
    new = {"slug": "quay", "name": "Q", "language": "en", "timezone": "UTC", "site_url": "https://quay.example"}
    await desk.done("POST", "/editions", {**new, "strings": strings})
    expected = {
        "strings.read_alos": "It is a string of the edition's own; read_also is a shipped one.",
        "strings.new_stories.few": "It is never shown: the forms of new_stories in 'en' are one, other.",
    }
    assert {each["where"]: each["detail"] for each in desk.warnings} == expected
    assert {each["code"] for each in desk.warnings} == {"string-unknown"}
    await desk.done("PATCH", "/editions/quay", {"strings": {"read_alos": None, "tody": "Now"}})
    assert [each["where"] for each in desk.warnings] == ["strings.tody"]
