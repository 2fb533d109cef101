"""Upserts: creation or replacement by another system's identifier, which leaves the state of the article."""

from typing import Any
from urllib.parse import quote

from app import clock
from app.actions.articles.erasure import erase_article
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from app.domain.tsid import parse_id
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, saved, wrong
from tests.api.editorial.test_creation import FULL
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

HOUR_US = 3_600 * SECOND_US
PUSHED: dict[str, Any] = {name: value for name, value in FULL.items() if name != "source_id"}


async def test_upsert_creates_replaces_and_is_idempotent(desk: Desk) -> None:
    first = await desk.push("cms:41", PUSHED)
    made = first.json()
    assert (first.status_code, first.headers["etag"], first.headers["location"]) == (201, '"1"', made["href"])
    assert (made["source_id"], made["status"], made["edition"]) == ("cms:41", "draft", "global")
    with clock.frozen(NOW + HOUR_US):
        same = await desk.push("cms:41", PUSHED)
        assert (same.status_code, same.json()) == (200, made)
        assert "location" not in same.headers
        replaced = await desk.push("cms:41", {"headline": "Only this"})
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    now = replaced.json()
    emptied = ("lead", "dateline", "label", "section", "source", "image", "rights")
    assert (now["id"], now["headline"]) == (made["id"], "Only this")
    assert [now[name] for name in emptied] == [None] * len(emptied)
    assert [now[name] for name in ("tags", "authors", "related", "body")] == [[], [], [], []]
    elsewhere = await desk.push("cms:41", {"headline": "Only this"}, edition="ua")
    assert (elsewhere.status_code, elsewhere.json()["edition"]) == (201, "ua")


async def test_upsert_without_dates_preserves_the_state(desk: Desk) -> None:
    for status in ArticleStatus:
        made = await desk.make_in(status, source_id=f"a-{status}", updated_at="2026-11-20T11:00:00Z")
        response = await desk.push(f"a-{status}", {"headline": "Again"})
        now = response.json()
        assert (response.status_code, now["headline"]) == (200, "Again")
        for name in ("status", "published_at", "first_published_at", "withdrawal", "id"):
            assert now[name] == made[name], (status, name)
        at = "2026-11-20T14:00:00.000000+02:00" if made["version"] else made["updated_at"]
        assert now["updated_at"] == at


async def test_upsert_with_dates_or_status_changes_the_state(desk: Desk) -> None:
    async def moved(**members: Any) -> tuple[str, str | None]:
        now = (await desk.push("a", {"headline": "A", **members})).json()
        return now["status"], now["published_at"]

    assert await moved() == ("draft", None)
    assert await moved(published_at=TOMORROW) == ("scheduled", "2026-11-21T12:00:00.000000+02:00")
    assert await moved(published_at=None) == ("draft", None)
    assert await moved(published_at=YESTERDAY) == ("published", "2026-11-19T12:00:00.000000+02:00")
    assert await moved(published_at=TODAY) == ("published", "2026-11-20T12:00:00.000000+02:00")
    given = {"notice": "Gone."}
    assert await moved(status="withdrawn", withdrawal=given) == ("withdrawn", "2026-11-20T12:00:00.000000+02:00")
    assert await moved(status="withdrawn") == ("withdrawn", "2026-11-20T12:00:00.000000+02:00")
    assert await moved(status="published") == ("published", "2026-11-20T12:00:00.000000+02:00")
    made = saved(await desk.push("a", {"headline": "A"}))
    assert (made["first_published_at"], made["withdrawal"]) == ("2026-11-19T12:00:00.000000+02:00", None)
    saves = (await desk.done("GET", f"/articles/{made['id']}/revisions"))["items"]
    assert [each["action"] for each in saves] == [
        "restored",
        "withdrawn",
        "bumped",
        "published",
        "unscheduled",
        "scheduled",
        "created",
    ]
    for members in ({"status": "draft"}, {"published_at": None}, {"published_at": TOMORROW}):
        wrong(await desk.push("a", {"headline": "A", **members}))
    assert await desk.read(made) == made


async def test_upsert_honours_if_match_and_if_none_match(desk: Desk) -> None:
    check_problem(await desk.push("a", {"headline": "A"}, if_match='"1"'), "precondition-failed")
    assert (await desk.push("a", {"headline": "A"}, if_none_match="*")).status_code == 201
    check_problem(await desk.push("a", {"headline": "B"}, if_none_match="*"), "precondition-failed")
    check_problem(await desk.push("a", {"headline": "B"}, if_match='"2"'), "precondition-failed")
    check_problem(await desk.push("a", {"headline": "A"}, if_match='"2"'), "precondition-failed")
    assert (await desk.push("a", {"headline": "B"}, if_match='"1"')).json()["revision"] == 2
    assert (await desk.push("a", {"headline": "C"}, if_match="*")).json()["revision"] == 3


async def test_upsert_accepts_any_identifier_in_the_path(desk: Desk) -> None:
    for source_id in ("2026/11/20/trams", "стаття №7", "a b", "50%", "a/", "/a", "a//b", "a?b#c", "a.b/../c", "bump"):
        response = await desk.push(quote(source_id, safe="/" if source_id.count("/") == 3 else ""), {"headline": "A"})
        assert (response.status_code, response.json()["source_id"]) == (201, source_id)
        again = await desk.push(quote(source_id, safe=""), {"headline": "A", "source_id": source_id})
        assert (again.status_code, again.json()["revision"]) == (200, 1)


async def test_upsert_rejects_an_invalid_identifier(desk: Desk) -> None:
    for source_id in ("x" * 401, "%20", "й" * 401):
        response = await desk.push(source_id, {"headline": "A"})
        assert list(wrong(response)) == ["source_id"]
    for source_id in ("", "a%00b", "%0A", "a%7Fb"):
        assert (await desk.push(source_id, {"headline": "A"})).status_code in {404, 422}
    assert (await desk.push("й" * 400, {"headline": "A"})).status_code == 201
    assert len((await desk.done("GET", "/articles"))["items"]) == 1


async def test_upsert_body_must_match_the_path(desk: Desk) -> None:
    made = saved(await desk.push("a", {"headline": "A", "edition": "global", "source_id": "a"}))
    for members, where in (
        ({"edition": "ua"}, "edition"),
        ({"source_id": "b"}, "source_id"),
        ({"id": "0677y7hzc3m1d"}, "id"),
        ({"section": "nowhere"}, "section"),
        ({"old_slugs": []}, "old_slugs"),
    ):
        assert list(wrong(await desk.push("a", {"headline": "B", **members}))) == [where]
    assert list(wrong(await desk.push("new", {"headline": "B", "id": "0677y7hzc3m1d"}))) == ["id"]
    assert list(wrong(await desk.push("new", {"headline": "B", "status": "withdrawn"}))) == ["status"]
    assert saved(await desk.push("a", {"headline": "A", "id": made["id"]})) == made
    for edition in ("atlantis", "*", "GLOBAL"):
        check_problem(await desk.push("a", {"headline": "B"}, edition=edition), "not-found")
    assert await desk.read(made) == made


async def test_upsert_headline_changes_the_slug_of_a_draft(desk: Desk) -> None:
    made = (await desk.push("a", {"headline": "First words"})).json()
    assert made["slug"] == "first-words"
    assert (await desk.push("a", {"headline": "Second words"})).json()["slug"] == "second-words"
    await desk.publish(made)
    assert (await desk.push("a", {"headline": "Third words"})).json()["slug"] == "second-words"
    given = (await desk.push("a", {"headline": "Third words", "slug": "third"})).json()
    assert (given["slug"], given["old_slugs"]) == ("third", ["second-words"])


async def test_upsert_without_slug_preserves_it(desk: Desk) -> None:
    await desk.push("a", {"headline": "A", "slug": "by-hand"})
    assert (await desk.push("a", {"headline": "B"})).json()["slug"] == "by-hand"


async def test_upsert_does_not_recreate_an_erased_article(desk: Desk, database: Database) -> None:
    made = await desk.make(source_id="a", published_at=TODAY)
    await database.write(erase_article, parse_id(made["id"]), now=NOW, editor=COMMAND_ACTOR)
    for response in (
        await desk.push("a", {"headline": "Back", "published_at": TODAY}),
        await desk.send("POST", "/articles", {"headline": "Back", "source_id": "a"}),
        await desk.send("PATCH", f"/articles/{made['id']}", {"headline": "Back"}, if_match="*"),
        await desk.send("PUT", f"/articles/{made['id']}/publication", {}),
        await desk.send("DELETE", f"/articles/{made['id']}/withdrawal"),
        await desk.send("PUT", f"/articles/{made['id']}/withdrawal", {"notice": "A"}),
        await desk.send("DELETE", f"/articles/{made['id']}"),
    ):
        check_problem(response, "conflict")
    tombstone = await desk.read(made)
    assert (tombstone["headline"], tombstone["body"]) == ("Erased", [])
    assert (await desk.client.get(f"/v1/articles/{made['id']}")).status_code == 410
