"""Templates of article URLs on the front end: validation, rendering, and parsing of a URL back into its parts."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from app.domain.calendar import date_at
from app.domain.html.inline_html import validate_url
from app.domain.tsid import ID_PATTERN
from app.domain.url import ascii_template, ascii_url
from app.errors import InvalidValueError

DEFAULT_TEMPLATE: Final = "{site_url}/{slug}"
DEFAULT_SECTION_FALLBACK: Final = "news"
TEMPLATE_NAMES: Final = ("site_url", "slug", "id", "year", "month", "day", "section")
"""Placeholders of `article_url`."""
MAX_READINGS: Final = 20
"""Maximum number of ways to divide a URL into the parts of a template that are tried."""

_ALLOWED: Final = ", ".join(f"{{{name}}}" for name in TEMPLATE_NAMES)
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_VALUES: Final = {
    "slug": re.compile("[^/?#]+"),
    "id": re.compile(ID_PATTERN),
    "year": re.compile("[0-9]{4}"),
    "month": re.compile("[0-9]{2}"),
    "day": re.compile("[0-9]{2}"),
    "section": re.compile("[^/?#]+"),
}


class ArticleAddressParts(NamedTuple):
    """Parts of an article that its URL may contain; `published_at` is the first publication."""

    id: str
    slug: str
    section: str | None
    published_at: int


def article_url_template(value: str) -> str:
    """Return the template after checking that it gives each article a different absolute URL.

    Raise InvalidValueError for placeholders other than TEMPLATE_NAMES (named), a brace without its counterpart, a
    template with neither {slug} nor {id}, and as `validate_url` does for the resulting URLs.
    """
    names = dict.fromkeys(_PLACEHOLDER.findall(value))
    unknown = [f"{{{name}}}" for name in names if name not in TEMPLATE_NAMES]
    if unknown:
        raise InvalidValueError(f"Unknown placeholder {', '.join(unknown)[:200]}; allowed are {_ALLOWED}.")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", value)):
        raise InvalidValueError(f"A brace is unmatched; placeholders are {_ALLOWED}.")
    if "slug" not in names and "id" not in names:
        raise InvalidValueError("A template must contain {slug} or {id}, as in {site_url}/news/{slug}.")
    if value.rfind("{site_url}") > 0:
        raise InvalidValueError("{site_url} is an absolute URL: it can only begin a template.")
    validate_url(_PLACEHOLDER.sub(lambda each: "https://site.example" if each[1] == "site_url" else "a", value))
    return value


class ArticleUrlTemplate:
    """Template with the site filled in, in the zone of its dates and with the section of articles without one."""

    __slots__ = ("_format", "_is_dated", "_pieces", "_zone", "fallback", "head", "is_ascii", "tail", "text")

    def __init__(self, template: str | None, *, site_url: str, zone: ZoneInfo, section_fallback: str) -> None:
        filled = ascii_template(template or DEFAULT_TEMPLATE).replace("{site_url}", ascii_url(site_url))
        example = _PLACEHOLDER.sub("a", filled)
        self.text = filled
        self.is_ascii = ascii_url(example) == example
        self.fallback = section_fallback
        self._zone = zone
        self._pieces = _PLACEHOLDER.split(filled)
        self._format = _PLACEHOLDER.sub(r"%(\1)s", filled.replace("%", "%%"))
        self._is_dated = not {"year", "month", "day"}.isdisjoint(self._pieces[1::2])
        is_simple = self.is_ascii and self._pieces[1::2] == ["slug"]
        # The parts around a single {slug}, for the usual template; others have no head.
        self.head: str | None = self._pieces[0] if is_simple else None
        self.tail: str = self._pieces[-1]

    @property
    def has_section(self) -> bool:
        """Return whether the URLs depend on the section of an article."""
        return "section" in self._pieces[1::2]

    @property
    def origin(self) -> str | None:
        """Return the host of the URLs, as `address_key` writes it; None if it has a placeholder."""
        host, slash, _ = _without_scheme(self._pieces[0])[2:].partition("/")
        return f"//{host.lower()}" if slash else None

    def render(self, article: ArticleAddressParts) -> str:
        """Return the URL of an article."""
        year, month, day = _date_parts(article.published_at, self._zone) if self._is_dated else ("", "", "")
        url = self._format % {
            "slug": article.slug if article.slug.isascii() else quote(article.slug),
            "id": article.id,
            "year": year,
            "month": month,
            "day": day,
            "section": self.fallback if article.section is None else article.section,
        }
        return url if self.is_ascii else ascii_url(url)

    def parse(self, key: str) -> Iterator[dict[str, str]]:
        """Yield the ways to read an absolute URL (an `address_key`) by this template, as values by placeholder.

        At most MAX_READINGS, the longest values first: `{section}-{slug}` can be divided at each hyphen.
        """
        host, slash, path = _without_scheme(self._pieces[0])[2:].partition("/")
        pieces = [f"//{host.lower()}{slash}{path}", *self._pieces[1:]]
        for _, reading in zip(range(MAX_READINGS), _read(key, pieces, 0, {}), strict=False):
            yield {name: unquote(value) for name, value in reading.items()}


def _read(text: str, pieces: list[str], at: int, values: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the values of placeholders with which these pieces are the text from `at` on, the longest first."""
    if not text.startswith(pieces[0], at):
        return
    at += len(pieces[0])
    if len(pieces) == 1:
        if at == len(text):
            yield values
        return
    name, rest = pieces[1], pieces[2:]
    if name in values:
        yield from _read(text, [values[name] + rest[0], *rest[1:]], at, values)
        return
    found = _VALUES[name].match(text, at)
    longest = found.end() if found else at
    shortest = at + 1 if name in {"slug", "section"} else longest
    for end in range(longest, max(shortest, at + 1) - 1, -1):
        yield from _read(text, rest, end, {**values, name: text[at:end]})


@lru_cache(maxsize=4_096)
def _date_texts(number: int) -> tuple[str, str, str]:
    day = date.fromordinal(number)
    return f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"


def _date_parts(instant: int, zone: ZoneInfo) -> tuple[str, str, str]:
    return _date_texts(date_at(instant, zone).toordinal())


def _without_scheme(url: str) -> str:
    return url.partition(":")[2] if not url.startswith("/") else url
