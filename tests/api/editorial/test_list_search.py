"""Filters of the editorial list by identifier, time of the last save and headline, and its order by public time."""

import pytest

from app import clock
from app.domain.headline_key import headline_key
from app.domain.instant import SECOND_US
from app.queries.editorial import editorial_keys
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

HEADLINES: dict[str, Json] = {
    "a": {"headline": "Budget passes by one vote", "published_at": YESTERDAY},
    "b": {"headline": "BUDGET fails", "published_at": TOMORROW},
    "c": {"headline": "Fog over the mole", "published_at": TODAY},
    "d": {"headline": "\uff22udgetary notes"},
    "e": {"headline": "Straße gesperrt", "edition": "ua", "published_at": TODAY},
    "f": {"headline": "Бюджет ухвалено", "edition": "ua"},
    "g": {"headline": "100% of budgets_"},
}


@pytest.fixture
async def saved_articles(desk: Desk) -> dict[str, Json]:
    """Save the articles, each a second after the one before."""
    articles = {}
    for number, (source_id, members) in enumerate(HEADLINES.items()):
        with clock.frozen(NOW + number * SECOND_US):
            articles[source_id] = await desk.make(source_id=source_id, **members)
    return articles


async def listed(desk: Desk, query: str, *, limit: int = 50) -> str:
    """Return the identifiers of all pages of a list."""
    names: list[str] = []
    path: str | None = f"/articles?{query}&limit={limit}"
    while path is not None:
        page = await desk.done("GET", path)
        names += [item["source_id"] for item in page["items"]]
        path = page["next"] and page["next"]["href"].removeprefix("/v1/editorial")
    return " ".join(names)


FILTERS = (
    ("q=budget", "d b a"),
    ("q=BUDGET%20p", "a"),
    ("q=budgetx", ""),
    ("q=100%25", "g"),
    ("q=_", ""),
    ("edition=ua&q=%D0%B1%D1%8E", "f"),
    ("edition=ua&q=STRASSE", "e"),
    ("edition=*&q=strasse", "e"),
    ("q=budget&status=scheduled", "b"),
    ("source_id=a&source_id=c&source_id=e&source_id=nothing", "c a"),
    ("edition=*&source_id=a&source_id=e", "e a"),
    ("source_id=a&q=fog", ""),
    ("modified_since=2026-11-20T12:00:02Z", "g d c"),
    ("modified_since=2026-11-21", ""),
    ("modified_since=2026-11-20T12:00:03Z&q=budget", "d"),
    ("order=published_at", "b c a"),
    ("order=published_at&q=budget", "b a"),
    ("order=published_at&modified_since=2026-11-20T12:00:01Z", "b c"),
    ("order=modified_at", "g d c b a"),
    ("edition=*&order=published_at&status=published", "e c a"),
)


@pytest.mark.parametrize("few", [editorial_keys.FEW, 1])
@pytest.mark.parametrize("limit", [1, 50])
async def test_filters_select_articles_in_order_over_any_pages(
    desk: Desk, saved_articles: dict[str, Json], monkeypatch: pytest.MonkeyPatch, few: int, limit: int
) -> None:
    assert saved_articles
    monkeypatch.setattr(editorial_keys, "FEW", few)
    for query, expected in FILTERS:
        assert await listed(desk, query, limit=limit) == expected, query


async def test_headlines_are_found_by_their_present_beginning(desk: Desk, saved_articles: dict[str, Json]) -> None:
    await desk.edit(saved_articles["a"], {"headline": "Council votes"})
    assert await listed(desk, "q=budget") == "d b"
    assert await listed(desk, "q=council") == "a"


async def test_filters_that_cannot_be_used_are_named(desk: Desk) -> None:
    for query, where in (
        ("q=", "q"),
        (f"q={'a' * 201}", "q"),
        ("modified_since=yesterday", "modified_since"),
        ("order=headline", "order"),
        ("&".join(["source_id=a"] * 101), "source_id"),
    ):
        assert where in wrong(await desk.send("GET", f"/articles?{query}")), query


async def test_cursor_is_bound_to_each_filter(desk: Desk, saved_articles: dict[str, Json]) -> None:
    assert saved_articles
    queries = ("", "q=b", "q=bu", "order=published_at", "modified_since=2026-11-19", "source_id=a&source_id=b")
    cursors = {each: (await desk.done("GET", f"/articles?{each}&limit=1"))["next"]["cursor"] for each in queries}
    for query in queries:
        for other, cursor in cursors.items():
            response = await desk.send("GET", f"/articles?{query}&limit=1&cursor={cursor}")
            if query == other:
                assert response.status_code == 200
            else:
                check_problem(response, "cursor-mismatch")


def test_headline_key_ignores_case_and_forms_of_characters() -> None:
    assert headline_key("\uff22UDGET") == headline_key("budget")
    assert headline_key("Straße") == headline_key("STRASSE")
    assert headline_key("é") == headline_key("e\u0301")
    assert len(headline_key("ß" * 1_000)) == 200
