"""Random query strings: usual ones, unusual ones, and ones that differ only in their spelling."""

from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from app.schemas.change import ChangeListParams
from app.schemas.feed import CurrentFeedParams, FeedParams, NewsSitemapParams, SitemapParams
from app.schemas.params import (
    ArticleListParams,
    ArticleParams,
    CalendarParams,
    DayParams,
    EntryListParams,
    HistoryParams,
    NamedListParams,
    NoParams,
    QueryParams,
    SectionListParams,
    TimelineParams,
)

PUBLIC: tuple[type[QueryParams | NoParams], ...] = (
    QueryParams,
    NoParams,
    EntryListParams,
    NamedListParams,
    SectionListParams,
    HistoryParams,
    CalendarParams,
    DayParams,
    TimelineParams,
    ArticleParams,
    ArticleListParams,
    ChangeListParams,
)
"""Models of the parameters of public endpoints."""
FEEDS: tuple[type[QueryParams], ...] = (FeedParams, CurrentFeedParams, NewsSitemapParams, SitemapParams)
"""Models of the parameters of feeds, without unknown ones."""
NAMES = (
    *("edition", "section", "tag", "author", "label", "from", "to", "exclude", "id", "fields"),
    *("tz", "newest_day", "total", "subsections", "cursor", "limit", "order", "body", "since", "wait", "part"),
)
ODD_NAMES = ("", "from_", "Tag", "tag ", "utm_source", "t\u0430g", "limit[]", "?tag", "status")
USUAL = {
    "edition": ("ua", "global", "*", ""),
    "from": ("2026-11-19", "2026-11-20T10:00:00+02:00"),
    "to": ("2026-11-21",),
    "exclude": ("a", "b", "a,b", "b,a,,", ",", "night-trams"),
    "id": ("0677y7hzc3m1d", "7zzzzzzzzzzzz", "0677y7hzc3m1d,7zzzzzzzzzzzz", "0677y7hzc3m1d,", "x"),
    "fields": ("headline", "time,label", "label,time", "slug", "body"),
    "tz": ("UTC", "Europe/Kyiv", "Etc/GMT+12"),
    "newest_day": ("2026-11-19",),
    "total": ("true", "false", "True", "1"),
    "subsections": ("true", "false", "True", "1"),
    "body": ("blocks", "rich", "html", "text", "none", "HTML"),
    "limit": ("1", "20", "50", "51", "200", "0", "201", "007", "+5", "-1", "1_0", "٣", " 7", "1.0", "1" * 30),
    "order": ("position", "slug", "name", ""),
    "part": ("1", "50", "51", "0", "x"),
    "since": ("0", "9", "00", "-1", "99999999999999999999"),
    "wait": ("0", "1", "30", "31"),
    "cursor": ("AdFrOYUJ2n4zAAZD8qkx9gAYzH4", ""),
}
SLUGS = ("a", "b", "c", "night-trams", "a,b", "")
ODD = (
    *("\x00", "\n", "\x7f", "\xa0", "é", "т", "𐍈", "\u2028"),
    *("%", "&", "+", "=", ";", "#", "?", " ", '"', "a&tag=b", "%61"),
)


def values(name: str) -> st.SearchStrategy[str]:
    """Values of a parameter, decoded."""
    usual = st.sampled_from(USUAL.get(name, SLUGS))
    return st.one_of(usual, usual, usual, st.sampled_from(ODD), st.text(max_size=6))


PAIRS = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), values(name)))
"""Parameter and value, not yet encoded."""


def written(value: str, way: int) -> str:
    """Return a name or a value as a query string may encode it."""
    if way == 0:
        return quote_plus(value)
    if way == 1:
        return quote(value, safe="/:;,=?*'\"")
    return "".join(f"%{octet:02x}" for octet in value.encode())


@st.composite
def query_strings(draw: st.DrawFn) -> str:
    """Return a query string as a server receives it: each octet one character."""
    names = st.sampled_from((*NAMES, *NAMES, *ODD_NAMES))
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(names)
        value = draw(values(name))
        pair = f"{written(name, draw(st.sampled_from((0, 0, 0, 2))))}={written(value, draw(st.integers(0, 2)))}"
        parts.append(draw(st.sampled_from((pair, pair, pair, pair, pair, pair, written(name, 0), "", draw(RAW)))))
    return "&".join(parts)


RAW = st.one_of(
    st.binary(max_size=8).map(lambda octets: octets.decode("latin-1")),
    st.sampled_from(("tag=%FF", "tag=%C3", "tag=%", "tag=%4", "tag=%zz", "tag=\xd1\x82", "limit=5=5", "=", "tag==")),
)
"""Pieces that no client should send."""
