"""The table in the description of upserts: every cell is what an upsert of an article of that status does."""

import re
from typing import Any

import pytest

from app.api.editorial.upserts import push_article
from app.domain.article_status import ArticleStatus
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk

FUTURE = "2026-11-22T10:00:00Z"
DATES = {"a past date": YESTERDAY, "a future date": FUTURE, "null": None}
SENT: dict[str, dict[str, Any]] = {
    "neither member": {},
    **{f"`{status}` alone": {"status": status} for status in ArticleStatus},
    "a past date alone": {"published_at": YESTERDAY},
    "a future date alone": {"published_at": FUTURE},
    "a null date alone": {"published_at": None},
    **{
        f"`{status}` and {name}": {"status": status, "published_at": date}
        for status in ArticleStatus
        for name, date in DATES.items()
    },
}
ROW = re.compile(r"^ *\| (.+) \|$", re.MULTILINE)


def cells() -> dict[tuple[str, ArticleStatus], str]:
    """Return the cells of the table by what is sent and the status of the article."""
    head, *rows = [row.split(" | ") for row in ROW.findall(push_article.__doc__ or "")]
    return {
        (sent, ArticleStatus(name)): cell
        for row in rows
        for sent in cases(row[0])
        for name, cell in zip(head[1:], row[1:], strict=True)
    }


def cases(sent: str) -> list[str]:
    """Return what a row of the table stands for: any date is a past and a future one."""
    status, _, date = sent.partition(" and ")
    return [f"{status} and {each}" for each in ("a past date", "a future date")] if date == "a date" else [sent]


CELLS = cells()


def test_table_of_upserts_has_every_case() -> None:
    assert CELLS.keys() == {(sent, status) for sent in SENT for status in ArticleStatus}


@pytest.mark.parametrize("before", ArticleStatus)
async def test_upserts_follow_their_table(desk: Desk, before: ArticleStatus) -> None:
    for (sent, status), cell in CELLS.items():
        if status is not before:
            continue
        name = f"{before}-{list(SENT).index(sent)}"
        made = await desk.make_in(before, source_id=name)
        response = await desk.push(name, {"headline": made["headline"], **SENT[sent]})
        if "422 without one" in cell or cell.startswith("422"):
            assert response.status_code == 422, (sent, before, response.text)
            continue
        now = response.json()
        assert (response.status_code, now["status"]) == (200, re.match("[a-z]+", cell)[0]), (sent, before)  # type: ignore[index]
        assert now["published_at"] == expected_date(sent, cell, made, now), (sent, before)
        again = await desk.push(name, {"headline": made["headline"], **SENT[sent]})
        assert (again.status_code, again.json()["revision"]) == (200, now["revision"]), (sent, before)


def expected_date(sent: str, cell: str, made: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Return the date that the article has after an upsert."""
    if "without a date" in cell:
        return None
    date = DATES.get(sent.removesuffix(" alone").rpartition(" and ")[2])
    if date is not None:
        return f"{date[:10]}T12:00:00.000000+02:00"
    return str(now["published_at"]) if "now" in cell else made["published_at"]


@pytest.mark.parametrize(
    ("date", "status", "expected"),
    [
        (TODAY, "scheduled", "published"),
        (TOMORROW, "scheduled", "scheduled"),
        (TODAY, "published", "published"),
        (TOMORROW, "published", None),
    ],
)
async def test_upserts_of_a_dated_draft_follow_its_date(
    desk: Desk, date: str, status: str, expected: str | None
) -> None:
    made = await desk.make(source_id="dated", status="draft", published_at=date)
    response = await desk.push("dated", {"headline": made["headline"], "status": status})
    assert response.json()["status"] == (expected or 422)


async def test_upsert_requires_publishing_even_if_nothing_changes(desk: Desk, drafter: Desk) -> None:
    made = await desk.make(source_id="public", published_at=TODAY)
    response = await drafter.push("public", {"headline": made["headline"]})
    assert (response.status_code, response.json()["type"]) == (403, "/problems/forbidden")
