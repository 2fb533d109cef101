"""Embargoes: no publication takes effect before one ends, and no time is moved."""

import pytest

from app import clock
from app.db.database import Database
from app.domain.instant import parse_instant
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json
from tests.api.http.test_problems import check_problem
from tests.importers.conftest import import_bytes
from tests.importers.lines import article_line, edition_line, pack

NEXT_WEEK = "2026-11-27T10:00:00Z"
SHOWN = "2026-11-21T12:00:00.000000+02:00"


async def test_publication_before_the_end_is_refused_with_the_instant(desk: Desk) -> None:
    made = await desk.make(embargoed_until=TOMORROW)
    assert made["embargoed_until"] == SHOWN
    requests: tuple[Json, ...] = ({}, {"at": YESTERDAY}, {"at": "2026-11-21T09:59:59.999999Z"})
    for body in requests:
        refused = await desk.send("PUT", f"/articles/{made['id']}/publication", body)
        problem = check_problem(refused, "embargoed")
        assert problem["embargoed_until"] == SHOWN
    assert await desk.read(made) == made


async def test_schedule_at_the_end_is_published_then(desk: Desk) -> None:
    made = await desk.make(embargoed_until=TOMORROW)
    assert (await desk.publish(made, TOMORROW))["status"] == "scheduled"
    other = await desk.make(source_id="b", embargoed_until=TOMORROW)
    with clock.frozen(parse_instant(TOMORROW)):
        assert (await desk.publish(other))["status"] == "published"


@pytest.mark.parametrize("published_at", [YESTERDAY, TODAY, "2026-11-21T09:00:00Z"])
async def test_dated_article_before_the_end_is_refused(desk: Desk, published_at: str) -> None:
    given = {"headline": "A", "published_at": published_at, "embargoed_until": TOMORROW}
    check_problem(await desk.send("POST", "/articles", given), "embargoed")
    check_problem(await desk.push("cms:1", given), "embargoed")


async def test_edit_cannot_place_the_end_behind_a_schedule(desk: Desk) -> None:
    made = await desk.make(published_at=TOMORROW)
    refused = await desk.send("PATCH", f"/articles/{made['id']}", {"embargoed_until": NEXT_WEEK}, if_match="*")
    check_problem(refused, "embargoed")
    assert await desk.read(made) == made
    assert (await desk.edit(made, {"embargoed_until": TOMORROW}))["status"] == "scheduled"


async def test_embargo_cannot_be_set_on_a_public_article(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY)
    for until in (YESTERDAY, NEXT_WEEK):
        refused = await desk.send("PATCH", f"/articles/{made['id']}", {"embargoed_until": until}, if_match="*")
        problem = check_problem(refused, "invalid-input")
        assert [each["where"] for each in problem["errors"]] == ["embargoed_until"]
    withdrawn = await desk.withdraw(made)
    refused = await desk.send("PATCH", f"/articles/{made['id']}", {"embargoed_until": NEXT_WEEK}, if_match="*")
    check_problem(refused, "invalid-input")
    assert await desk.read(made) == withdrawn


async def test_ended_embargo_stays_on_a_published_article(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, embargoed_until=YESTERDAY)
    edited = await desk.edit(made, {"headline": "B", "embargoed_until": made["embargoed_until"]})
    assert edited["embargoed_until"] == made["embargoed_until"]
    assert "embargoed_until" not in (await desk.client.get(f"/v1/articles/{made['id']}")).json()


async def test_end_of_an_embargo_is_in_revisions(desk: Desk) -> None:
    made = await desk.make(embargoed_until=TOMORROW)
    await desk.edit(made, {"embargoed_until": None})
    revision = await desk.done("GET", f"/articles/{made['id']}/revisions/2")
    assert revision["differences"] == [{"member": "embargoed_until", "before": SHOWN, "after": None}]


async def test_import_refuses_a_publication_before_the_end(database: Database) -> None:
    lines = [
        edition_line(),
        article_line(source_id="a", published_at=TODAY, embargoed_until=TOMORROW),
        article_line(source_id="b", published_at="2026-11-21T09:00:00Z", embargoed_until=TOMORROW),
        article_line(source_id="c", published_at=TOMORROW, embargoed_until=TOMORROW),
        article_line(source_id="d", published_at=TODAY, embargoed_until=YESTERDAY),
    ]
    brought = await import_bytes(database, pack(*lines))
    reason = f"The article is embargoed until {SHOWN}."
    assert brought.errors == [(2, reason), (3, reason)]
    assert brought.outcomes == {"created": 2}


async def test_upsert_that_omits_an_embargo_removes_it_with_a_warning(desk: Desk) -> None:
    given = {"headline": "A", "published_at": NEXT_WEEK}
    await desk.done("PUT", "/editions/global/articles/a", {**given, "embargoed_until": TOMORROW})
    assert desk.warnings == []
    assert (await desk.done("PUT", "/editions/global/articles/a", given))["embargoed_until"] is None
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("embargoed_until", "embargo-removed")]
    await desk.done("PUT", "/editions/global/articles/a", {**given, "embargoed_until": TOMORROW})
    await desk.done("PUT", "/editions/global/articles/a", {**given, "embargoed_until": None})
    assert desk.warnings == []


async def test_restoration_of_an_imported_withdrawal_waits_for_the_end(desk: Desk, database: Database) -> None:
    line = article_line("a", status="withdrawn", published_at=TODAY, embargoed_until=TOMORROW)
    assert (await import_bytes(database, pack(line))).outcomes == {"created": 1}
    here = (await desk.done("GET", "/articles?source_id=a"))["items"][0]
    check_problem(await desk.send("DELETE", f"/articles/{here['id']}/withdrawal"), "embargoed")
    published = {"headline": "A", "status": "published", "embargoed_until": TOMORROW}
    check_problem(await desk.push("a", published), "embargoed")
    with clock.frozen(parse_instant(TOMORROW)):
        assert (await desk.restore(here))["status"] == "published"
