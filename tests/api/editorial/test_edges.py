"""Dates, names and histories that could harm the public view, and do not."""

from typing import Any

import pytest

from app import clock
from app.actions.articles.erasure import Erasure, erase_article
from app.actions.articles.upsert import upsert_articles
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from app.domain.tsid import parse_id
from app.errors import DaylineError
from app.importers.json_lines import parse_line
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, wrong
from tests.conftest import NOW
from tests.importers.lines import article_line, pack

FAR = "2099-01-01T00:00:00Z"


async def test_restored_article_is_never_dated_in_the_future(desk: Desk) -> None:
    made = await desk.make_in(ArticleStatus.WITHDRAWN, source_id="a")
    assert list(wrong(await desk.push("a", {"headline": "A", "published_at": FAR}))) == ["published_at"]
    assert list(wrong(await desk.push("a", {"headline": "A", "published_at": TODAY, "status": "scheduled"}))) == [
        "status"
    ]
    assert (await desk.restore(made))["published_at"] == made["published_at"]


async def test_upsert_does_not_withdraw_a_draft(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=YESTERDAY, status="draft")
    response = await desk.push("a", {"headline": "A", "status": "withdrawn"})
    assert list(wrong(response)) == ["status"]
    assert await desk.read(made) == made


async def test_public_article_is_editable_with_a_clock_behind(desk: Desk) -> None:
    made = await desk.publish(await desk.make(source_id="a"))
    with clock.frozen(NOW - SECOND_US):
        edited = await desk.edit(made, {"headline": "Edited"})
        pushed = (await desk.push("a", {"headline": "Pushed"})).json()
    assert (edited["status"], edited["headline"]) == ("published", "Edited")
    assert (pushed["status"], pushed["published_at"]) == ("published", made["published_at"])


async def test_erasure_slug_cannot_be_reserved(desk: Desk, drafter: Desk, database: Database) -> None:
    made = await desk.make(published_at=TODAY)
    await drafter.make(headline="In the way", slug=f"erased-{made['id']}")
    erased = await database.write(erase_article, parse_id(made["id"]), now=NOW, editor=COMMAND_ACTOR)
    assert erased is Erasure.DONE
    assert (await desk.client.get(f"/v1/articles/{made['id']}")).status_code == 410


async def test_source_id_equal_to_an_id_does_not_replace_related(desk: Desk, drafter: Desk) -> None:
    target = await desk.make(headline="Target", published_at=YESTERDAY)
    made = await desk.make(headline="Pointing", published_at=TODAY, related=[target["id"]])
    await drafter.make(headline="Elsewhere", source_id=target["id"])
    await desk.edit(made, {"lead": "Edited since."})
    shown = (await desk.client.get(f"/v1/articles/{made['id']}")).json()["related"]
    assert [each["id"] for each in shown] == [target["id"]]


async def test_former_slug_redirects_until_a_public_article_takes_it(desk: Desk) -> None:
    made = await desk.edit(await desk.make(slug="one", published_at=TODAY), {"slug": "two"})
    for dates in ({}, {"published_at": TOMORROW}):
        response = await desk.send("POST", "/articles", {"headline": "Another", "slug": "one", **dates})
        assert list(wrong(response)) == ["slug"]
    assert (await desk.client.get("/v1/articles/one")).status_code == 308
    before = (await desk.client.get("/v1/changes")).json()["as_of"]
    other = await desk.make(headline="Another", slug="one", published_at=TODAY)
    assert (await desk.client.get("/v1/articles/one")).json()["id"] == other["id"]
    assert (await desk.read(made))["old_slugs"] == []
    assert (await desk.client.get("/v1/changes")).json()["as_of"] == before + 1


async def test_revision_is_at_least_one(desk: Desk) -> None:
    response = await desk.push("new", {"headline": "A"}, if_match="*")
    assert response.status_code == 412
    assert (await desk.push("new", {"headline": "A"})).status_code == 201
    assert (await desk.push("new", {"headline": "B"}, if_match="*")).status_code == 200


async def test_repeated_request_for_a_deleted_draft(desk: Desk, database: Database) -> None:
    given = {"headline": "A secret"}
    first = await desk.send("POST", "/articles", given, idempotency_key="once")
    assert (await desk.send("DELETE", f"/articles/{first.json()['id']}")).status_code == 204
    again = await desk.send("POST", "/articles", given, idempotency_key="once")
    assert "idempotent-replayed" not in again.headers
    assert again.json()["id"] != first.json()["id"]
    gone = parse_id(first.json()["id"])
    assert await database.write(erase_article, gone, now=NOW, editor=COMMAND_ACTOR) is Erasure.NOT_FOUND


async def test_first_published_at_is_not_invented(desk: Desk) -> None:
    response = await desk.send("POST", "/articles", {"headline": "A", "first_published_at": FAR})
    assert list(wrong(response)) == ["first_published_at"]
    made = await desk.make(first_published_at=YESTERDAY)
    assert made["first_published_at"] is None
    published = await desk.publish(made)
    assert published["first_published_at"] == published["published_at"]


async def test_note_alone_is_a_bump(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY)
    note = {"type": "update", "text": "Still so."}
    at = {"at": made["published_at"], "note": note}
    bumped = await desk.done("PUT", f"/articles/{made['id']}/bump", at)
    assert (bumped["revision"], bumped["published_at"]) == (2, made["published_at"])
    assert [each["text"] for each in bumped["notes"]] == ["Still so."]


SAVE: dict[str, Any] = {
    "revision": 1,
    "version": 1,
    "status": "published",
    "published_at": YESTERDAY,
    "action": "created",
    "at": YESTERDAY,
    "actor": "import",
}


@pytest.mark.parametrize(
    "members",
    [
        {"revisions": [{**SAVE, "published_at": None}]},
        {"revisions": [{**SAVE, "version": 0}]},
        {"revisions": [{**SAVE, "revision": 2**31}]},
        {"revisions": [{**SAVE, "revision": 2**63 + 7}]},
        {"revisions": [{**SAVE, "version": 3}, {**SAVE, "revision": 2, "version": 2}]},
        {"revisions": [SAVE], "published_at": None},
        {"revisions": [SAVE], "published_at": FAR},
        {"erased_at": YESTERDAY},
        {"erased_at": YESTERDAY, "status": "withdrawn", "lead": "Not quite."},
    ],
)
async def test_impossible_history_is_not_imported(desk: Desk, database: Database, members: dict[str, Any]) -> None:
    line = pack(article_line("a", **{"published_at": YESTERDAY, **members}))
    try:
        record: Any = parse_line(line).record
    except DaylineError as error:
        outcome: Any = error
    else:
        outcome = (await database.write(upsert_articles, [record], now=NOW)).outcomes[0]
    assert isinstance(outcome, DaylineError)
    assert (await desk.done("GET", "/articles"))["items"] == []
