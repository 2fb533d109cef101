"""Random archive for tests: articles with names for every filter, and the contents of any list by brute force."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.instant import SECOND_US, parse_instant
from app.domain.tsid import MAX_ID, format_id
from app.schemas.interchange import ArticleRecord
from tests.records import article

SECTIONS = ("city", "coast", "sport")
TAGS = ("trams", "harbour", "budget", "storm", "rare")
AUTHORS = ("ada-moss", "ben-tarn", "cleo-vint")
LABELS = ("exclusive", "opinion", "updated")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """Article of the archive as a list shows it."""

    id: str
    published_at: int
    record: ArticleRecord

    @property
    def key(self) -> tuple[int, str]:
        """Return the sort key of lists; the text of an id sorts as its number does."""
        return self.published_at, self.id

    def day_in(self, zone: str) -> date:
        """Return its wall-clock date by the standard library; the day, wherever no clock steps over midnight."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.published_at)
        return moment.astimezone(ZoneInfo(zone)).date()


def make_archive(
    size: int,
    *,
    seed: int,
    edition: str = "global",
    newest: str = "2026-11-20T11:00:00Z",
    days: int = 9,
    most_sections: int = 2,
) -> list[ArchivedArticle]:
    """Return random articles of some days, newest first; some share an instant, many have no name of some kind."""
    random = Random(seed)
    last, made, numbers = parse_instant(newest), list[ArchivedArticle](), set[int]()
    instants = [last - random.randrange(days * 86_400) * SECOND_US for _ in range(max(1, size * 4 // 5))]
    while len(made) < size:
        number = random.randrange(MAX_ID)
        if number in numbers:
            continue
        numbers.add(number)
        instant = instants[len(made)] if len(made) < len(instants) else random.choice(instants)
        record = article(
            None,
            edition=edition,
            id=format_id(number),
            source_id=f"{edition} {len(made)}",
            slug=f"{edition}-story-{len(made)}",
            sections=random.sample(SECTIONS, min(most_sections, random.choice((0, 1, 1, 1, 2)))),
            tags=random.sample(TAGS[:-1], random.choice((0, 1, 1, 2, 3))) + ["rare"] * (len(made) % 50 == 7),
            authors=random.sample(AUTHORS, random.choice((0, 1, 1, 2))),
            label=random.choice((*LABELS, None, None)),
        ).model_copy(update={"published_at": instant})
        made.append(ArchivedArticle(format_id(number), instant, record))
    return newest_first(made)


def newest_first(filed: Iterable[ArchivedArticle]) -> list[ArchivedArticle]:
    """Return articles in the order of every list."""
    return sorted(filed, key=lambda each: each.key, reverse=True)


def matching(filed: Sequence[ArchivedArticle], **names: Sequence[str]) -> list[ArchivedArticle]:
    """Return the articles that have any of the given names of each kind."""
    of: dict[str, Callable[[ArticleRecord], Iterable[str | None]]] = {
        "section": lambda record: record.sections,
        "tag": lambda record: record.tags,
        "author": lambda record: record.authors,
        "label": lambda record: (record.label,),
    }
    return [each for each in filed if all(set(of[kind](each.record)) & set(wanted) for kind, wanted in names.items())]


def random_filters(random: Random) -> dict[str, list[str]]:
    """Return names to filter by: of none, one or several kinds, one or several of each, sometimes an unknown one."""
    kinds = {"section": SECTIONS, "tag": TAGS, "author": AUTHORS, "label": LABELS}
    filters: dict[str, list[str]] = {}
    for kind in random.sample(sorted(kinds), random.choice((0, 1, 1, 2, 2, 3, 4))):
        names = (*kinds[kind], "nobody-knows-it") if random.random() < 0.1 else kinds[kind]
        filters[kind] = random.sample(names, random.randrange(1, 4))
    return filters


def ids_of(page: dict[str, Any]) -> list[str]:
    """Return the ids of a timeline page or a list, in order."""
    if "days" in page:
        return [item["id"] for day in page["days"] for item in day["items"]]
    return [item["id"] for item in page["items"]]
