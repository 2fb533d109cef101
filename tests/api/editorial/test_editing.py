"""Edits of articles by merge patches, from the revision that was read, and their effect on public responses."""

from typing import Any

from app import clock
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from tests.api.editorial.editor_client import TODAY, TOMORROW, Desk, Json, comparable, etag, saved, wrong
from tests.api.editorial.test_creation import FULL
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

NOTE = {"type": "correction", "text": "The last tram leaves at 00:40."}
HOUR_US = 3_600 * SECOND_US


async def test_edit_requires_the_current_revision(desk: Desk) -> None:
    made = await desk.make(source_id="a")
    address = f"/articles/{made['id']}"
    check_problem(await desk.send("PATCH", address, {"lead": "1"}), "precondition-required")
    stale = ('"2"', '"0"', '""', 'W/"1"', '"01"', '"1" "2"', '"one"', "", '"2", "3"', '"18446744073709551617"')
    for tag in stale:
        response = await desk.send("PATCH", address, {"lead": tag}, if_match=tag)
        check_problem(response, "precondition-failed")
        assert "revision 1" in response.json()["detail"]
    assert (await desk.read(made)) == made
    for number, tag in enumerate(('"1"', '"7", "2"', '"3","9"', "*", ' "5" '), start=2):
        response = await desk.send("PATCH", address, {"lead": str(number)}, if_match=tag)
        assert (response.status_code, response.headers["etag"]) == (200, f'"{number}"')
        assert response.json()["lead"] == str(number)


async def test_if_match_without_quotation_marks_is_named(desk: Desk) -> None:
    made = await desk.make(source_id="a")
    for tag in ("1", '"7", 1', "4"):
        response = await desk.send("PATCH", f"/articles/{made['id']}", {"lead": tag}, if_match=tag)
        check_problem(response, "invalid-input")
        [error] = response.json()["errors"]
        assert error["where"] == "If-Match"
        assert f'send "{tag[-1]}"' in error["message"]
    assert (await desk.read(made)) == made


async def test_if_match_has_a_maximum_length(desk: Desk) -> None:
    made = await desk.make(source_id="a")
    for tag, status in ((", ".join(['"1"'] * 200), 200), (", ".join(['"2"'] * 201), 422)):
        response = await desk.send("PATCH", f"/articles/{made['id']}", {"lead": tag[:9]}, if_match=tag)
        assert response.status_code == status, len(tag)
    assert response.json()["errors"] == [{"where": "If-Match", "message": "Must be at most 1,000 characters."}]


async def test_if_match_may_span_several_header_lines(desk: Desk) -> None:
    made = await desk.make(source_id="a")
    headers = [("authorization", desk.headers["authorization"]), ("if-match", '"9"'), ("if-match", '"1"')]
    response = await desk.client.patch(made["href"], json={"lead": "A"}, headers=headers)
    assert response.status_code == 200


async def test_patch_changes_named_members_and_null_empties_them(desk: Desk) -> None:
    made = await desk.make(**FULL)
    patch = {
        "headline": "Night trams",
        "lead": None,
        "section": None,
        "label": "opinion",
        "tags": ["fog"],
        "authors": [],
        "source": {"url": None},
        "image": {"credit": "Mila Stroi", "renditions": None},
        "rights": None,
        "related": None,
        "body": [{"type": "paragraph", "text": "One."}],
    }
    edited = await desk.edit(made, patch)
    assert (edited["headline"], edited["label"]) == ("Night trams", "opinion")
    assert (edited["lead"], edited["section"]) == (None, None)
    assert (edited["tags"], edited["authors"], edited["related"]) == (["fog"], [], [])
    assert edited["source"] == {"name": "Lume Tramways", "url": None}
    assert edited["image"] == {**made["image"], "credit": "Mila Stroi", "renditions": []}
    assert edited["rights"] is None
    assert edited["body"] == [{"type": "paragraph", "html": "One."}]
    assert (edited["dateline"], edited["source_id"]) == (made["dateline"], made["source_id"])
    assert edited["revision"] == 2
    emptied = await desk.edit(edited, {"source": None, "image": None, "body": None, "tags": None, "label": None})
    assert [emptied[name] for name in ("source", "image", "body", "tags", "label")] == [None, None, [], [], None]


async def test_invalid_patch_is_named_and_saves_nothing(desk: Desk) -> None:
    made = await desk.make(**FULL)
    for patch, where in (
        ({"headline": None}, ["headline"]),
        ({"section": "nowhere", "authors": ["nobody"]}, ["section", "authors"]),
        ({"label": "rumour"}, ["label"]),
        ({"source": {"name": None}}, ["source.name"]),
        ({"image": {"bogus": 1}}, ["image.bogus"]),
        ({"body": {"0": "paragraph"}}, ["body"]),
        ({"note": {"type": "rumour", "text": "A"}}, ["note.type"]),
        ({"note": "A"}, ["note"]),
        ({"bogus": 1, "headline": "B"}, ["bogus"]),
        ({"old_slugs": ["a"]}, ["old_slugs"]),
        ({"revisions": []}, ["revisions"]),
    ):
        response = await desk.send("PATCH", f"/articles/{made['id']}", patch, if_match="*")
        assert list(wrong(response)) == where, patch
    assert await desk.read(made) == made


async def test_unchanged_article_sent_back_changes_nothing(desk: Desk) -> None:
    for status in ArticleStatus:
        made = await desk.make_in(status, **{**FULL, "source_id": status})
        response = await desk.send("PATCH", f"/articles/{made['id']}", made, if_match=etag(made))
        assert (response.status_code, saved(response)) == (200, made)
        assert await desk.edit(made, {}) == made
        with clock.frozen(NOW + HOUR_US):
            changed = await desk.edit(made, {**made, "lead": "Another lead."})
        assert (changed["lead"], changed["revision"]) == ("Another lead.", made["revision"] + 1)
        assert (changed["updated_at"] is not None) is (status in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN})
    saves = await desk.done("GET", f"/articles/{made['id']}/revisions")
    assert len(saves["items"]) == made["revision"] + 1


async def test_edit_changes_neither_state_nor_identity(desk: Desk) -> None:
    others: Json = {
        "edition": "ua",
        "id": "0677y7hzc3m1d",
        "source_id": "other",
        "status": "draft",
        "published_at": "2026-11-20T10:00:01Z",
        "first_published_at": None,
        "withdrawal": {"reason": "x"},
        "version": 7,
        "revision": 7,
        "modified_by": "import",
        "created_at": None,
        "href": "/v1/editorial/articles/0677y7hzc3m1d",
        "notes": [NOTE],
        "erased_at": TODAY,
        "kind": "tag",
    }
    made = await desk.make(source_id="a", published_at=TODAY)
    for name, value in others.items():
        response = await desk.send("PATCH", f"/articles/{made['id']}", {name: value, "lead": "A"}, if_match="*")
        assert list(wrong(response)) == [name]
    assert await desk.read(made) == made


async def test_slug_of_a_draft_follows_its_headline_until_given_or_public(desk: Desk) -> None:
    made = await desk.make(headline="First words")
    assert made["slug"] == "first-words"
    renamed = await desk.edit(made, {"headline": "Нові слова"})
    assert (renamed["slug"], renamed["old_slugs"]) == ("novi-slova", [])
    given = await desk.edit(made, {"slug": "by-hand"})
    unchanged = await desk.edit(given, {"headline": "Third words"})
    assert unchanged["slug"] == "by-hand"
    public = await desk.publish(made)
    after = await desk.edit(public, {"headline": "Fourth words"})
    assert (after["slug"], after["old_slugs"]) == ("by-hand", [])
    assert (await desk.client.get("/v1/articles/first-words")).status_code == 404


async def test_changed_public_slug_redirects_from_the_former_one(desk: Desk) -> None:
    made = await desk.make(slug="first", published_at=TODAY)
    for slug in ("second", "third"):
        made = await desk.edit(made, {"slug": slug})
    assert (made["slug"], made["old_slugs"]) == ("third", ["first", "second"])
    for slug in ("first", "second"):
        moved = await desk.client.get(f"/v1/articles/{slug}?body=none")
        assert (moved.status_code, moved.headers["location"]) == (308, "/v1/articles/third?body=none")
    back = await desk.edit(made, {"slug": "first"})
    assert back["old_slugs"] == ["second", "third"]
    assert (await desk.client.get("/v1/articles/first")).status_code == 200
    other = await desk.make(headline="Other", published_at=TODAY)
    response = await desk.send("PATCH", f"/articles/{other['id']}", {"slug": "first"}, if_match="*")
    assert list(wrong(response)) == ["slug"]
    assert (await desk.edit(other, {"slug": "third"}))["slug"] == "third"
    assert (await desk.client.get("/v1/articles/third")).json()["id"] == other["id"]


async def test_updated_at_changes_with_public_content(desk: Desk) -> None:
    later = "2026-11-20T15:00:00.000000+02:00"
    for status in ArticleStatus:
        made = await desk.make_in(status, source_id=status)
        with clock.frozen(NOW + HOUR_US):
            edited = await desk.edit(made, {"lead": "A lead."})
            again = await desk.edit(made, {"lead": "A lead."})
        assert edited["updated_at"] == (later if status in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN} else None)
        assert edited["modified_at"] == later
        assert edited["published_at"] == made["published_at"]
        assert again == edited
    made = await desk.make(published_at=TODAY)
    assert (await desk.edit(made, {"lead": "B", "updated_at": "2026-11-20T11:00:00Z"}))["updated_at"] == (
        "2026-11-20T13:00:00.000000+02:00"
    )
    assert (await desk.edit(made, {"note": NOTE}))["updated_at"] == "2026-11-20T13:00:00.000000+02:00"


async def test_version_counts_public_revisions(desk: Desk) -> None:
    draft = await desk.edit(await desk.make(source_id="a"), {"lead": "A"})
    assert (draft["version"], draft["revision"]) == (0, 2)
    public = await desk.publish(draft)
    assert (public["version"], public["revision"]) == (1, 3)
    edited = await desk.edit(public, {"lead": "B"})
    assert (edited["version"], edited["revision"]) == (2, 4)
    withdrawn = await desk.withdraw(edited)
    unseen = await desk.edit(withdrawn, {"lead": "C"})
    assert (unseen["version"], unseen["revision"]) == (2, 6)
    assert (await desk.restore(unseen))["version"] == 3


async def test_note_is_shown_in_article_history_and_revisions(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TODAY)
    assert (await desk.edit(made, {"lead": "A", "note": NOTE}))["notes"] == [
        {**NOTE, "at": "2026-11-20T14:00:00.000000+02:00", "version": 2}
    ]
    alone = await desk.edit(made, {"note": {"type": "update", "text": "More to come."}})
    assert (alone["revision"], alone["version"]) == (3, 3)
    page = (await desk.client.get(f"/v1/articles/{made['slug']}")).json()
    assert [(note["type"], note["version"]) for note in page["notes"]] == [("correction", 2), ("update", 3)]
    assert page["notes"] == alone["notes"]
    history = (await desk.client.get(page["history"]["href"])).json()["items"]
    assert [(each["type"], each["note"]) for each in history] == [
        ("update", "More to come."),
        ("correction", NOTE["text"]),
        ("publication", None),
    ]
    saves = (await desk.done("GET", f"/articles/{made['id']}/revisions"))["items"]
    assert [each["note"] for each in saves] == [{"type": "update", "text": "More to come."}, NOTE, None]


async def test_invisible_edit_makes_no_public_change(desk: Desk) -> None:
    for status in (ArticleStatus.DRAFT, ArticleStatus.SCHEDULED, ArticleStatus.WITHDRAWN):
        made = await desk.make_in(status, source_id=status)
        edited = await desk.edit(made, {"lead": "A", "note": NOTE})
        assert edited["notes"] == []
        assert edited["revision"] == made["revision"] + 1


async def test_edit_is_visible_immediately_in_lists_and_pages(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TODAY, section="city", tags=["trams"])
    await desk.edit(made, {"headline": "Fog lifts", "section": "world", "tags": ["fog"], "label": "opinion"})
    for address, holds in (
        ("/v1/articles?section=city", False),
        ("/v1/articles?tag=trams", False),
        ("/v1/articles?section=world", True),
        ("/v1/articles?tag=fog&label=opinion", True),
        ("/v1/sections/world/articles", True),
    ):
        items = (await desk.client.get(address)).json()["items"]
        assert [item["headline"] for item in items] == (["Fog lifts"] if holds else [])
    day = (await desk.client.get("/v1/timeline")).json()["days"][0]["items"]
    assert [(item["headline"], item["label"]["code"]) for item in day] == [("Fog lifts", "opinion")]


async def test_edit_of_an_unknown_article_is_404(desk: Desk) -> None:
    for key in ("0677y7hzc3m1d", "night-trams", "7zzzzzzzzzzzz"):
        check_problem(await desk.send("PATCH", f"/articles/{key}", {}, if_match="*"), "not-found")
        check_problem(await desk.send("GET", f"/articles/{key}"), "not-found")


async def test_edit_of_a_due_article_publishes_it(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TOMORROW)
    with clock.frozen(NOW + 25 * HOUR_US):
        edited = await desk.edit(made, {"lead": "Just in time."})
    assert (edited["lead"], edited["status"], edited["version"] > 0) == ("Just in time.", "published", True)
    expected: dict[str, Any] = {**comparable(made), "lead": "Just in time.", "status": "published"}
    found = {**comparable(edited), "first_published_at": None, "updated_at": None}
    assert found == expected
