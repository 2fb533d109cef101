"""Imports of articles whose times decide about their status: expiry, embargo, and a clock that is ahead."""

from typing import Any

import httpx
import orjson
import pytest

from app import clock
from app.actions.articles.due_transitions import apply_due_transitions
from app.db.database import Database
from app.domain.calendar import UTC, find_zone
from app.domain.instant import SECOND_US, format_instant
from tests.conftest import NOW
from tests.importers.conftest import Content, ImportLines, Log
from tests.importers.lines import article_line, edition_line

pytestmark = pytest.mark.usefixtures("frozen_clock")
SOON = format_instant(NOW + 50 * SECOND_US, UTC)
SOON_IN_KYIV = format_instant(NOW + 50 * SECOND_US, find_zone("Europe/Kyiv"))
EXPIRED = {"expires_at": "2026-11-02T00:00:00Z"}


async def stored_articles(content: Content) -> dict[str, dict[str, Any]]:
    """Return the exported articles by source_id."""
    lines = [orjson.loads(line) for line in (await content()).splitlines()]
    return {line["source_id"]: line for line in lines if line["kind"] == "article"}


@pytest.mark.parametrize("status", [{}, {"status": "published"}, {"status": "withdrawn"}])
async def test_import_withdraws_an_expired_line_and_stores_its_neighbours(
    bring: ImportLines, content: Content, status: dict[str, str]
) -> None:
    lines = [
        edition_line(expiry_notice="No longer available."),
        article_line("before"),
        article_line("expired", **EXPIRED, **status),
        article_line("after"),
    ]
    result = await bring(*lines)
    assert (result.errors, result.outcomes) == ([], {"created": 3})
    stored = await stored_articles(content)
    assert {name: each["status"] for name, each in stored.items()} == {
        "before": "published",
        "expired": "withdrawn",
        "after": "published",
    }
    if "withdrawn" not in status.values():
        expected = {"reason": "expired", "notice": "No longer available.", "at": "2026-11-02T02:00:00+02:00"}
        assert stored["expired"]["withdrawal"] == expected
    assert (await bring(*lines)).outcomes == {"unchanged": 3}


async def test_import_of_a_public_article_that_has_expired_withdraws_it(
    bring: ImportLines, content: Content, log: Log
) -> None:
    await bring(edition_line(), article_line("a"))
    assert (await bring(article_line("a", **EXPIRED))).outcomes == {"changed": 1}
    assert (await stored_articles(content))["a"]["withdrawal"]["reason"] == "expired"
    assert (await log())[-1][0] == "article.withdrawn"


@pytest.mark.parametrize("embargo", [{}, {"embargoed_until": SOON}])
async def test_import_schedules_a_publication_that_is_ahead_of_the_clock(
    bring: ImportLines, database: Database, client: httpx.AsyncClient, embargo: dict[str, str]
) -> None:
    result = await bring(edition_line(), article_line("a", status="published", published_at=SOON, **embargo))
    assert result.errors == []
    assert [code for code, _ in result.report.warnings] == ["scheduled"]
    assert (await client.get("/v1/articles/story-a")).status_code == 404
    with clock.frozen(NOW + 50 * SECOND_US):
        assert await database.write(apply_due_transitions, now=clock.now(), most=10) == 1
        assert (await client.get("/v1/articles/story-a")).status_code == 200


async def test_import_with_a_public_history_ahead_of_the_clock_stays_public(
    bring: ImportLines, content: Content
) -> None:
    revision = {"revision": 1, "version": 1, "action": "created", "actor": "import", "at": SOON}
    past = {"published_at": SOON, "revisions": [{**revision, "status": "published", "published_at": SOON}]}
    line = article_line("a", status="published", **past)
    assert (await bring(edition_line(), line)).errors == []
    assert (await stored_articles(content))["a"]["status"] == "published"
    embargoed = article_line("b", status="published", **past, embargoed_until=SOON)
    assert [reason for _, reason in (await bring(embargoed)).errors] == [
        f"The article is embargoed until {SOON_IN_KYIV}."
    ]


async def test_import_names_a_withdrawal_and_an_embargo_that_are_not_stored(bring: ImportLines) -> None:
    await bring(edition_line(), article_line("b", published_at=None, embargoed_until=SOON))
    result = await bring(
        article_line("a", withdrawal={"reason": "Legal"}),
        article_line("b", published_at=None),
    )
    examples = {code: lines for (code, _), lines in result.report.examples.items()}
    assert examples == {
        "embargo-removed": ["line 2, embargoed_until"],
        "withdrawal-ignored": ["line 1, withdrawal"],
    }
    cleared = await bring(article_line("b", published_at=None, embargoed_until=None))
    assert not cleared.report.warnings
