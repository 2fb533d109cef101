"""Complete archives read from the newest item to the oldest, at several limits."""

import gzip
import json
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import httpx
import pytest

from app.db.database import Database
from app.domain.instant import parse_instant
from app.domain.one_line import one_line
from app.importers.runner import Importer
from tests.archive import ArchivedArticle, ids_of, make_archive, matching
from tests.conftest import NOW, Store
from tests.pagination import Page, by_date, follow_pages, get_page, grouped_by_day, join_pages
from tests.records import author, edition, label

pytestmark = pytest.mark.soak
WALKS = ((1, 500), (37, 10_000), (200, 10_000))  # items on a page, pages at most
WORDS = ["quay", "tram", "ferry", "council", "harvest", "bridge", "lantern", "market", "storm", "signal"]


def report(what: str, began: float) -> None:
    print(f"{what}: {perf_counter() - began:.1f} s")  # noqa: T201 - the figures of a soak run


def items_of(days: list[Page]) -> list[Page]:
    return [item for day in days for item in day["items"]]


def check_order(items: list[Page]) -> None:
    """Check that items descend strictly by instant and id."""
    keys = [(parse_instant(item["published_at"]), item["id"]) for item in items]
    assert keys == sorted(set(keys), reverse=True)


async def test_newswire_pages_contain_every_story_exactly_once(
    client: httpx.AsyncClient, database: Database, shared_folder: Path
) -> None:
    path = shared_folder / "data" / "newswire-1987.jsonl.gz"
    if not path.is_file():
        pytest.skip("the newswire is not here")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [record for record in map(json.loads, lines) if record["kind"] == "article"]
    began = perf_counter()
    errors: list[str] = []
    importer = Importer(database, now=lambda: NOW, on_error=lambda number, why: errors.append(f"{number}: {why}"))
    with path.open("rb") as stream:
        await importer.run(stream)
    report(f"{database.url.get_backend_name()}: import of {len(records)} stories", began)
    assert errors == []
    stories = Counter((parse_instant(record["published_at"]), one_line(record["headline"])) for record in records)
    for limit, max_pages in WALKS:
        began = perf_counter()
        pages = await follow_pages(client, "/v1/timeline", max_pages, limit=limit)
        days = join_pages(pages)
        items = items_of(days)
        report(f"{len(pages)} pages of {limit}", began)
        check_order(items)
        counted = Counter((parse_instant(item["published_at"]), item["headline"]) for item in items)
        if pages[-1]["next"] is None:
            assert counted == stories
        else:
            assert len(items) == limit * max_pages
            assert sum((counted - stories).values()) == 0
            assert (
                min(counted)[0] >= sorted((instant for instant, _ in stories.elements()), reverse=True)[len(items) - 1]
            )
    began = perf_counter()
    for day in days:
        assert (await get_page(client, f"/v1/timeline/{day['date']}"))["day"] == day
    report(f"{len(days)} whole days", began)


def with_html(filed: ArchivedArticle, random: Random) -> Any:
    """Return the record with a body of inline HTML, some of which is not allowed."""
    text = " ".join(random.choices(WORDS, k=30))
    blocks = [
        {"type": "paragraph", "html": f"<em>{text}</em> &amp; <a href='https://quay.example/{filed.id}'>more</a>"},
        {"type": "paragraph", "html": f"<b onclick='x()'>{text}</b><script>alert(1)</script>"},
        {"type": "pull_quote", "text": text, "attribution": None},
        {"type": "list", "ordered": True, "items": [f"<i>{word}</i>" for word in WORDS[:3]]},
    ]
    members = filed.record.model_dump(exclude={"published_at", "body"}) | {"body": blocks, "headline": text[:80]}
    record = type(filed.record).model_validate(members)
    return record.model_copy(update={"published_at": filed.published_at})


async def test_pages_of_two_thousand_rich_articles_are_complete(client: httpx.AsyncClient, store: Store) -> None:
    filed, random = make_archive(2_000, seed=97, days=60), Random(98)
    texts = {"exclusive": "Exclusive", "opinion": "OPINION", "updated": "Updated"}
    names = {"ada-moss": "Ada Moss", "ben-tarn": "Ben Tarn", "cleo-vint": "Cleo Vint"}
    began = perf_counter()
    await store(
        edition(),
        *(label(code, text) for code, text in texts.items()),
        *(author(slug, name) for slug, name in names.items()),
        *(with_html(each, random) for each in filed),
    )
    report(f"storing {len(filed)} articles", began)
    labels = {
        each.id: each.record.label and {"code": each.record.label, "text": texts[each.record.label]} for each in filed
    }
    for requested in (
        {},
        {"label": ["opinion"]},
        {"author": ["ada-moss", "ben-tarn"], "label": ["exclusive", "updated"]},
    ):
        expected = matching(filed, **requested)
        for limit, max_pages in WALKS:
            began = perf_counter()
            pages = await follow_pages(client, "/v1/timeline", max_pages, limit=limit, **requested)
            days = join_pages(pages)
            report(f"{len(pages)} pages of {limit} under {requested}", began)
            shown = expected[: limit * max_pages]
            assert by_date(days) == grouped_by_day(shown, "Europe/Kyiv")
            assert all(item["label"] == labels[item["id"]] for item in items_of(days))
    signed = {each.id: [names[slug] for slug in each.record.authors] for each in filed}
    pages = await follow_pages(client, "/v1/articles", limit=50, body="html")
    assert [found for page in pages for found in ids_of(page)] == [each.id for each in filed]
    for item in (item for page in pages for item in page["items"]):
        assert [each["name"] for each in item["authors"]] == signed[item["id"]]
        assert "<em>" in item["body"]
        assert not [word for word in ("script", "onclick", "alert") if word in item["body"]]
