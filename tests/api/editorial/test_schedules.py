"""Schedules: past dates, withdrawal before the date, and clocks that are slightly ahead."""

from typing import Any

import pytest

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.db.database import Database
from app.domain.article_status import CLOCK_TOLERANCE_US
from app.domain.calendar import find_zone
from app.domain.instant import SECOND_US, format_instant, parse_instant
from tests.api.editorial.editor_client import NOTICE, TODAY, TOMORROW, YESTERDAY, Desk, saved, wrong
from tests.conftest import NOW

UTC = find_zone("UTC")


def at(offset_us: int) -> str:
    return format_instant(NOW + offset_us, UTC)


async def test_schedule_in_the_past_is_rejected(desk: Desk) -> None:
    past = {"status": "scheduled", "published_at": YESTERDAY}
    assert "published_at" in wrong(await desk.send("POST", "/articles", {"headline": "A", **past}))
    assert "published_at" in wrong(await desk.push("new", {"headline": "A", **past}))
    for name, members in (
        ("draft", {}),
        ("scheduled", {"published_at": TOMORROW}),
        ("public", {"published_at": TODAY}),
    ):
        made = await desk.make(source_id=name, **members)
        assert "published_at" in wrong(await desk.push(name, {"headline": "A", **past})), name
        assert await desk.read(made) == made
    assert len((await desk.done("GET", "/articles"))["items"]) == 3


async def test_due_schedule_may_be_upserted_again(desk: Desk) -> None:
    given = {"headline": "A", "status": "scheduled", "published_at": TOMORROW}
    assert saved(await desk.push("a", given))["status"] == "scheduled"
    with clock.frozen(parse_instant(TOMORROW) + SECOND_US):
        due = saved(await desk.push("a", given))
        assert due["status"] == "published"
        again = saved(await desk.push("a", given))
    assert (again["status"], again["revision"]) == ("published", due["revision"])


async def test_publication_may_be_back_dated(desk: Desk) -> None:
    made = await desk.publish(await desk.make(), YESTERDAY)
    assert (made["status"], made["published_at"]) == ("published", "2026-11-19T12:00:00.000000+02:00")


async def test_withdrawn_schedule_becomes_a_draft_with_the_reason(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TOMORROW)
    now = await desk.withdraw(made)
    assert (now["status"], now["published_at"], now["version"], now["revision"]) == ("draft", None, 0, 2)
    assert now["withdrawal"] == {**NOTICE, "at": "2026-11-20T14:00:00.000000+02:00"}
    assert await desk.withdraw(made) == now, "the same again changes nothing"
    changed = await desk.withdraw(made, reason="Another one.")
    assert (changed["status"], changed["withdrawal"]["reason"]) == ("draft", "Another one.")
    edited = await desk.edit(made, {"lead": "Still a draft."})
    assert edited["withdrawal"] == changed["withdrawal"]
    assert (await desk.client.get(f"/v1/articles/{made['id']}")).status_code == 404
    with clock.frozen(parse_instant(TOMORROW) + SECOND_US):
        await desk.done("GET", f"/articles/{made['id']}")
        assert (await desk.client.get(f"/v1/articles/{made['id']}")).status_code == 404
    refused = await desk.send("DELETE", f"/articles/{made['id']}/withdrawal")
    assert refused.status_code == 409
    assert "PUT publication" in refused.json()["detail"], "it names what makes the article public"
    again = await desk.publish(made)
    assert (again["status"], again["withdrawal"]) == ("published", None)


@pytest.mark.parametrize("withdrawal", [{}, {"withdrawal": {"reason": "Legal"}}])
async def test_upsert_withdraws_a_scheduled_article(desk: Desk, withdrawal: dict[str, Any]) -> None:
    await desk.make(source_id="a", published_at=TOMORROW)
    for members in ({}, {"published_at": TOMORROW}):
        now = saved(await desk.push("a", {"headline": "A", "status": "withdrawn", **withdrawal, **members}))
        assert (now["status"], now["published_at"]) == ("draft", None)
        assert now["withdrawal"]["reason"] == withdrawal.get("withdrawal", {}).get("reason")
    assert saved(await desk.push("a", {"headline": "B"}))["withdrawal"] == now["withdrawal"]
    scheduled = saved(await desk.push("a", {"headline": "B", "published_at": TOMORROW}))
    assert (scheduled["status"], scheduled["withdrawal"]) == ("scheduled", None)


async def test_publication_up_to_a_minute_ahead_is_scheduled_with_a_warning(desk: Desk, database: Database) -> None:
    for offset in (2 * SECOND_US, CLOCK_TOLERANCE_US):
        date = at(offset)
        given = {"headline": "Now", "status": "published", "published_at": date, "first_published_at": date}
        created = await desk.done("POST", "/articles", given)
        assert [(each["where"], each["code"]) for each in desk.warnings] == [("published_at", "scheduled")]
        assert (created["status"], parse_instant(created["published_at"])) == ("scheduled", NOW + offset)
        assert (await desk.client.get(f"/v1/articles/{created['id']}")).status_code == 404
        assert await database.write(apply_due_transitions, now=NOW + offset, most=10) == 1
        published = await desk.read(created)
        assert (published["status"], parse_instant(published["published_at"])) == ("published", NOW + offset)
    source = {"headline": "Now", "status": "published", "published_at": at(2 * SECOND_US)}
    assert saved(await desk.push("a", source))["revision"] == 1
    assert saved(await desk.push("a", source))["revision"] == 1
    with clock.frozen(NOW + 3 * SECOND_US):
        assert saved(await desk.push("a", source))["status"] == "published"
    late = {"headline": "Now", "status": "published", "published_at": at(CLOCK_TOLERANCE_US + 1)}
    assert "published_at" in wrong(await desk.send("POST", "/articles", late))


async def test_update_in_the_future_is_rejected(desk: Desk) -> None:
    future = {"headline": "A", "published_at": TODAY, "updated_at": "2099-01-01T00:00:00Z"}
    assert "updated_at" in wrong(await desk.send("POST", "/articles", future))
    made = await desk.make(source_id="a", published_at=TOMORROW, updated_at=TOMORROW)
    patch = {"updated_at": "2099-01-01T00:00:00Z"}
    assert "updated_at" in wrong(await desk.send("PATCH", f"/articles/{made['id']}", patch, if_match="*"))


async def test_first_public_time_of_a_draft_is_named(desk: Desk) -> None:
    first = {"first_published_at": YESTERDAY}
    created = await desk.done("POST", "/articles", {"headline": "A", "source_id": "a", **first})
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("first_published_at", "first-time-ignored")]
    assert created["first_published_at"] is None
    await desk.done("PUT", "/editions/global/articles/a", {"headline": "A", **first})
    assert [each["code"] for each in desk.warnings] == ["first-time-ignored"]
    public = await desk.done("PUT", "/editions/global/articles/a", {"headline": "A", "published_at": TODAY, **first})
    assert desk.warnings == []
    assert parse_instant(public["first_published_at"]) == parse_instant(YESTERDAY)
    await desk.done("PUT", "/editions/global/articles/a", {"headline": "A", "first_published_at": TODAY})
    assert [each["code"] for each in desk.warnings] == ["first-time-ignored"]


async def test_public_article_may_be_redated_slightly_ahead(desk: Desk) -> None:
    await desk.make(source_id="a", published_at=YESTERDAY)
    given = {"headline": "A", "status": "published", "published_at": at(2 * SECOND_US)}
    assert saved(await desk.push("a", given))["status"] == "published"


@pytest.mark.parametrize("ahead", [61, 86_400 * 365])
async def test_withdrawal_in_the_future_is_rejected(desk: Desk, ahead: int) -> None:
    await desk.make(source_id="a", published_at=TODAY)
    given = {"headline": "A", "status": "withdrawn", "published_at": TODAY}
    late = given | {"withdrawal": {"at": at(ahead * SECOND_US)}}
    assert "withdrawal.at" in wrong(await desk.push("a", late))
    withdrawn = saved(await desk.push("a", given | {"withdrawal": {"at": YESTERDAY}}))
    assert withdrawn["withdrawal"]["at"] == "2026-11-19T12:00:00.000000+02:00"


async def test_withdrawal_without_its_status_is_named(desk: Desk) -> None:
    await desk.done("POST", "/articles", {"headline": "A", "withdrawal": {"reason": "Legal"}})
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("withdrawal", "withdrawal-ignored")]


async def test_lists_may_be_null_and_offsets_without_a_colon(desk: Desk) -> None:
    empty = {"tags": None, "authors": None, "related": None, "body": None}
    made = await desk.make(published_at="2026-11-19T23:54:25+0000", **empty)
    assert (made["tags"], made["authors"], made["related"], made["body"]) == ([], [], [], [])
    assert made["published_at"] == "2026-11-20T01:54:25.000000+02:00"


async def test_headlines_are_one_visible_line(desk: Desk) -> None:
    made = await desk.make(headline="  Fog\r\n on the\tquay ", dateline="Kyiv\n", source={"name": " AP "})
    assert (made["headline"], made["dateline"], made["source"]["name"]) == ("Fog on the quay", "Kyiv", "AP")
    for headline in ("\u200b", "\u2800", " \u3164\n"):
        assert "headline" in wrong(await desk.send("POST", "/articles", {"headline": headline}))
        assert "headline" in wrong(
            await desk.send("PATCH", f"/articles/{made['id']}", {"headline": headline}, if_match="*")
        )
    assert "source.name" in wrong(await desk.send("POST", "/articles", {"headline": "A", "source": {"name": "\u200b"}}))
    assert "name" in wrong(await desk.send("POST", "/tags", {"slug": "x", "name": "\u200b"}))


async def test_detail_of_several_errors_is_one_sentence(desk: Desk) -> None:
    made = await desk.make()
    patch = {"status": "scheduled", "published_at": TOMORROW}
    response = await desk.send("PATCH", f"/articles/{made['id']}", patch, if_match="*")
    assert len(wrong(response)) == 2
    detail = response.json()["detail"]
    assert detail.count(".") == 1
    assert detail.endswith(".")


async def test_repeated_member_is_rejected(desk: Desk) -> None:
    headers = {**desk.headers, "content-type": "application/json"}
    raw = b'{"headline": "First", "headline": "Second"}'
    response = await desk.client.post("/v1/editorial/articles", headers=headers, content=raw)
    assert wrong(response) == {"": "Must be valid JSON: the member 'headline' is repeated in one object."}


async def test_place_of_an_encoding_error_is_named(desk: Desk) -> None:
    headers = {**desk.headers, "content-type": "application/json"}
    raw = '{\n  "headline": "First",\n  "lead": "舟 Café"\n}'.encode().replace("é".encode(), b"\xe9")
    for response in (
        await desk.client.post("/v1/editorial/articles", headers=headers, content=raw),
        await desk.client.put("/v1/editorial/editions/global/articles/a", headers=headers, content=raw),
    ):
        assert "not UTF-8: octet 0xE9 in line 3, column 17 (byte 19);" in wrong(response)[""]


async def test_template_with_unknown_placeholders_is_rejected(desk: Desk) -> None:
    response = await desk.send("PATCH", "/editions/global", {"article_url": "{site_url}/{yyyy}/{slug}"})
    assert "{yyyy}" in wrong(response)["article_url"]
