"""Checks before anything is timed: everybody gives the same answers to the same questions."""

from collections.abc import Sequence
from typing import Any

import orjson

from app.domain.tsid import parse_id
from bench.serving import Answer, Server
from bench.url_sampling import PAGE_ITEMS, Dialect, Place

OK, NOT_MODIFIED = 200, 304


def check_same_pages(
    dayline: Server, asked: Dialect, other: Server, other_asked: Dialect, places: Sequence[Place]
) -> None:
    """Both show the same articles, with the same headlines, labels and sections, behind each of these places."""
    for place in places:
        days = _read(dayline.ask(asked.page(place)))["days"]
        mine = [
            _shown(
                parse_id(item["id"]),
                item,
                section=item["section"] and item["section"]["slug"],
                label=item["label"] and item["label"]["code"],
            )
            for day in days
            for item in day["items"]
        ]
        shown = _read(other.ask(other_asked.page(place)))["items"]
        theirs = [_shown(item["id"], item, section=item["section"], label=item["label"]) for item in shown]
        assert len(mine) == PAGE_ITEMS, f"a page of {len(mine)} items behind {place}"
        assert mine == theirs, f"different pages behind {place}"


def check_same_articles(
    dayline: Server, asked: Dialect, other: Server, other_asked: Dialect, slugs: Sequence[str]
) -> None:
    """Both show the same article for each of these slugs: its headline, lead, tags, authors and body."""
    for slug in slugs:
        mine, theirs = _read(dayline.ask(asked.article(slug))), _read(other.ask(other_asked.article(slug)))
        assert parse_id(mine["id"]) == theirs["id"], f"different articles for {slug}"
        for member in ("slug", "headline", "lead", "body"):
            assert mine[member] == theirs[member], f"a different {member} for {slug}"
        for member in ("tags", "authors"):
            assert [each["slug"] for each in mine[member]] == [each["slug"] for each in theirs[member]], slug


def check_same_bytes(expected: Answer, answers: dict[str, Answer]) -> None:
    """Everybody answers 200 with these bytes in this coding."""
    for name, answer in answers.items():
        assert answer.status == OK, f"{name} answers {answer.status}"
        assert answer.body == expected.body, f"{name} answers other bytes"
        assert answer.headers.get("content-encoding") == expected.headers.get("content-encoding"), name


def _shown(number: int, item: dict[str, Any], *, section: str | None, label: str | None) -> tuple[Any, ...]:
    return number, item["slug"], item["headline"], section, label


def _read(answer: Answer) -> dict[str, Any]:
    assert answer.status == OK, f"an answer is {answer.status}: {answer.body[:200]!r}"
    found: dict[str, Any] = orjson.loads(answer.body)
    return found
