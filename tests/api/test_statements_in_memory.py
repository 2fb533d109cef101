"""Memory of statements for the filters of clients: only their text is cached."""

import gc
from random import Random

import httpx
import pytest
from sqlalchemy import ClauseElement

from tests.archive import make_archive, random_filters
from tests.conftest import Store

QUESTIONS = 60
OBJECTS_MAX = 1_500
"""Maximum of SQLAlchemy's objects left by new queries: one with two names of two kinds has some 2,000."""
PATHS = ("/v1/timeline", "/v1/timeline", "/v1/timeline/2026-11-19")


def count_elements() -> int:
    """Count the parts of statements in memory, without unreachable ones."""
    gc.collect()
    return sum(isinstance(each, ClauseElement) for each in gc.get_objects())


@pytest.mark.usefixtures("edition_kyiv")
async def test_queries_of_many_shapes_leave_no_statement_objects(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(filed.record for filed in make_archive(40, seed=5)))
    random = Random(5)
    await ask_questions(client, random)
    before = count_elements()
    await ask_questions(client, random)
    added = count_elements() - before
    assert added <= OBJECTS_MAX


async def ask_questions(client: httpx.AsyncClient, random: Random) -> None:
    """Request lists with filters of random kinds and numbers of names."""
    for number in range(QUESTIONS):
        requested = random_filters(random) | ({"total": ["true"]} if number % 4 == 0 else {})
        found = await client.get(PATHS[number % len(PATHS)], params=requested)
        assert found.status_code == 200, found.text
