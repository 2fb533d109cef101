"""Schedule snapshot: the publications and expiries of the next minutes, with all that they affect."""

import orjson
import pytest
from sqlalchemy import Connection, select

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.db.database import Database
from app.domain.instant import SECOND_US
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.invalidation.schedule_snapshot import ScheduleSnapshot
from app.models.change import changes
from app.queries.timeline.scheduled import list_due, load_schedule_snapshot
from tests.conftest import NOW, Store
from tests.records import article, author, edition, label, section, tag
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("frozen_clock")
UNTIL = NOW + 90 * SECOND_US
PLAIN = frozenset({(Facet.FORMAT, "article"), (Facet.LANGUAGE, "en-gb"), (Facet.FEATURED, "false")})
"""Traits of an article that has none of its own."""


async def test_snapshot_holds_publications_before_its_end_soonest_first(database: Database, store: Store) -> None:
    await store(edition(), edition("ua", default=False, timezone="Europe/London"))
    await store(
        article("2026-11-20T12:01:30Z", source_id="beyond"),
        article("2026-11-20T12:01:29.999999Z", source_id="second", edition="ua"),
        article("2026-11-20T12:00:01Z", source_id="first"),
        article("2026-11-20T11:00:00Z", source_id="public"),
        article(None, source_id="draft"),
    )
    found = await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    assert [
        (each.slug, each.published_at - NOW, each.edition, each.is_default, each.timezone) for each in found.entries
    ] == [
        ("story-first", SECOND_US, "global", True, "Europe/Kyiv"),
        ("story-second", 89_999_999, "ua", False, "Europe/London"),
    ]
    assert found.complete_until == UNTIL


async def test_snapshot_has_entries_and_referrers_of_each_article(database: Database, store: Store) -> None:
    await store(edition(), label("exclusive", "Exclusive"), section("city", "City"), author("ada-moss", "Ada Moss"))
    await store(tag("trams", "Trams"), tag("fog", "Fog"))
    named = {"label": "exclusive", "section": "city", "tags": ["trams", "fog"], "authors": ["ada-moss"]}
    await store(
        article("2026-11-20T12:00:01Z", source_id="named", **named),
        article("2026-11-20T12:00:02Z", source_id="bare"),
        article("2026-11-20T11:00:00Z", source_id="pointer", slug="pointer", related=["named"]),
    )
    first, second = (await database.read(load_schedule_snapshot, until=UNTIL, most=10)).entries
    assert first.names == {
        (Facet.LABEL, "exclusive"),
        (Facet.SECTION, "city"),
        (Facet.TAG, "trams"),
        (Facet.TAG, "fog"),
        (Facet.AUTHOR, "ada-moss"),
        (Facet.SECTION_TREE, "city"),
        *PLAIN,
    }
    assert "pointer" in first.referrers
    assert (second.names, second.referrers) == (PLAIN, frozenset())


async def test_snapshot_has_the_kinds_of_unlisted_entries(database: Database, store: Store) -> None:
    await store(edition(), tag("trams", "Trams"), author("ada-moss", "Ada Moss"))
    listed = {"tags": ["trams"], "authors": ["ada-moss"]}
    await store(
        article("2026-11-20T12:00:01Z", source_id="listed", **listed),
        article("2026-11-20T12:00:02Z", source_id="tag", **listed | {"tags": ["trams", "new"]}),
        article("2026-11-20T12:00:03Z", source_id="all", label="new", section="new", authors=["new"], tags=["new"]),
    )
    found = await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    everything = {Facet.LABEL, Facet.SECTION, Facet.AUTHOR, Facet.TAG}
    while_used = {Facet.TAG, Facet.AUTHOR}  # the last public article may be withdrawn before
    assert [each.unlisted for each in found.entries] == [while_used, while_used, everything]


async def test_due_articles_are_listed_longest_due_first(database: Database, store: Store) -> None:
    await store(edition(), *(article(f"2026-11-20T12:00:0{n}Z", source_id=f"s{n}") for n in (3, 1, 2, 4)))
    entries = (await database.read(load_schedule_snapshot, until=UNTIL, most=10)).entries
    due = [parse_id(each.id) for each in entries[:3]]
    assert await database.read(list_due, now=NOW + 3 * SECOND_US, most=10) == due
    assert await database.read(list_due, now=NOW + 3 * SECOND_US, most=2) == due[:2]


async def test_snapshot_over_the_limit_is_complete_up_to_its_last_article(database: Database, store: Store) -> None:
    await store(edition(), *(article(f"2026-11-20T12:00:0{n}Z", source_id=f"s{n}") for n in range(1, 6)))
    found = await database.read(load_schedule_snapshot, until=UNTIL, most=3)
    assert [each.published_at - NOW for each in found.entries] == [SECOND_US, 2 * SECOND_US, 3 * SECOND_US]
    assert found.complete_until == NOW + 3 * SECOND_US
    assert len((await database.read(load_schedule_snapshot, until=UNTIL, most=5)).entries) == 5


async def test_snapshot_runs_two_statements_if_empty_and_five_otherwise(database: Database, store: Store) -> None:
    await store(edition())
    await database.read(
        load_schedule_snapshot, until=UNTIL, most=10
    )  # the first statements of a connection do not count
    with counted() as statements:
        assert await database.read(load_schedule_snapshot, until=UNTIL, most=10) == ScheduleSnapshot((), UNTIL)
    assert len(statements) == 2
    await store(*(article(f"2026-11-20T12:00:0{n}Z", source_id=f"s{n}") for n in range(1, 9)))
    with counted() as statements:
        await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    assert len(statements) == 5


async def test_snapshot_reuses_unchanged_articles(database: Database, store: Store) -> None:
    await store(edition(), tag("fog", "Fog"))
    one, two = (article(f"2026-11-20T12:00:0{n}Z", source_id=f"s{n}") for n in (1, 2))
    await store(one, two)
    before = await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    with counted() as statements:
        again = await database.read(load_schedule_snapshot, until=UNTIL, most=10, known=before)
    assert again == before
    assert len(statements) == 2
    await store(two.model_copy(update={"tags": ["fog"]}), article("2026-11-20T12:00:01.5Z", source_id="between"))
    after = await database.read(load_schedule_snapshot, until=UNTIL, most=10, known=before)
    assert [each.slug for each in after.entries] == ["story-s1", "story-between", "story-s2"]
    assert after.entries[0] is before.entries[0]
    assert after.entries[2].names == {(Facet.TAG, "fog"), *PLAIN}


async def test_snapshot_has_the_change_that_each_expiry_will_log(database: Database, store: Store) -> None:
    await store(edition(), tag("fog", "Fog"))
    ending = article("2026-11-20T10:00:00Z", source_id="ending", tags=["fog"], expires_at="2026-11-20T12:00:05Z")
    later = article("2026-11-20T10:00:00Z", source_id="later", expires_at="2027-11-20T12:00:05Z")
    await store(ending, later, article("2026-11-20T09:00:00Z", source_id="pointer", related=["ending"]))
    before = await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    (expiry,) = before.expiries
    with clock.frozen(expiry.due_at):
        assert await database.write(apply_due_transitions, now=expiry.due_at, most=10) == 1
    (change,) = await database.read(read_last_changes, 1)
    assert change.entity_keys <= expiry.change.entity_keys
    assert (change.list_keys, change.timestamps) == (expiry.change.list_keys, expiry.change.timestamps)
    assert (await database.read(load_schedule_snapshot, until=UNTIL, most=10)).expiries == ()


def read_last_changes(connection: Connection, count: int) -> list[ChangeEvent]:
    rows = connection.execute(select(changes).order_by(changes.c.seq.desc()).limit(count)).all()
    return [
        parse_change_event(row.seq, orjson.loads(row.surrogate_keys), is_of_article=True, edition_id=row.edition_id)
        for row in rows
    ]


async def test_full_snapshot_of_expiries_ends_at_the_last_one(database: Database, store: Store) -> None:
    await store(edition())
    await store(
        *(
            article("2026-11-20T10:00:00Z", source_id=f"s{number}", expires_at=f"2026-11-20T12:00:0{number}Z")
            for number in range(1, 5)
        )
    )
    found = await database.read(load_schedule_snapshot, until=UNTIL, most=2)
    assert len(found.expiries) == 2
    assert found.complete_until == found.expiries[-1].due_at == NOW + 2 * SECOND_US


async def test_snapshot_has_the_updates_of_translations(database: Database, store: Store) -> None:
    await store(edition(), edition("ua", default=False), tag("fog", "Fog"), section("city", "City"))
    fog = {"edition": "global", "source_id": "fog"}
    await store(
        article("2026-11-20T10:00:00Z", source_id="fog", tags=["fog"], section="city"),
        article("2026-11-20T12:00:05Z", edition="ua", source_id="coming", translations=[fog]),
        article(
            "2026-11-20T10:00:00Z",
            source_id="ending",
            language="fr",
            translations=["fog"],
            expires_at="2026-11-20T12:00:07Z",
        ),
        article(None, source_id="draft", language="es", translations=["fog"]),
    )
    before = await database.read(load_schedule_snapshot, until=UNTIL, most=10)
    assert [each.due_at - NOW for each in before.updates] == [5 * SECOND_US, 5 * SECOND_US, 7 * SECOND_US]
    for due_at, count in ((before.updates[0].due_at, 2), (before.updates[2].due_at, 2)):
        with clock.frozen(due_at):
            await database.write(apply_due_transitions, now=due_at, most=10)
        logged = (await database.read(read_last_changes, count + 1))[-count - 1 :]
        expected = [each.change for each in before.updates if each.due_at == due_at]
        for change in expected:
            (same,) = [each for each in logged if each.entity_keys <= change.entity_keys]
            assert (change.list_keys, change.timestamps) == (same.list_keys, same.timestamps)
    assert (await database.read(load_schedule_snapshot, until=UNTIL, most=10)).updates == ()
