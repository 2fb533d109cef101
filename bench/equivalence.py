"""Checks before a measurement: all contestants give the same responses to the same requests."""

from collections.abc import Sequence
from typing import Any

import orjson

from app.domain.tsid import parse_id
from bench.serving import Response, Server
from bench.url_sampling import PAGE_ITEMS, Dialect, Place

OK, NOT_MODIFIED = 200, 304


def check_same_pages(
    dayline: Server, dialect: Dialect, other: Server, other_dialect: Dialect, places: Sequence[Place]
) -> None:
    """Check that both show the same articles, with the same headlines, labels and sections, after each position."""
    for place in places:
        days = _read(dayline.get(dialect.page(place)))["days"]
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
        shown = _read(other.get(other_dialect.page(place)))["items"]
        theirs = [_shown(item["id"], item, section=item["section"], label=item["label"]) for item in shown]
        assert len(mine) == PAGE_ITEMS, f"a page of {len(mine)} items after {place}"
        assert mine == theirs, f"different pages after {place}"


def check_same_articles(
    dayline: Server, dialect: Dialect, other: Server, other_dialect: Dialect, slugs: Sequence[str]
) -> None:
    """Check that both show the same article for each slug: its headline, lead, tags, authors and body."""
    for slug in slugs:
        mine, theirs = _read(dayline.get(dialect.article(slug))), _read(other.get(other_dialect.article(slug)))
        assert parse_id(mine["id"]) == theirs["id"], f"different articles for {slug}"
        for member in ("slug", "headline", "lead", "body"):
            assert mine[member] == theirs[member], f"a different {member} of {slug}"
        for member in ("tags", "authors"):
            assert [each["slug"] for each in mine[member]] == [each["slug"] for each in theirs[member]], slug


def check_same_bytes(expected: Response, responses: dict[str, Response]) -> None:
    """Check that every contestant responds 200 with these bytes in this content coding."""
    for name, response in responses.items():
        assert response.status == OK, f"{name} responds {response.status}"
        assert response.body == expected.body, f"{name} responds with other bytes"
        assert response.headers.get("content-encoding") == expected.headers.get("content-encoding"), name


def _shown(number: int, item: dict[str, Any], *, section: str | None, label: str | None) -> tuple[Any, ...]:
    return number, item["slug"], item["headline"], section, label


def _read(response: Response) -> dict[str, Any]:
    assert response.status == OK, f"a response has the status {response.status}: {response.body[:200]!r}"
    found: dict[str, Any] = orjson.loads(response.body)
    return found
