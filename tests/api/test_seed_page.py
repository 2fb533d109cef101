"""The first page of the product: a front end can render all of it from this API alone."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.db.database import Database
from app.importers.runner import Importer
from tests.conftest import NOW
from tests.pagination import get_page

DATE = re.compile(r"([0-9]{4}), ([A-Z][a-z]+)")
TIME = re.compile(r"[0-2][0-9]:[0-5][0-9]")
LABELS = {"Exclusive", "OPINION", "Review", "Updated", "Interview"}
RAW_KEY = re.compile(r"client/|title\.list_title|^[a-z]+(_[a-z]+)+$|^[a-z]+(\.[a-z_]+)+$")


@dataclass(slots=True)
class PrintedDay:
    """Day of the printed timeline: its heading, and (time, label, headline) of each item."""

    year: str
    weekday: str
    day: str
    items: list[tuple[str, str | None, str]] = field(default_factory=list)


@dataclass(slots=True)
class PrintedPage:
    """Page as its text shows it."""

    edition: str
    label: str
    headline: str
    date: str
    time: str
    lead: str
    body: list[str]
    source: str
    bio: str
    disclaimer: str
    tail: list[str]
    days: list[PrintedDay]


def read_printed(text: str) -> PrintedPage:
    """Parse the text of the page by the positions of its parts."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    news = lines.index("• News")
    source = lines.index("Source")
    return PrintedPage(
        edition=lines[0],
        label=lines[1],
        headline=lines[2],
        date=lines[3],
        time=lines[4],
        lead=lines[5],
        body=lines[7:source],  # the line before it is the raw interface key
        source=lines[source],
        bio=lines[source + 1],
        disclaimer=lines[source + 2],
        tail=[*lines[source + 3 : news + 1], lines[-1]],
        days=read_days(lines[news + 1 : -1]),
    )


def read_days(lines: list[str]) -> list[PrintedDay]:
    """Return the printed timeline."""
    days: list[PrintedDay] = []
    rest = iter(lines)
    for line in rest:
        if match := DATE.fullmatch(line):
            days.append(PrintedDay(match[1], match[2], next(rest)))
            continue
        assert TIME.fullmatch(line), line
        following = next(rest)
        if following in LABELS:
            days[-1].items.append((line, following, next(rest)))
        else:
            days[-1].items.append((line, None, following))
    return days


@pytest.fixture(scope="session")
def printed(shared_folder: Path) -> PrintedPage:
    found = sorted((shared_folder / "seed").glob("000_*.txt"))
    if not found:
        pytest.skip("the text of the first page is not here")
    return read_printed(found[0].read_text(encoding="utf-8"))


@pytest.fixture
async def seeded(client: httpx.AsyncClient, database: Database, shared_folder: Path) -> httpx.AsyncClient:
    """Create a client of the app with the first page imported."""
    errors: list[tuple[int, str]] = []
    importer = Importer(database, now=lambda: NOW, on_error=lambda number, why: errors.append((number, why)))
    path = shared_folder / "seed" / "seed.jsonl"
    if not path.is_file():
        pytest.skip("the records of the first page are not here")
    with path.open("rb") as stream:
        report = await importer.run(stream)
    assert (errors, report.rejected) == ([], 0)
    return client


def test_seed_page_is_parsed_completely(printed: PrintedPage) -> None:
    assert [len(day.items) for day in printed.days] == [26, 14]
    assert len(printed.body) == 26
    assert printed.tail == ["Tags:", "Read also:", "• News", "More news"]


async def article_of(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return the only signed article of the page, as a front end requests it."""
    signed = [author["articles"]["href"] for author in await all_authors(client)]
    (listed,) = [await get_page(client, href) for href in signed]
    (item,) = listed["items"]
    return await get_page(client, item["href"])


async def all_authors(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    authors = await get_page(client, "/v1/authors")
    return [await get_page(client, author["href"]) for author in authors["items"]]


@pytest.mark.parametrize("name", ["id", "slug"])
async def test_first_timeline_page_equals_the_seed_page(
    seeded: httpx.AsyncClient, printed: PrintedPage, name: str
) -> None:
    article = await article_of(seeded)
    page = await get_page(seeded, "/v1/timeline", exclude=article[name])
    shown = [
        PrintedDay(
            **day["heading"],
            items=[(item["time"], item["label"] and item["label"]["text"], item["headline"]) for item in day["items"]],
        )
        for day in page["days"]
    ]
    assert shown == printed.days
    assert [(day["date"], day["continued"], day["complete"]) for day in page["days"]] == [
        ("2024-11-02", False, True),
        ("2024-11-01", False, True),
    ]
    assert page["next"] is None
    assert page["timezone"] == "Europe/Kyiv"


async def test_timeline_includes_the_article_without_exclude(seeded: httpx.AsyncClient, printed: PrintedPage) -> None:
    page = await get_page(seeded, "/v1/timeline", limit=200)
    shown = [item["headline"] for day in page["days"] for item in day["items"]]
    assert len(shown) == 41
    assert shown.index(printed.headline) == 6
    assert (await get_page(seeded, "/v1/timeline"))["next"] is not None


async def test_article_response_has_all_members_of_the_seed_page(
    seeded: httpx.AsyncClient, printed: PrintedPage
) -> None:
    article = await article_of(seeded)
    assert article["headline"] == printed.headline
    assert article["lead"] == printed.lead
    assert article["label"]["text"] == printed.label
    assert article["label"]["disclaimer"] == printed.disclaimer
    assert article["source"] == {"name": printed.source, "url": None}
    assert printed.bio == f"About the author. {article['authors'][0]['bio']}"
    local = article["local"]
    assert f"{local['day']}, {local['year']} {local['weekday']}" == printed.date
    assert local["time"] == printed.time
    assert local["date"] == "2024-11-02"
    assert article["published_at"] == "2024-11-02T17:21:00.000000+02:00"
    assert article["tags"] == []
    assert isinstance(article["related"], list)


async def test_paragraphs_and_pull_quotes_are_in_the_order_of_the_seed_page(
    seeded: httpx.AsyncClient, printed: PrintedPage
) -> None:
    article = await article_of(seeded)
    plain = [
        f'"{block["text"]}"' if block["type"] == "pull_quote" else unescape(block["html"]) for block in article["body"]
    ]
    assert plain == printed.body
    assert sum(block["type"] == "pull_quote" for block in article["body"]) == 5


def unescape(html: str) -> str:
    """Decode the few entities that inline HTML needs; a tag would stay visible."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        html = html.replace(entity, character)
    return html


async def test_interface_strings_are_those_of_the_seed_page(seeded: httpx.AsyncClient, printed: PrintedPage) -> None:
    edition = await get_page(seeded, "/v1/editions/global")
    strings = edition["strings"]
    assert edition["name"] == printed.edition
    assert [f"{strings['tags']}:", f"{strings['read_also']}:", f"• {strings['news']}", strings["more_news"]] == (
        printed.tail
    )
    assert strings["source"] == printed.source
    assert strings["about_author"] == printed.bio.partition(".")[0]
    for key, text in strings.items():
        assert text.strip(), key
        assert text != key
        assert not RAW_KEY.search(text), key


async def test_related_items_are_public_with_headlines(seeded: httpx.AsyncClient) -> None:
    article = await article_of(seeded)
    timeline = await get_page(seeded, "/v1/timeline", limit=200)
    items = {item["id"]: item for day in timeline["days"] for item in day["items"]}
    assert all(related == items[related["id"]] for related in article["related"])
    assert article["id"] not in {related["id"] for related in article["related"]}
    assert article["neighbours"]["previous"]["time"] == "16:59"
    assert article["neighbours"]["next"]["time"] == "17:44"
