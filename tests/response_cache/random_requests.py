"""Random public requests: URLs of every operation in every form, made from the newsroom's state.

The operations and their parameters are those of the app's own document; unknown ones fail.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from urllib.parse import quote, quote_plus, unquote_plus

from app.api.pages.assets import asset_href
from app.domain.calendar import date_at, find_zone
from app.domain.instant import DAY_US, SECOND_US
from tests.api.contract import Json, Operation, operations
from tests.response_cache.newsroom import DEPTH_DAYS, Newsroom, text_of

PAGES = (
    "/docs",
    *map(asset_href, ("reference.css", "reference.js", "icon.svg")),
    "/docs/nothing",
    "/docs/assets/nothing.js",
    "/favicon.ico",
    "/openapi.json",
    "/openapi.md",
    "/assets/nothing.css",
    "/assets/scalar.nothing.js",
    "/guides",
    "/guides/feeds",
    "/guides/search.json",
    "/llms.txt",
    "/problems",
    "/problems/not-found",
    "/problems/nothing",
)
START = "/"
"""The start page, and the service document for other clients than browsers."""
ELSEWHERE = (START, "/v1/", "/v1/nothing", "/v1/timeline/", "/v1/articles/a/b", "/v2", "/v1/articles/%00", "/docs/")
HEALTH = ("/health/live", "/health/ready")
PASSING = frozenset({"/v1/export", "/v1/stream"})
"""Operations that are never cached, one of them without end."""
WEIGHTS = {
    "get_timeline": 7,
    "get_day": 5,
    "get_calendar": 3,
    "list_articles": 6,
    "list_changes": 4,
    "get_article": 6,
    "list_related": 3,
    "get_history": 3,
    "get_curated_list": 5,
}
ZONES = ("UTC", "Europe/Kyiv", "Pacific/Apia", "America/New_York", "Asia/Kathmandu", "Etc/GMT+12")
UNKNOWN = 0.07  # of the names in requests

FEED_WEIGHT = 1.5
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Pairs = list[tuple[str, str]]


def public_operations(document: Json) -> list[Operation]:
    """Return the public operations."""
    return [each for each in operations(document) if each.method == "get" and not _is_private(each)]


def _is_private(operation: Operation) -> bool:
    return operation.path.startswith(("/v1/editorial", "/health")) or operation.path in PASSING


class RequestGenerator:
    """Generator of URLs from what a newsroom has, had and never had."""

    def __init__(self, newsroom: Newsroom, document: Json) -> None:
        self.operations = public_operations(document)
        self._newsroom = newsroom
        self._random = newsroom.random
        self._weights = [WEIGHTS.get(each.name, FEED_WEIGHT if is_feed(each) else 2) for each in self.operations]
        self._values: dict[str, Callable[[], str]] = {
            "edition": self._edition,
            "section": lambda: self._name(newsroom.names("section")),
            "tag": lambda: self._name(newsroom.names("tag")),
            "author": lambda: self._name(newsroom.names("author")),
            "label": lambda: self._name(newsroom.names("label")),
            "list": lambda: self._name([slug for _, slug in newsroom.lists] or ["front-page"]),
            "format": lambda: self._random.choice(("article", "gallery", "video", "video", "audio", "page", "page")),
            "language": lambda: self._random.choice(("en-GB", "uk", "de", "DE", "fr-CA", "ja")),
            "heading_language": lambda: self._random.choice(("en-GB", "uk", "de", "ja")),
            "featured": lambda: self._random.choice(("true", "true", "false")),
            "access": lambda: self._random.choice(("free", "registered", "paid")),
            "exclude": self._key,
            "id": self._id,
            "tz": lambda: self._random.choice((*ZONES, *newsroom.zones.values())),
            "newest_day": self._day,
            "day": self._day,
            "week": self._week,
            "part": lambda: self._random.choice(("1", "1", "2")),
            "id_or_slug": self._key,
            "subsections": lambda: self._random.choice(("true", "true", "false")),
            "total": lambda: self._random.choice(("true", "true", "false")),
            "body": lambda: self._random.choice(("blocks", "rich", "html", "text", "none")),
            "limit": lambda: self._random.choice(("1", "2", "2", "5", "20", "40")),
            "links": lambda: self._random.choice(("absolute", "written")),
            "order": lambda: self._random.choice(("name", "name", "position", "slug")),
            "since": lambda: str(self._random.choice((0, 0, 1, 5, 20, 40, 70, 10**6))),
            "wait": lambda: "0",
            "url": self._url,
            "cursor": lambda: self._random.choice(("AQAA", "", "AdFrOYUJ2n4zAAZD8qkx9gAYzH4_rYpBonlFtA8")),
        }

    def make(self) -> str:
        """Return any URL."""
        random = self._random
        if random.random() < 0.03:
            return random.choice((*ELSEWHERE, *HEALTH, *PAGES[-3:]))
        return self.make_of(random.choices(self.operations, self._weights)[0])

    def make_of(self, operation: Operation) -> str:
        """Return a URL of this operation."""
        names = [self._placeholder(operation.path, place) for place in PLACEHOLDER.findall(operation.path)]
        given = iter(names)
        path = PLACEHOLDER.sub(lambda _: quote(next(given), safe=""), operation.path)
        pairs = self._pairs(operation)
        if (owner := self._owner(operation.path, "".join(names))) is not None and self._random.random() < 0.8:
            pairs = [("edition", owner), *(pair for pair in pairs if pair[0] != "edition")]
        return path if not pairs else f"{path}?{_query(pairs)}"

    def vary(self, target: str) -> str:
        """Return the same request in another spelling, equivalent in HTTP: the responses may differ nevertheless."""
        path, _, query = target.partition("?")
        pairs = [
            (unquote_plus(name), unquote_plus(value)) for name, _, value in (p.partition("=") for p in query.split("&"))
        ]
        turn = self._random.randrange(6)
        if not query or turn == 0:
            return f"{_spelt(path)}{'?' if not query else f'?{query}'}"
        if turn == 1:
            self._random.shuffle(pairs)
        elif turn == 2:
            pairs.append(self._random.choice(pairs))
        elif turn == 3:
            return f"{path}?{query}&"
        elif turn == 4:
            return f"{path}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
        else:
            pairs.append(("edition", self._edition()) if "edition=" not in query else ("limit", "40"))
        return f"{path}?{_query(pairs)}"

    def _owner(self, path: str, name: str) -> str | None:
        """Return the edition in which that name of an article or section exists; None where any will do."""
        if path.startswith("/v1/sections/{"):
            return next((owner for owner, slug in self._newsroom.sections if slug == name), None)
        if path.startswith("/v1/lists/{"):
            return next((owner for owner, slug in self._newsroom.lists if slug == name), None)
        if path.startswith("/v1/articles/{"):
            known = self._newsroom.articles.values()
            return next((each.edition for each in known if name == each.slug or name in each.old_slugs), None)
        return None

    def _placeholder(self, path: str, name: str) -> str:
        if name != "slug":
            return self._values[name]()
        collection = path.split("/")[2]
        kind = collection.removesuffix("s")
        return self._edition() if kind == "edition" else self._values[kind]()

    def _pairs(self, operation: Operation) -> Pairs:
        random, pairs = self._random, Pairs()
        given = [name for name in sorted(operation.query) if name not in {"edition", "cursor", "wait"}]
        names = random.sample(given, min(len(given), random.choices((0, 1, 2, 3, 4), (6, 8, 6, 2, 1))[0]))
        if "edition" in operation.query and random.random() < 0.5:
            names.append("edition")
        for rare in ("cursor", "wait"):
            if rare in operation.query and random.random() < 0.05:
                names.append(rare)
        for name in names:
            schema = operation.query[name]["schema"]
            most = 1 if schema.get("type") != "array" else random.choices((1, 2, 3), (6, 2, 1))[0]
            if name == "fields":
                pairs.append((name, ",".join(random.sample(schema["items"]["enum"], 3))))
            elif name in {"from", "to"}:
                continue
            else:
                pairs += [(name, self._values[name]()) for _ in range(most)]
        if is_feed(operation) and random.random() < 0.1:
            pairs.append((random.choice(("utm_source", "edition", "fields")), "elsewhere"))
        if ("edition", "*") in pairs and "tz" in operation.query and "tz" not in names and random.random() < 0.8:
            pairs.append(("tz", self._values["tz"]()))
        pairs += self._range(operation, [name for name in names if name in {"from", "to"}])
        return self._agreeing(pairs)

    def _agreeing(self, pairs: Pairs) -> Pairs:
        """Return parameters that mostly can be combined, and sometimes cannot."""
        names = {name for name, _ in pairs}
        clash = {"limit", "cursor", "newest_day"} if names & {"id", "cursor"} else set()
        clash |= set() if ("edition", "*") in pairs else {"heading_language"}
        if self._random.random() < 0.1:
            return pairs
        return [(name, value) for name, value in pairs if name not in clash or (name == "cursor" and "id" not in names)]

    def _range(self, operation: Operation, names: Sequence[str]) -> Pairs:
        """Return `from` and `to`, one or both, dates or (where allowed) instants, the earlier one first."""
        newsroom, random = self._newsroom, self._random
        instants = sorted(newsroom.past() + random.choice((0, 0, 0, 3 * DAY_US, -400 * DAY_US)) for _ in names)
        only_dates = operation.name == "get_calendar"
        pairs: Pairs = []
        for name, instant in zip(sorted(names), instants, strict=True):
            is_date = only_dates or random.random() < 0.6
            pairs.append((name, date_at(instant, newsroom.zone()).isoformat() if is_date else text_of(instant)))
        return pairs

    def _edition(self) -> str:
        if self._random.random() < 0.1:
            return "*"
        return self._name(self._newsroom.editions)

    def _name(self, names: Sequence[str]) -> str:
        random = self._random
        return random.choice(names) if random.random() > UNKNOWN else random.choice(("later-on", "never-heard-of"))

    def _key(self) -> str:
        newsroom, random = self._newsroom, self._random
        what = random.random()
        if what < UNKNOWN or not newsroom.articles:
            return random.choice(["never-heard-of", "7zzzzzzzzzzzz", "night-trams-1", *newsroom.gone])
        article_id = random.choice([*newsroom.articles])
        known = newsroom.articles[article_id]
        if what < 0.45:
            return article_id
        return known.slug if what < 0.8 or not known.old_slugs else random.choice(sorted(known.old_slugs))

    def _url(self) -> str:
        """Return a URL or path that an article has or had, or that none has."""
        newsroom, random = self._newsroom, self._random
        known = sorted({each for article in newsroom.articles.values() for each in article.addresses})
        if not known or random.random() < UNKNOWN:
            return random.choice(("/never-heard-of", "https://harbour.example/night-trams-1", "none", "/old/5"))
        address = random.choice(known)
        return address if random.random() < 0.7 or address.startswith("/") else f"/{address.split('/', 3)[3]}"

    def _id(self) -> str:
        known = [*self._newsroom.articles, *self._newsroom.gone]
        return self._random.choice(known) if known and self._random.random() > 0.03 else "7zzzzzzzzzzzz"

    def _day(self) -> str:
        random, newsroom = self._random, self._newsroom
        if random.random() < 0.06:
            return random.choice(("2011-12-30", "1000-01-01", "9998-12-31", "2026-02-30", "today"))
        day = date_at(newsroom.now - SECOND_US, newsroom.zone())
        return (day - timedelta(days=random.choice((0, 0, 1, 1, 2, -1, -2, random.randrange(DEPTH_DAYS))))).isoformat()

    def _week(self) -> str:
        if self._random.random() < UNKNOWN:
            return self._random.choice(("2026-W54", "2026-w01", "1969-W52", "this"))
        year, week, _ = date_at(self._newsroom.past(), find_zone("UTC")).isocalendar()
        return f"{year}-W{week:02}"


def is_feed(operation: Operation) -> bool:
    """Return whether it ignores unknown parameters."""
    return operation.path.startswith("/feeds")


def _query(pairs: Pairs) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


def _spelt(path: str) -> str:
    """Return the path with one of its letters percent-encoded."""
    place = next((i for i in range(len(path) - 1, 0, -1) if path[i].isalpha() and path[i - 2] != "%"), 0)
    return f"{path[:place]}%{ord(path[place]):02x}{path[place + 1 :]}" if place else path


def with_limit(random: Random, href: str) -> str:
    """Return the URL of a further page, sometimes with another limit: cursors allow that."""
    return re.sub(r"(?<=[?&])limit=\d+", "limit=3", href) if random.random() < 0.3 else href
