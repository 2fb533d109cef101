"""Random histories of a section tree: articles change, sections move, and a job is always somewhere in between."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue import section_moves
from app.actions.catalogue.entries import upsert_entry
from app.actions.catalogue.section_moves import relist_articles
from app.db.database import Database
from app.domain.article_status import ArticleStatus
from app.domain.section_tree import SectionTree
from app.errors import InvalidInputError
from app.interchange.section_tree import has_sections_to_relist
from app.queries.articles.article_list import list_articles
from app.schemas.params import ArticleListParams
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.records import article, edition, section

SLUGS = [f"s{number}" for number in range(9)]
STEPS = 60


class TreeHistory:
    """History; lists are compared with a brute-force evaluation of the same articles and parents."""

    def __init__(self, database: Database, number: int) -> None:
        self.counts: Counter[str] = Counter()
        self._database = database
        self._random = Random(number)
        self._parents: dict[str, str | None] = dict.fromkeys(SLUGS)
        self._filed: dict[str, list[str]] = {}

    async def run(self) -> None:
        """Run the history, and finish the job at its end."""
        await self._database.write(upsert_entry, edition(), now=NOW)
        for slug in SLUGS:
            await self._database.write(upsert_entry, section(slug, slug.title()), now=NOW)
        for _ in range(STEPS):
            step = self._random.choice((self._write, self._write, self._move, self._relist, self._relist))
            await step()
            await self._compare(self._random.choice(SLUGS))
        while await self._database.write(relist_articles, most=100) >= 100:
            pass
        assert not await self._database.read(has_sections_to_relist)
        for slug in SLUGS:
            await self._compare(slug)
        await self._database.read_in_thread(check_invariants)

    async def _write(self) -> None:
        """Publish, edit, move in time, or withdraw up to three articles."""
        records = []
        for _ in range(self._random.choice((1, 2, 3))):
            name = f"a{self._random.randrange(25)}"
            is_public = self._random.random() < 0.8 or name not in self._filed
            filed = self._random.sample(SLUGS, self._random.choice((0, 1, 1, 2, 3)))
            self._filed[name] = filed if is_public else []
            at = f"2026-11-{self._random.randrange(1, 19):02}T10:00:00Z"
            status = ArticleStatus.PUBLISHED if is_public else ArticleStatus.WITHDRAWN
            records.append(article(at, source_id=name, sections=filed, status=status))
        stored = await self._database.write(upsert_articles, records, now=NOW)
        assert not [each for each in stored.outcomes if isinstance(each, Exception)]
        self.counts["writes"] += 1

    async def _move(self) -> None:
        slug, parent = self._random.choice(SLUGS), self._random.choice([None, *SLUGS])
        try:
            await self._database.write(upsert_entry, section(slug, slug.title(), parent=parent), now=NOW)
        except InvalidInputError:
            self.counts["refused moves"] += 1
            return
        self._parents[slug] = parent
        self.counts["moves"] += 1

    async def _relist(self) -> None:
        if await self._database.read(has_sections_to_relist):
            self.counts["steps of the job"] += 1
        await self._database.write(relist_articles, most=self._random.choice((1, 2, 5)))

    async def _compare(self, slug: str) -> None:
        expected = {name for name, filed in self._filed.items() if any(self._is_below(each, slug) for each in filed)}
        params: dict[str, Any] = {"section": [slug], "subsections": True, "limit": self._random.choice((2, 7, 100))}
        shown: list[str] = []
        page: Any = None
        while page is None or page["next"] is not None:
            given = params if page is None else {**params, "cursor": page["next"]["cursor"]}
            model = ArticleListParams.model_validate(given)
            page = await self._database.read(list_articles, model, path="/v1/articles")
            shown += [item["headline"].removeprefix("Story ") for item in page["items"]]
        assert sorted(shown) == sorted(expected)
        self.counts["articles shown"] += len(shown)

    def _is_below(self, slug: str | None, top: str) -> bool:
        while slug is not None and slug != top:
            slug = self._parents[slug]
        return slug == top


@pytest.mark.parametrize("number", range(3))
async def test_lists_of_subtrees_are_exact_while_sections_move(
    database: Database, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section_moves, "RELISTED_IN_MOVE", 2)
    history = TreeHistory(database, number)
    await history.run()
    assert min(history.counts[name] for name in ("moves", "steps of the job", "articles shown")) > 3


def test_tree_walks_up_and_down() -> None:
    tree = SectionTree({2: 1, 3: 2, 4: 2, 6: 5})
    assert [*tree.ancestors(3)] == [2, 1]
    assert tree.ancestors_of([3, 6]) == {1, 2, 5}
    assert tree.subtree(1) == [1, 2, 3, 4]
    assert (tree.height(1), tree.height(6), tree.depth(4), tree.depth(5)) == (3, 1, 3, 1)
