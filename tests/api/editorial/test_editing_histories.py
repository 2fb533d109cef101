"""Invariants of the database hold after random histories of two editors, whose requests are valid and invalid."""

from collections import Counter

import httpx
import pytest

from app import clock
from app.actions.articles.revision_maintenance import thin_revisions
from app.actions.catalogue.entries import upsert_entry
from app.background import batch_jobs
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.domain.instant import DAY_US
from app.main import create_app
from app.queries.editorial.superfluous_revisions import find_thinnable
from app.settings import Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.editorial.editing_history import EditingHistory
from tests.conftest import NOW, running
from tests.invariants import check_invariants
from tests.records import author, edition, label, section

HISTORIES = 6
FIRST = 15  # chosen so that every outcome occurs
PORTION = 20  # in the soak test
PORTIONS_SOAK = 25  # of so many histories, each with a database of its own


@pytest.fixture(autouse=True)
def jobs_as_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have batch jobs run as steps of a history alone."""
    monkeypatch.setattr(batch_jobs, "POLL_S", 3_600.0)


def fill(connection: Connection, number: int) -> None:
    """Store an edition for one history."""
    name = f"history-{number}"
    for record in (edition(name, default=False), section("city", "City", edition=name), label("opinion", "Opinion")):
        upsert_entry(connection, record, now=clock.now())
    for other in (section("world", "World", edition=name), author("ada", "Ada Vale"), author("ben", "Ben Ord")):
        upsert_entry(connection, other, now=clock.now())


async def live_through(database: Database, address: str, make_key: MakeKey, numbers: range) -> None:
    """Run these histories one after the other; a failure has the number of its history."""
    counts: Counter[str] = Counter()
    deleted: set[int] = set()
    now = NOW
    writer = await make_key(ApiKeyScope.ARTICLES_WRITE)
    chief = await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.CATALOGUE_WRITE)
    app = create_app(Settings(database_url=address))
    with clock.frozen(now):
        async with running(app) as client:
            for number in numbers:
                await database.write(fill, number)
                with clock.frozen(now):
                    history = EditingHistory(app, client, number, writer=writer, chief=chief)
                    try:
                        await history.run()
                        await history.erase()
                        deleted |= history.deleted
                        found = await database.read(check_invariants, deleted=deleted)
                    except AssertionError as error:
                        error.add_note(f"in history {number}")
                        raise
                now = history.now
                counts += history.counts
    await database.write(thin_all, now=now + 90 * DAY_US)
    await database.read(check_invariants, deleted=deleted, is_thinned=True)
    print(f"\n{len(numbers)} histories: {dict(sorted(counts.items()))}; {dict(found)}")  # noqa: T201 - the figures of a soak run
    wanted = (
        "post",
        "push",
        "edit",
        "publish",
        "unschedule",
        "bump",
        "withdraw",
        "restore",
        "delete",
        "rename",
        "merge",
    )
    missing = [f"{name} {kind}" for name in wanted for kind in ("2xx", "4xx") if not counts[f"{name} {kind}"]]
    assert not missing, missing
    assert min(counts[each] for each in ("403", "409", "412", "422", "428", "merged", "articles of merged entries")) > 0


def thin_all(connection: Connection, *, now: int) -> None:
    """Delete the superfluous revisions of all articles, as maintenance does."""
    found = find_thinnable(connection, after=-1, now=now)
    thin_revisions(connection, found.article_ids, now=now)


@pytest.mark.usefixtures("edition_kyiv")
async def test_tag_of_a_draft_is_listed_with_its_first_public_article(
    database: Database, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    chief = as_key(await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH))
    at = {"published_at": "2026-11-20T10:00:00Z"}
    for given in ({"tags": ["trams"]}, at):
        made = await client.post("/v1/editorial/articles", json={"headline": "A story", **given}, headers=chief)
        assert made.status_code == 201
    assert (await client.get("/v1/tags")).json()["items"] == []
    headers = {**chief, "if-match": '"1"'}
    edited = await client.patch(made.headers["location"], json={"tags": ["trams"]}, headers=headers)
    assert edited.status_code == 200
    assert [tag["slug"] for tag in (await client.get("/v1/tags")).json()["items"]] == ["trams"]
    await database.read(check_invariants)


async def test_invariants_hold_after_random_histories(
    database: Database, database_address: str, make_key: MakeKey
) -> None:
    await live_through(database, database_address, make_key, range(FIRST, FIRST + HISTORIES))


@pytest.mark.soak
@pytest.mark.parametrize("portion", range(1, 1 + PORTIONS_SOAK))
async def test_long_invariants_hold_after_random_histories(
    database: Database, database_address: str, make_key: MakeKey, portion: int
) -> None:
    await live_through(database, database_address, make_key, range(portion * PORTION, (portion + 1) * PORTION))
