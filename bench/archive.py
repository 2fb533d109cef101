"""An invented archive as rows of the tables, such as an import of it leaves them; the same for the same seed.

The names and words are those of `bench.generate`: a main edition with 12 sections and a small one beside it, which
has a twentieth of the articles; 400 tags and 150 authors by Zipf's law, 6 labels. A day has 100 to 400 articles,
mostly by daylight, so 20,000 of them are eleven weeks and 2,000,000 are 22 years. Bodies have 5 to 12 paragraphs,
2 or 3 where the archive is lean. Picks by likeness are the ones that the app itself would choose.
"""

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import log1p
from random import Random
from typing import Any

import orjson

from app.actions.articles.content_hash import content_hash
from app.actions.articles.listings import Placement
from app.actions.articles.recommendations import CANDIDATES_EACH, HOUR_US, MAX_PICKS, MAX_SUBJECTS, SECTION_WEIGHT
from app.domain.article_status import ArticleStatus
from app.domain.body import ImageInput, SourceInput
from app.domain.html.inline_html import sanitize_html
from app.domain.instant import DAY_US, from_datetime
from app.domain.list_filter import Facet
from app.domain.tsid import EPOCH_MS, RANDOM_BITS
from app.schemas.interchange import ArticleRecord
from bench.generate import EDITION, Newsroom, catalogue_records, make_newsroom
from bench.rows import Rows

SMALL_EDITION, SMALL_SECTIONS, SMALL_EVERY = "lantern", 4, 20
ENDS_AT = from_datetime(datetime(2025, 7, 1, tzinfo=UTC))
STORED_AT = ENDS_AT + DAY_US
A_DAY = (100, 400)
PARAGRAPHS, PARAGRAPHS_LEAN = (5, 12), (2, 3)
ID_STEP = 1 << 20

# Shares of the articles.
WITH_LEAD, WITH_LABEL, WITH_IMAGE, WITH_SOURCE, WITH_RELATED, UPDATED, TIED = 0.8, 0.25, 0.15, 0.3, 0.1, 0.1, 0.02
TAGS_WEIGHTS, AUTHORS_WEIGHTS = (5, 20, 50, 80, 92, 100), (15, 85, 100)
MAX_UPDATED_US = 10 * HOUR_US

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Size:
    """Size of an archive: number of articles, seed, and whether bodies are short."""

    articles: int
    seed: int = 1
    is_lean: bool = False

    @property
    def name(self) -> str:
        """Return the name of the archive's files."""
        return f"{self.articles}-{'lean' if self.is_lean else 'full'}-seed{self.seed}"


@dataclass(slots=True)
class Numbers:
    """Ids of catalogue names in a database: `sections` by edition and slug."""

    editions: dict[str, int]
    sections: dict[tuple[str, str], int]
    tags: dict[str, int]
    authors: dict[str, int]
    labels: dict[str, int]


@dataclass(slots=True)
class Archive:
    """Builder of an archive: the catalogue first, then the rows of its articles, oldest first."""

    size: Size
    random: Random = field(init=False)
    newsroom: Newsroom = field(init=False)
    _blocks: list[str] = field(init=False)
    _shelves: dict[tuple[int, Facet, int], deque[Key]] = field(init=False, default_factory=dict)
    _stored: "array[int]" = field(init=False)
    _last_id: int = field(init=False, default=(STORED_AT // 1000 - EPOCH_MS) << RANDOM_BITS)

    def __post_init__(self) -> None:
        self.random = Random(self.size.seed)
        self.newsroom = make_newsroom(self.random)
        clean = [sanitize_html(html) for html in self.newsroom.paragraphs]
        self._blocks = [orjson.dumps({"type": "paragraph", "html": html}).decode() for html in clean]
        self._stored = array("q")
        for names in (self.newsroom.sections, self.newsroom.tags, self.newsroom.authors, self.newsroom.labels):
            names.place(self.random, self.size.articles)

    def catalogue(self) -> Iterator[dict[str, Any]]:
        """Return the records of the two editions, their sections, and every tag, author and label."""
        yield from catalogue_records(self.random, self.newsroom)
        yield {
            "kind": "edition",
            "slug": SMALL_EDITION,
            "name": "The Evening Lantern",
            "language": "en",
            "timezone": "Europe/Lisbon",
            "site_url": "https://lantern.example",
        }
        for slug in self.newsroom.sections.slugs[:SMALL_SECTIONS]:
            yield {"kind": "section", "edition": SMALL_EDITION, "slug": slug, "name": slug.capitalize()}

    def instants(self) -> Iterator[int]:
        """Yield the public time of every article (µs), ascending; some are equal."""
        days: list[int] = []
        while sum(days) < self.size.articles:
            days.append(self.random.randint(*A_DAY))
        days[-1] -= sum(days) - self.size.articles
        for back in range(len(days), 0, -1):
            day = ENDS_AT - back * DAY_US
            times = sorted(day + int(DAY_US * self._hour()) for _ in range(days[back - 1]))
            for place, instant in enumerate(times):
                yield times[place - 1] if place and self.random.random() < TIED else instant

    def _hour(self) -> float:
        """Return a time of day from 0 to 1: the mean of two draws, so that noon is likelier than midnight."""
        return (self.random.random() + self.random.random()) / 2

    def add(self, rows: Rows, seq: int, number: int, instant: int, numbers: Numbers) -> None:
        """Append the rows of the article with this number; `seq` is its number in the change log."""
        random = self.random
        self._last_id += random.randrange(1, ID_STEP)
        self._stored.append(self._last_id)
        edition = SMALL_EDITION if number % SMALL_EVERY == 0 else EDITION
        record, pointed = self._record(edition, number, instant)
        fewest, most = PARAGRAPHS_LEAN if self.size.is_lean else PARAGRAPHS
        blocks = f"[{','.join(random.choices(self._blocks, k=random.randint(fewest, most)))}]"
        standing = Placement(
            article_id=self._last_id,
            edition_id=numbers.editions[edition],
            status=ArticleStatus.PUBLISHED,
            published_at=instant,
            section_ids=(numbers.sections[edition, record.section or ""],),
            label_id=None if record.label is None else numbers.labels[record.label],
            tag_ids=tuple([numbers.tags[slug] for slug in record.tags]),
            author_ids=tuple([numbers.authors[slug] for slug in record.authors]),
        )
        rows.add_article(record, standing, content_hash(record, blocks), blocks)
        rows.add_links(standing, zip(record.related, pointed, strict=True), self._picks(standing, instant))
        rows.add_traces(standing, seq)

    def _record(self, edition: str, number: int, instant: int) -> tuple[ArticleRecord, list[int]]:
        """Return the editorial members of the article except the body, and the ids of its references."""
        random, newsroom = self.random, self.newsroom
        chance, choices = random.random, random.choices
        words = choices(newsroom.words, k=4 + int(6 * chance()))
        is_small = edition == SMALL_EDITION
        section = newsroom.sections.draw(random, 1, number)[0]
        if is_small:
            section = newsroom.sections.slugs[number // SMALL_EVERY % SMALL_SECTIONS]
        labels = newsroom.labels.draw(random, int(chance() < WITH_LABEL), number)
        # An earlier article of the same edition: the main one has all numbers but every twentieth.
        earlier = int(number * chance())
        points = not is_small and earlier % SMALL_EVERY != 0 and chance() < WITH_RELATED
        record = ArticleRecord.model_construct(
            **_BLANK,
            edition=edition,
            source_id=_source_id(number),
            slug=f"{'-'.join(words[:5])}-{number:x}x",
            headline=" ".join(words).capitalize(),
            lead=" ".join(choices(newsroom.words, k=14)).capitalize() + "." if chance() < WITH_LEAD else None,
            label=labels[0] if labels else None,
            section=section,
            tags=newsroom.tags.draw(random, choices(range(6), cum_weights=TAGS_WEIGHTS)[0], number)[:5],
            authors=newsroom.authors.draw(random, choices(range(3), cum_weights=AUTHORS_WEIGHTS)[0], number)[:2],
            published_at=instant,
            updated_at=instant + 1 + int(MAX_UPDATED_US * chance()) if chance() < UPDATED else None,
            source=_SOURCE if chance() < WITH_SOURCE else None,
            image=_image(words, number) if chance() < WITH_IMAGE else None,
            related=[_source_id(earlier)] if points else [],
        )
        return record, [self._stored[earlier]] if points else []

    def _picks(self, standing: Placement, instant: int) -> list[int]:
        """Choose recommendations as `app.actions.articles.recommendations` does.

        Candidates are the latest few articles of each subject.
        """
        subjects = [(Facet.TAG, number) for number in standing.tag_ids[:MAX_SUBJECTS]]
        scores: dict[Key, float] = {}
        for kind, number in [*subjects, (Facet.SECTION, standing.section_ids[0])]:
            shelf = self._shelves.get((standing.edition_id, kind, number))
            if shelf is None:
                shelf = self._shelves[standing.edition_id, kind, number] = deque(maxlen=CANDIDATES_EACH)
            if shelf:
                weight = log1p((instant - shelf[0][0]) / HOUR_US) * (1.0 if kind is Facet.TAG else SECTION_WEIGHT)
                for candidate in shelf:
                    scores[candidate] = scores.get(candidate, 0.0) + weight
            shelf.append((instant, standing.article_id))
        ranked = sorted([(score, candidate) for candidate, score in scores.items()], reverse=True)
        return [article_id for _, (_, article_id) in ranked[:MAX_PICKS]]


_BLANK: dict[str, Any] = {
    **dict.fromkeys(("id", "status", "first_published_at", "withdrawal", "note", "erased_at", "dateline", "rights")),
    **{name: [] for name in ("old_slugs", "revisions", "body")},
    "kind": "article",
}
"""The members that no article of an archive has, all of them: pydantic finds a default in a third of a millisecond."""
_SOURCE = SourceInput(name="Wire of the Coast", url="https://wire.example")


def _source_id(number: int) -> str:
    return f"made-{number:07d}"


def _image(words: list[str], number: int) -> ImageInput:
    url, alt = f"https://images.example/{number}.webp", " ".join(words[:4]).capitalize()
    return ImageInput.model_construct(
        url=url, alt=alt, caption=None, credit=None, width=1600, height=900, renditions=[]
    )
