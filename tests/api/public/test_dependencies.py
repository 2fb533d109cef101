"""Dependencies of public responses: each table that a response reads has one, recorded by a primitive."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from app.invalidation import dependencies
from app.invalidation.dependencies import Dependencies
from app.response_cache import middleware
from tests.api.newsroom import ADDRESSES, BROWSER, WITHDRAWN
from tests.conftest import app_of
from tests.response_cache.dependency_kinds import FAMILIES, Family, leave_out
from tests.table_reads import table_reads

FROM_A_DAY = "/v1/timeline?newest_day=2026-11-19&fields=authors,sections,image,local"
WITH_SUBSECTIONS = "/v1/articles?section=city&subsections=true"
OTHERS = (
    "/v1/articles/night-trams",  # an old slug
    WITHDRAWN,
    "/v1/articles/no-such-slug",
    "/v1/articles?section=city&tag=trams&label=opinion&edition=*",
    "/v1/timeline?edition=ua&tz=UTC&limit=1",
    "/v1/timeline?section=no-such-section",
    "/v1/timeline?label=opinion",
    FROM_A_DAY,
    "/v1/timeline/2026-11-20?edition=*&tz=UTC&fields=authors,sections",
    "/v1/changes?fields=authors,sections",
    "/v1/articles?body=html&links=absolute",
    "/v1/articles?format=page",
    "/v1/articles?format=gallery",
    "/v1/timeline?language=uk",
    "/v1/timeline?featured=true",
    "/v1/articles?access=paid",
    WITH_SUBSECTIONS,
    "/v1/tags/no-such-tag",
    "/v1/editions/no-such-edition",
    "/",
)
REQUESTS = (*ADDRESSES.values(), *OTHERS)
NOT_SHOWN = {
    # The article is looked up with its label and section, which these responses do not show.
    WITHDRAWN: {"label", "section"},
    ADDRESSES["get_history"]: {"label", "section"},
    ADDRESSES["list_related"]: {"label", "section"},
    # Sections of that name are looked up in all editions; those of other editions are dropped.
    ADDRESSES["list_section_articles"]: {"section"},
    WITH_SUBSECTIONS: {"section"},
    # The nearest article above the page is looked up with its label and section; the page only links it.
    FROM_A_DAY: {"label", "section"},
}
"""Kinds of entries that the statements of these responses read, and the responses do not show."""


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Dependencies]:
    """The dependencies of each response that is read from the database, in order."""
    found: list[Dependencies] = []

    @contextmanager
    def tracking(each: Dependencies) -> Iterator[None]:
        found.append(each)
        with dependencies.tracking(each):
            yield

    monkeypatch.setattr(middleware, "tracking", tracking)
    return found


async def uncovered(client: httpx.AsyncClient, recorded: list[Dependencies]) -> dict[str, list[str]]:
    """What the responses read without a dependency, by the address; those without such a read are left out."""
    missing: dict[str, list[str]] = {}
    app_of(0)[0].state.services.store.clear()
    for address in REQUESTS:
        recorded.clear()
        with table_reads() as reads:
            response = await client.get(address, headers=BROWSER)
        assert response.status_code < 500, (address, response.text)
        assert reads.tables or reads.entries, f"{address} reads nothing"
        found = [
            each for each in reads.uncovered(recorded[-1]) if each.partition(":")[0] not in NOT_SHOWN.get(address, ())
        ]
        if found:
            missing[address] = found
    return missing


@pytest.mark.usefixtures("newsroom")
async def test_response_depends_on_everything_it_reads(client: httpx.AsyncClient, recorded: list[Dependencies]) -> None:
    assert await uncovered(client, recorded) == {}


KINDS = [each for each in FAMILIES if not (each.clock or each.places or each.newer)]


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize("family", KINDS, ids=[each.name for each in KINDS])
async def test_missing_dependency_is_found(
    client: httpx.AsyncClient,
    recorded: list[Dependencies],
    monkeypatch: pytest.MonkeyPatch,
    family: Family,
) -> None:
    leave_out(family, monkeypatch)
    assert await uncovered(client, recorded) != {}
