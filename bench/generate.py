"""An invented archive in the interchange format, the same for the same seed: to measure with.

    .venv/bin/python bench/generate.py --articles 200000 --seed 1 > archive.jsonl

One edition, 12 sections, 400 tags, 150 authors, 6 labels. Names follow Zipf's law: the commonest tag is on about
40 % of the articles; the rarest names of each kind are given an exact few times, some of them once. Two common
names never meet: articles of the second section never carry the second tag. Times reach over nine years, to the
microsecond, come in bursts, and some are equal.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

import orjson

EDITION = "harbour"
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
SPAN_US = 9 * 365 * 86_400 * 1_000_000
HOUR_US = 3_600_000_000

SECTIONS, TAGS, AUTHORS, LABELS = 12, 400, 150, 6
# Number of articles of the last names of each kind, whatever the size of the archive.
RARE_SECTIONS, RARE_TAGS, RARE_AUTHORS, RARE_LABELS = (3,), (5, 3, 2, 1, 1), (2, 1, 1), (1,)
NEVER_TOGETHER = 1  # the section and the tag of this rank

BADGES = ("Exclusive", "Opinion", "Live", "Analysis", "Interview", "Correction")
BEGINNINGS, VOWELS = "bdfgklmnprstv", "aeio"
WORDS, SENTENCES, PARAGRAPHS = 900, 2_500, 5_000
LONG_WORD = 5  # letters

# Shares of articles, times and sentences.
WITH_LEAD, WITH_LABEL, WITH_IMAGE, WITH_SOURCE, WITH_RELATED, UPDATED = 0.8, 0.25, 0.15, 0.3, 0.1, 0.1
AT_THE_SAME_INSTANT, IN_A_BURST = 0.03, 0.4
STRONG, EMPHASISED, LINKED = 0.1, 0.1, 0.1


@dataclass(slots=True)
class Names:
    """Names of one kind, the commonest first: most drawn by Zipf's law, the last on a few articles each."""

    slugs: list[str]
    exponent: float
    rare: tuple[int, ...]
    common: list[str] = field(init=False)
    weights: list[float] = field(init=False)
    placed: dict[int, list[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.common = self.slugs[: -len(self.rare)]
        self.weights = list(accumulate((rank + 1) ** -self.exponent for rank in range(len(self.common))))

    def place(self, random: Random, articles: int) -> None:
        """Choose the articles of the rare names."""
        for slug, times in zip(self.slugs[-len(self.rare) :], self.rare, strict=True):
            for number in random.sample(range(articles), min(times, articles)):
                self.placed.setdefault(number, []).append(slug)

    def draw(self, random: Random, count: int, number: int) -> list[str]:
        """Return up to `count` different names for the article of this number, its rare ones among them."""
        drawn = random.choices(self.common, cum_weights=self.weights, k=count) if count else []
        return list(dict.fromkeys([*self.placed.get(number, ()), *drawn]))


@dataclass(slots=True)
class Newsroom:
    """Material of articles: words, paragraphs and names."""

    words: list[str]
    sentences: list[str]
    paragraphs: list[str]
    sections: Names
    tags: Names
    authors: Names
    labels: Names


def generate_records(articles: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the records of an archive, the catalogue first, then the articles, oldest first."""
    random = Random(seed)
    newsroom = make_newsroom(random)
    for names in (newsroom.sections, newsroom.tags, newsroom.authors, newsroom.labels):
        names.place(random, articles)
    yield from catalogue_records(random, newsroom)
    for number, instant in enumerate(_instants(random, articles)):
        yield _article(random, newsroom, number, instant)


def names_apart(seed: int) -> tuple[str, str]:
    """Return the section and the tag, both common, that no article of the archive of a seed has together."""
    newsroom = make_newsroom(Random(seed))
    return newsroom.sections.slugs[NEVER_TOGETHER], newsroom.tags.slugs[NEVER_TOGETHER]


def make_newsroom(random: Random) -> Newsroom:
    """Return the words, paragraphs and names of an archive."""
    syllables = [f"{first}{vowel}" for first in BEGINNINGS for vowel in VOWELS]
    made = {"".join(random.choices(syllables, k=random.randint(1, 4))) for _ in range(2 * WORDS)}
    words = random.sample(sorted(made), WORDS)
    long = [word for word in words if len(word) >= LONG_WORD]
    first, last = random.sample(long, AUTHORS), random.sample(long, AUTHORS)
    sentences = [_sentence(random, words) for _ in range(SENTENCES)]
    return Newsroom(
        words=words,
        sentences=sentences,
        paragraphs=[" ".join(random.choices(sentences, k=random.randint(1, 3))) for _ in range(PARAGRAPHS)],
        sections=Names(random.sample(long, SECTIONS), 0.8, RARE_SECTIONS),
        tags=Names([f"{long[i % len(long)]}-{i:03d}" for i in range(TAGS)], 1.1, RARE_TAGS),
        authors=Names([f"{one}-{other}" for one, other in zip(first, last, strict=True)], 0.9, RARE_AUTHORS),
        labels=Names([badge.lower() for badge in BADGES], 1.0, RARE_LABELS),
    )


def _sentence(random: Random, words: list[str]) -> str:
    chosen = random.choices(words, k=random.randint(6, 16))
    chosen[0] = chosen[0].capitalize()
    place, kind = random.randrange(1, len(chosen)), random.random()
    if kind < STRONG:
        chosen[place] = f"<strong>{chosen[place]}</strong>"
    elif kind < STRONG + EMPHASISED:
        chosen[place] = f"<em>{chosen[place]}</em>"
    elif kind < STRONG + EMPHASISED + LINKED:
        chosen[place] = f'<a href="https://{random.choice(words)}.example/{place}">{chosen[place]}</a>'
    return " ".join(chosen) + "."


def catalogue_records(random: Random, newsroom: Newsroom) -> Iterator[dict[str, Any]]:
    """Yield the records of the edition and of every name in it."""
    yield {
        "kind": "edition",
        "slug": EDITION,
        "name": "The Harbour Record",
        "language": "en-GB",
        "timezone": "Europe/Kyiv",
        "site_url": "https://harbour.example",
        "default": True,
        "strings": {},
    }
    for badge in BADGES:
        yield {"kind": "label", "code": badge.lower(), "text": badge}
    for slug in newsroom.sections.slugs:
        yield {"kind": "section", "edition": EDITION, "slug": slug, "name": slug.capitalize()}
    for slug in newsroom.tags.slugs:
        yield {"kind": "tag", "slug": slug, "name": slug.partition("-")[0].capitalize()}
    for slug in newsroom.authors.slugs:
        biography = " ".join(random.choices(newsroom.words, k=8)).capitalize()
        yield {"kind": "author", "slug": slug, "name": slug.replace("-", " ").title(), "bio": f"{biography}."}


def _instants(random: Random, articles: int) -> list[int]:
    """Yield microseconds after BEGIN, ascending: alone, in bursts after some event, or equal to another."""
    events = [random.randrange(SPAN_US - 24 * HOUR_US) for _ in range(articles // 60 + 1)]
    found: list[int] = []
    for _ in range(articles):
        kind = random.random()
        if kind < AT_THE_SAME_INSTANT and found:
            found.append(random.choice(found))
        elif kind < IN_A_BURST:
            found.append(random.choice(events) + int(random.expovariate(1 / HOUR_US)) % (12 * HOUR_US))
        else:
            found.append(random.randrange(SPAN_US))
    return sorted(found)


def _article(random: Random, newsroom: Newsroom, number: int, instant: int) -> dict[str, Any]:
    chance, choices = random.random, random.choices
    published_at = BEGIN + timedelta(microseconds=instant)
    section = newsroom.sections.draw(random, 1, number)[0]
    tags = newsroom.tags.draw(random, choices(range(6), cum_weights=(10, 30, 55, 80, 92, 100))[0], number)
    if section == newsroom.sections.slugs[NEVER_TOGETHER]:
        tags = [tag for tag in tags if tag != newsroom.tags.slugs[NEVER_TOGETHER]]
    labels = newsroom.labels.draw(random, int(chance() < WITH_LABEL), number)
    authors = newsroom.authors.draw(random, choices(range(3), cum_weights=(15, 85, 100))[0], number)
    blocks = choices(newsroom.paragraphs, k=2 + int(5 * chance()))
    updated_at = published_at + timedelta(minutes=1 + int(600 * chance())) if chance() < UPDATED else None
    wire = {"name": "Wire of the Coast", "url": f"https://wire.example/{number}"}
    return {
        "kind": "article",
        "edition": EDITION,
        "source_id": f"made-{number:07d}",
        "headline": " ".join(choices(newsroom.words, k=4 + int(6 * chance()))).capitalize(),
        "lead": choices(newsroom.sentences)[0] if chance() < WITH_LEAD else None,
        "label": labels[0] if labels else None,
        "section": section,
        "tags": tags[:5],
        "authors": authors[:2],
        "published_at": published_at.isoformat(),
        "updated_at": None if updated_at is None else updated_at.isoformat(),
        "image": _image(random, newsroom, number) if chance() < WITH_IMAGE else None,
        "source": wire if chance() < WITH_SOURCE else None,
        "related": [f"made-{int(number * chance()):07d}"] if number and chance() < WITH_RELATED else [],
        "body": [{"type": "paragraph", "html": html} for html in blocks],
    }


def _image(random: Random, newsroom: Newsroom, number: int) -> dict[str, Any]:
    return {
        "url": f"https://images.example/{number}.webp",
        "alt": " ".join(random.choices(newsroom.words, k=5)).capitalize(),
        "caption": random.choice(newsroom.words).capitalize(),
        "credit": None,
        "width": 1600,
        "height": 900,
        "renditions": [],
    }


def main() -> None:
    """Write the records to standard output, one a line."""
    parser = argparse.ArgumentParser(description="Write an invented archive as JSON Lines to standard output.")
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for record in generate_records(options.articles, options.seed):
        sys.stdout.buffer.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
