"""Query parameters, as keyword arguments; a name that Python reserves has an underscore at its end (`from_`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias, TypedDict
from urllib.parse import quote

Names: TypeAlias = str | Sequence[str]
Instant: TypeAlias = str | date | datetime
Body: TypeAlias = Literal["none", "blocks", "rich", "html", "text"]
Links: TypeAlias = Literal["written", "absolute"]
EntryOrder: TypeAlias = Literal["slug", "name"]
SectionOrder: TypeAlias = Literal["position", "slug", "name"]

RENAMED = {"from_": "from", "page_size": "limit"}


class ArticleFilters(TypedDict, total=False):
    """Filters of articles: several values of a name are alternatives, different names all apply."""

    edition: str
    section: Names
    tag: Names
    author: Names
    label: Names
    format: Names
    language: Names
    access: Names
    featured: bool
    subsections: bool
    from_: Instant
    to: Instant
    exclude: Names
    id: Names
    fields: Names


class BodyParams(ArticleFilters, total=False):
    """Filters of articles, and the form of their bodies."""

    body: Body
    links: Links


class ArticleListParams(BodyParams, total=False):
    """Parameters of lists of articles."""

    cursor: str
    page_size: int


class ZoneParams(ArticleFilters, total=False):
    """Filters of articles, and the time zone of days and times."""

    tz: str
    heading_language: str


class DayParams(ZoneParams, total=False):
    """Parameters of one day."""

    total: bool


class TimelineParams(DayParams, total=False):
    """Parameters of the timeline."""

    newest_day: str | date
    cursor: str
    page_size: int


def encode_params(params: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the query of a request; None leaves a parameter out. ValueError for an instant without an offset."""
    return [
        (RENAMED.get(name, name), text)
        for name, value in params.items()
        if value is not None
        for text in _encode_values(value)
    ]


def _encode_values(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, date):
        yield encode_instant(value)
    elif isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _encode_values(each)
    else:
        raise TypeError(f"Not a value of a parameter: {value!r}.")


def encode_instant(value: object) -> str:
    """Return an instant or a date as text; TypeError for other values, ValueError for an instant without a zone."""
    if not isinstance(value, date):
        raise TypeError(f"Not JSON, an instant or a date: {value!r}.")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"An instant needs a time zone: {value!r}.")
    return value.isoformat()


def encode_path(*segments: str) -> str:
    """Return a path of `/v1` with each segment encoded."""
    return "".join(f"/{quote(segment, safe=':@')}" for segment in ("v1", *segments))
