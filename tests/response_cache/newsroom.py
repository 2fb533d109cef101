"""State of the newsroom of a random history: names, articles and their statuses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar import date_at, find_zone, start_of_day
from app.domain.instant import DAY_US, MINUTE_US, format_instant, parse_instant
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.interchange import ArticleRecord
from tests.records import article, author, edition, label, section, tag

UTC = find_zone("UTC")
ZONES = {"harbour": "Europe/Kyiv", "bronx": "America/New_York", "lagoon": "Pacific/Apia"}
LANGUAGES = {"harbour": "en-GB", "bronx": "uk", "lagoon": "de"}
SECTIONS = ("city", "world", "sport")
TAGS = ("trams", "fog", "budget", "ferry")
AUTHORS = ("ada-vale", "ben-ord", "cy-dahl")
LABELS = ("opinion", "exclusive")
DEPTH_DAYS = 12
SEED = "seed:"
WORDS = ("Night", "Trams", "Return", "Harbour", "Fog", "Lifts", "Council", "Votes", "Ferry", "Waits")

CATALOGUE: list[CatalogueRecord] = [
    *(
        edition(
            name,
            name=f"The {name.title()}",
            timezone=zone,
            language=LANGUAGES[name],
            site_url=f"https://{name}.example",
            default=name == "harbour",
        )
        for name, zone in ZONES.items()
    ),
    *(
        section(name, name.title(), edition=owner)
        for owner in ZONES
        for name in SECTIONS[: 3 if owner != "bronx" else 2]
    ),
    *(tag(name, name.title()) for name in TAGS),
    *(author(name, name.title(), bio=f"{name} writes.") for name in AUTHORS),
    label("opinion", "OPINION", texts={"uk": "ДУМКА"}, disclaimer="Columns speak for their authors.", genre="opinion"),
    label("exclusive", "Exclusive"),
]


@dataclass(slots=True)
class Known:
    """Article as in its last response."""

    edition: str
    status: str
    revision: int
    slug: str
    old_slugs: set[str]
    source_id: str | None
    published_at: int | None
    expires_at: int | None
    addresses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Newsroom:
    """Names and articles by id; `now` is the time of the clock."""

    random: Random
    now: int
    default: str = "harbour"
    zones: dict[str, str] = field(default_factory=lambda: dict(ZONES))
    tags: list[str] = field(default_factory=lambda: [*TAGS])
    authors: list[str] = field(default_factory=lambda: [*AUTHORS])
    labels: list[str] = field(default_factory=lambda: [*LABELS])
    sections: list[tuple[str, str]] = field(
        default_factory=lambda: [(each.edition, each.slug) for each in CATALOGUE if each.kind == "section"]
    )
    former: dict[str, list[str]] = field(default_factory=lambda: {"section": [], "tag": [], "author": [], "label": []})
    lists: list[tuple[str, str]] = field(default_factory=list)
    articles: dict[str, Known] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    made: int = 0

    @property
    def editions(self) -> list[str]:
        """Return their slugs."""
        return [*self.zones]

    def learn(self, content: Mapping[str, Any]) -> None:
        """Store an article as editors see it."""
        before = self.articles.get(content["id"])
        old = set() if before is None else {*before.old_slugs, before.slug}
        if (source := content["source_id"] or "").startswith(SEED):
            old.add(once_called(source.removeprefix(SEED)))
        at, ends = content["published_at"], content["expires_at"]
        self.articles[content["id"]] = Known(
            edition=content["edition"],
            status=content["status"],
            revision=content["revision"],
            slug=content["slug"],
            old_slugs={*old, *content.get("old_slugs", ())} - {content["slug"]},
            source_id=content["source_id"],
            published_at=None if at is None else parse_instant(at),
            addresses=set() if before is None else before.addresses,
            expires_at=None if ends is None else parse_instant(ends),
        )
        self.articles[content["id"]].addresses.update(filter(None, (content["url"], *content.get("aliases", ()))))

    def names(self, kind: str) -> list[str]:
        """Return the present names of a kind of entry, and the former ones."""
        present = {"tag": self.tags, "author": self.authors, "label": self.labels}
        found = [slug for _, slug in self.sections] if kind == "section" else present[kind]
        return [*found, *self.former[kind]]

    def rename(self, kind: str, name: str, present: str, *, edition: str | None = None) -> None:
        """Take note that an entry has another name, or is another entry now."""
        if kind == "section":
            _replace(self.sections, (str(edition), name), (str(edition), present))
        else:
            _replace({"tag": self.tags, "author": self.authors, "label": self.labels}[kind], name, present)
        self.former[kind] = [*{*self.former[kind], name} - {present}]
        self.former[kind].sort()

    def forget(self, article_id: str) -> None:
        """Remove an article."""
        self.articles.pop(article_id, None)
        self.gone.append(article_id)

    def having(self, *statuses: str) -> list[str]:
        """Return the ids of the articles that have one of these statuses."""
        return [key for key, known in self.articles.items() if known.status in statuses]

    def expiring(self) -> list[int]:
        """Return the instants at which public or scheduled articles expire."""
        known = (self.articles[key] for key in self.having("published", "scheduled"))
        return [each.expires_at for each in known if each.expires_at is not None]

    def zone(self) -> ZoneInfo:
        """Return the zone of one of the editions."""
        return find_zone(self.random.choice([*self.zones.values()]))

    def past(self) -> int:
        """Return an instant in the past: at random, or at, before or after a relevant one."""
        random = self.random
        instant = self.now - random.randrange(DEPTH_DAYS * DAY_US)
        what = random.random()
        if what < 0.2:
            zone = self.zone()
            instant = start_of_day(date_at(instant, zone), zone) + random.choice((-1, 0, 0, 1))
        elif what < 0.4 and (dated := [each.published_at for each in self.articles.values() if each.published_at]):
            instant = random.choice(dated) + random.choice((-1, 0, 0, 1))
        elif what < 0.55:
            instant = self.now - random.randrange(10 * MINUTE_US)
        return min(instant, self.now)

    def owner(self) -> str:
        """Return an edition, most often the first."""
        return self.random.choices(self.editions, (3, *[1] * (len(self.zones) - 1)))[0]

    def headline(self) -> str:
        """Return a headline; some occur repeatedly."""
        self.made += 1
        return f"{' '.join(self.random.sample(WORDS, 2))} {self.made if self.random.random() < 0.8 else 'again'}"


def _replace(known: list[Any], name: Any, present: Any) -> None:
    if name in known:
        known.remove(name)
    if present not in known:
        known.append(present)


def once_called(number: object) -> str:
    """Return the former slug of an article of the archive."""
    return f"once-{number}"


def text_of(instant: int) -> str:
    """Return an instant as requests have it."""
    return format_instant(instant, UTC)


def archive(newsroom: Newsroom, count: int) -> Iterable[ArticleRecord]:
    """Return so many initial articles, from some days back up to now, most of them public."""
    random = newsroom.random
    for number in range(count):
        owner = newsroom.owner()
        status = random.choices(("published", "withdrawn", None), (10, 1, 1))[0]
        sections = [name for edition_of, name in newsroom.sections if edition_of == owner]
        yield article(
            None if status is None else text_of(newsroom.past()),
            edition=owner,
            source_id=f"{SEED}{number}",
            old_slugs=[once_called(number)],
            status=status,
            headline=newsroom.headline(),
            lead=f"Lead {number}.",
            section=random.choice([None, *sections]),
            tags=random.sample(newsroom.tags, random.choice((0, 1, 1, 2, 3))),
            authors=random.sample(newsroom.authors, random.choice((0, 1, 1, 2))),
            label=random.choice([None, None, *newsroom.labels]),
            translations=[{"edition": random.choice([*newsroom.zones]), "source_id": f"{SEED}{count + number}"}]
            if random.random() < 0.2
            else [],
            related=[f"{SEED}{other}" for other in random.sample(range(count), random.choice((0, 0, 1, 2)))],
            body=[{"type": "paragraph", "html": f"It says <em>{number}</em>."}],
        )
