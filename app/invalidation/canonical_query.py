"""Canonical form of a query string: equal for all equivalent queries, for use as a cache key.

tag=fog&limit=20&tag=trams&tz=Europe%2FKyiv    limit=20&tag=fog&tag=trams&tz=Europe/Kyiv
exclude=b,a&exclude=a                          exclude=a&exclude=b
limit=40&tag=fog (where 40 is the default)     tag=fog
tag=%FF                                        ?tag=%FF

The last is ambiguous, and is unchanged behind a question mark.
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import unquote_plus

from app.invalidation.default_parameters import NO_DEFAULTS, DefaultValues

MAX_QUERY_CHARACTERS = 2_048
MAX_PAIRS = 100
MAX_VALUES = 50
"""Maximum number of values of one name that are normalised: every list parameter has a smaller limit."""

FEED_PARAMETERS = frozenset(
    {
        *("access", "author", "cursor", "featured", "format", "label", "language", "limit", "part", "section"),
        *("subsections", "tag"),
    }
)

_MARK = "?"  # no canonical form begins with it
_ONE, _SET, _SPLIT_SET, _SPLIT = 0, 1, 2, 3
_KINDS = {
    **dict.fromkeys(("body", "cursor", "edition", "from", "limit", "links", "newest_day", "order", "part"), _ONE),
    **dict.fromkeys(("featured", "heading_language", "since", "subsections", "to", "total", "tz", "url", "wait"), _ONE),
    **dict.fromkeys(("access", "author", "format", "label", "language", "section", "tag"), _SET),
    **dict.fromkeys(("exclude", "fields"), _SPLIT_SET),
    "id": _SPLIT,
}
"""Parameters of public URLs by kind: single value, set, comma-separated set, comma-separated list."""
_NOT_BESIDE = {"limit": "id", "since": "cursor"}
"""Parameters that count as given, even with their default value, beside another one, which they may contradict."""


def drop_unknown_parameters(query: str, known: AbstractSet[str] = FEED_PARAMETERS) -> str:
    """Return the query string of a feed without unknown parameters, such as those that readers and mailings add."""
    if not query or all(pair.partition("=")[0] in known for pair in query.split("&")):
        return query
    return "&".join(pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) in known)


def get_values(query: str, name: str) -> list[str]:
    """Return the values of this parameter in the query string, however the name and the values are escaped."""
    if "%" not in query and name not in query:
        return []
    pairs = (pair.partition("=") for pair in query.split("&"))
    return [unquote_plus(value) for each, _, value in pairs if unquote_plus(each) == name]


def canonical_query(query: str, defaults: DefaultValues = NO_DEFAULTS) -> str:
    """Return the canonical form of a query string (as received, one character for each octet); "" for None.

    Names are sorted, and so are the values of a set, without duplicates; a list retains its order. Parameters that have
    one of these default values are left out. Two query strings with the same form are equivalent for every public URL
    with these defaults, valid or not. A query string that cannot be normalised with
    certainty (unknown names, a repeated single value, invalid UTF-8, control characters, excessive length) is returned
    unchanged behind a question mark, which begins no canonical form.
    """
    if not query:
        return query
    if len(query) > MAX_QUERY_CHARACTERS or not query.isascii() or query.count("&") >= MAX_PAIRS:
        return _MARK + query
    return _canonical(query, defaults)


@lru_cache(maxsize=64)  # a cache miss computes the form twice
def _canonical(query: str, defaults: DefaultValues) -> str:
    values_by_name: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair:
            try:
                name, value = percent_decode(name), _escaped(percent_decode(value))
            except UnicodeDecodeError:
                return _MARK + query
        kind = _KINDS.get(name)
        if kind is None and not pair:
            continue
        if kind is None or not value.isprintable() or (kind == _ONE and name in values_by_name):
            return _MARK + query
        values = value.split(",") if kind >= _SPLIT_SET else [value]
        if name in values_by_name:
            values_by_name[name] += values
        else:
            values_by_name[name] = values
    return _written(values_by_name, query, defaults)


@lru_cache(maxsize=512)
def percent_decode(text: str) -> str:
    """Decode a name or a value of a query string, percent-escapes and plus signs included; UnicodeDecodeError."""
    return unquote_plus(text, errors="strict")


def _escaped(value: str) -> str:
    """Escape the three characters of a decoded value that would be parsed as delimiters."""
    if "%" in value or "&" in value or "+" in value:
        return value.replace("%", "%25").replace("&", "%26").replace("+", "%2B")
    return value


def _written(values_by_name: dict[str, list[str]], query: str, defaults: DefaultValues) -> str:
    pairs = []
    for name, values in sorted(values_by_name.items()):
        if len(values) > MAX_VALUES:
            return _MARK + query
        if (name, values[0]) in defaults and len({*values}) == 1 and _NOT_BESIDE.get(name) not in values_by_name:
            continue
        if len(values) == 1:
            pairs.append(f"{name}={values[0]}")
        else:
            pairs += [f"{name}={value}" for value in _ordered(values, _KINDS[name])]
    return "&".join(pairs)


def _ordered(values: list[str], kind: int) -> list[str]:
    if kind == _SPLIT:
        return values
    ordered = sorted(set(values))
    is_nothing_first = kind == _SPLIT_SET and not ordered[0]  # an empty element between two commas has no meaning
    return ordered[1:] if is_nothing_first and len(ordered) > 1 else ordered
