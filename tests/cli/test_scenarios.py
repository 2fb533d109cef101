"""`dayline sample --scenario`: each scenario shows what its page promises, and loads again without a change."""

import asyncio
import json
import re
from typing import Any

import pytest

from app.cli.scenarios import BURST, SCENARIOS, build_big_day
from app.main import create_app
from app.settings import Settings
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import running

KILLED = "/v1/articles/council-sells-the-old-quay-for-one-crown?edition=kill"


def read(address: str, *paths: str) -> list[dict[str, Any]]:
    """Return what the API has at these paths, each with its status."""

    async def work() -> list[dict[str, Any]]:
        async with running(create_app(Settings(database_url=address))) as client:
            return [{**(found := await client.get(path)).json(), "http_status": found.status_code} for path in paths]

    return asyncio.run(work())


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_loads_without_losses_and_only_once(dayline: Dayline, name: str) -> None:
    first = dayline("sample", "--scenario", name, "--after", 0)
    assert (first.status, first.errors) == (0, "")
    again = dayline("sample", "--scenario", name, "--after", 0)
    assert (again.status, again.errors) == (0, "")
    assert "created" not in again.output


def test_scenarios_and_the_sample_share_a_database_and_no_other_edition(dayline: Dayline, sqlite_address: str) -> None:
    for words in ((), ("--scenario", "rtl"), ("--scenario", "dst-night"), ()):
        assert dayline("sample", *words, address=sqlite_address).errors == ""
    assert dayline("sample", "--if-empty", "--scenario", "big-day", address=sqlite_address).output == ""
    [editions] = read(sqlite_address, "/v1/editions")
    assert [(each["slug"], each["default"]) for each in editions["items"] if each["default"]] == [("harbour", True)]


def test_scenario_is_refused_beside_editions_of_a_newsroom(
    dayline: Dayline, sqlite_address: str, tmp_path: Any
) -> None:
    edition = {"kind": "edition", "slug": "global", "name": "The Lume Courier", "language": "en-GB", "default": True}
    edition |= {"timezone": "Europe/Kyiv", "site_url": "https://courier.example"}
    (tmp_path / "news.jsonl").write_text(json.dumps(edition))
    assert dayline("import", "news.jsonl", address=sqlite_address).status == 0
    ended = dayline("sample", "--scenario", "rtl", address=sqlite_address)
    assert is_one_sentence(ended), ended


def test_list_names_every_scenario(dayline: Dayline) -> None:
    listed = json.loads(dayline("sample", "--list", "--json").output)["items"]
    assert [each["scenario"] for each in listed] == list(SCENARIOS)
    assert all(name in dayline("sample", "--list").output for name in SCENARIOS)
    assert is_one_sentence(dayline("sample", "--scenario", "boredom"))
    assert is_one_sentence(dayline("sample", "--json"))


def test_dst_night_has_days_of_25_and_23_hours_and_a_repeated_hour(dayline: Dayline, sqlite_address: str) -> None:
    dayline("sample", "--scenario", "dst-night", address=sqlite_address)
    long, short = read(
        sqlite_address, *(f"/v1/timeline/{day}?edition=dst-night" for day in ("2026-10-25", "2026-03-29"))
    )
    assert (long["day"]["starts_at"][-6:], long["day"]["ends_at"][-6:]) == ("+03:00", "+02:00")
    assert (short["day"]["starts_at"][-6:], short["day"]["ends_at"][-6:]) == ("+02:00", "+03:00")
    offsets = [item["published_at"][-6:] for item in long["day"]["items"] if item["time"] == "03:10"]
    assert offsets == ["+02:00", "+03:00"]
    times = [item["time"] for item in long["day"]["items"]]
    assert times != sorted(times, reverse=True)


def test_killed_article_is_withdrawn_again_at_each_run(dayline: Dayline, database_address: str) -> None:
    for _ in range(2):
        ended = dayline("sample", "--scenario", "kill", "--after", 0, address=database_address)
        assert f"{KILLED} was withdrawn." in ended.output
    gone, changes = read(database_address, KILLED, "/v1/changes?edition=kill&since=0&fields=headline&limit=200")
    assert (gone["http_status"], "forgery" in gone["notice"]) == (410, True)
    assert [each["type"] for each in changes["items"] if each["article"]][-1] == "article.withdrawn"


def test_event_waits_for_the_given_seconds(dayline: Dayline, sqlite_address: str) -> None:
    ended = dayline("sample", "--scenario", "kill", "--after", 1, address=sqlite_address)
    assert f"{KILLED} will be withdrawn in 1 s; Ctrl+C leaves it as it is.\n{KILLED} was withdrawn." in ended.output


def test_bumped_article_moves_to_the_top(dayline: Dayline, sqlite_address: str) -> None:
    for _ in range(2):
        dayline("sample", "--scenario", "bump", "--after", 0, address=sqlite_address)
        [page] = read(sqlite_address, "/v1/timeline?edition=bump")
        headlines = [item["headline"] for day in page["days"] for item in day["items"]]
        assert headlines[0] == "Storm warning for Gull Island"
        assert len(headlines) == len(set(headlines)) == 6


def test_big_day_is_the_same_at_each_run_and_shares_one_instant() -> None:
    records = [json.loads(line) for line in build_big_day().splitlines()]
    assert build_big_day() == build_big_day()
    articles = [record for record in records if record["kind"] == "article"]
    assert len({article["headline"] for article in articles}) == 2_000
    assert sum(article["published_at"] == "2026-11-18T12:00:00+02:00" for article in articles) == BURST


def test_big_day_is_one_day_of_the_calendar(dayline: Dayline, sqlite_address: str) -> None:
    dayline("sample", "--scenario", "big-day", address=sqlite_address)
    [calendar] = read(sqlite_address, "/v1/timeline/calendar?edition=big-day&from=2026-11-01&to=2026-11-30")
    assert [(day["date"], day["total"]) for day in calendar["days"]] == [("2026-11-18", 2_000)]


def test_rtl_edition_is_arabic(dayline: Dayline, sqlite_address: str) -> None:
    dayline("sample", "--scenario", "rtl", address=sqlite_address)
    edition, page = read(sqlite_address, "/v1/editions/rtl", "/v1/timeline?edition=rtl")
    assert (edition["direction"], edition["language"]) == ("rtl", "ar")
    items = [item for day in page["days"] for item in day["items"]]
    texts = [item["headline"] for item in items] + [item["label"]["text"] for item in items if item["label"]]
    assert [text for text in texts if not re.search(r"[\u0621-\u064a]", text)] == []
