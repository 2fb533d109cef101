"""Canonical text of a query string: one for equal queries, never one for two that differ."""

from collections import defaultdict
from itertools import product
from random import Random
from urllib.parse import quote, unquote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.api.http.query_params import MAX_PARAMETERS, feed_parameter_names, parse_query_string
from app.errors import InvalidInputError
from app.invalidation.canonical_query import (
    FEED_PARAMETERS,
    MAX_QUERY_CHARACTERS,
    MAX_VALUES,
    canonical_query,
    drop_unknown_parameters,
)
from app.schemas.params import NoParams, QueryParams
from app.schemas.query_strings import SETS
from tests.query_strings import FEEDS, PAIRS, PUBLIC, query_strings, written

REFUSED = "refused"
FOREIGN = ("utm_source=mail", "edition=ua", "%75tm=tag", "a%26tag=b", "=", "Tag=a", "tag%20=a", "fbclid=a%FF", "from=1")
REPEATING = {*SETS, "id"}
PIECES = (
    *("tag=a", "tag=b", "tag=", "tag=%61", "%74ag=a", "tag=a%26tag=b", "tag=%2561", "tag=a,b"),
    *("exclude=a,b", "exclude=b", "exclude=", "exclude=,", "fields=slug"),
    *("id=0677y7hzc3m1d", "id=7zzzzzzzzzzzz", "id=", "limit=1", "limit=01", "limit=%31", "cursor=", "", "Tag=a"),
)


def parameters(query: str) -> list[object]:
    """Return the parameters of each public endpoint for this query string, sets as such."""
    return [parameters_of(query, model) for model in PUBLIC]


def parameters_of(query: str, model: type[QueryParams | NoParams]) -> object:
    """Return the parameters of one endpoint: every member and the given ones, or its refusal."""
    try:
        params = parse_query_string(query, model)
    except InvalidInputError:
        return REFUSED
    members = {name: set(value) if name in SETS else value for name, value in params}
    return members, params.model_fields_set


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("&&", ""),
        ("limit=20", "limit=20"),
        ("limit=20&edition=ua", "edition=ua&limit=20"),
        ("tz=Europe%2FKyiv", "tz=Europe/Kyiv"),
        ("tag=fog&limit=5&tag=trams&tag=fog", "limit=5&tag=fog&tag=trams"),
        ("tag=b,a", "tag=b,a"),
        ("exclude=b,a&exclude=a,,c", "exclude=a&exclude=b&exclude=c"),
        ("fields=time%2Cslug", "fields=slug&fields=time"),
        ("exclude=,", "exclude="),
        ("id=2,1&id=2", "id=2&id=1&id=2"),
        ("id=1,", "id=1&id="),
        ("from=2026-01-01T00:00:00%2B02:00", "from=2026-01-01T00:00:00%2B02:00"),
        ("from=2026-01-01T00:00:00+02:00", "from=2026-01-01T00:00:00 02:00"),
        ("tag=a%26tag%3Db", "tag=a%26tag=b"),
        ("tag=%2561", "tag=%2561"),
        ("%74ag=a", "tag=a"),
        ("tag=%D1%82", "tag=т"),
        ("edition", "edition="),
        ("edition=a;limit=1", "edition=a;limit=1"),
    ],
)
def test_canonical_query_normalises(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=x",
        "=a",
        "limit=1&limit=1",
        "tag=%FF",
        "tag=\xd1\x82",
        "tag=%00",
        "tag=a\x7f",
        "tag=%C2%A0",
        "&".join(["tag=a"] * (MAX_VALUES + 1)),
        "exclude=" + "a," * MAX_VALUES,
        "&" * (MAX_PARAMETERS + 1),
        "tag=" + "a" * MAX_QUERY_CHARACTERS,
    ],
)
def test_canonical_query_marks_an_ambiguous_query_string(query: str) -> None:
    assert canonical_query(query) == f"?{query}"


def test_canonical_query_of_a_query_string_with_the_mark_is_distinct() -> None:
    assert canonical_query("?tag=%FF") == "??tag=%FF"
    assert canonical_query("?limit=1") == "??limit=1"


@settings(deadline=None, max_examples=60)  # the first requests of a process build their models
@given(query_strings())
@example("exclude=,")
@example("&" * 600)
@example("&".join(["tag=a"] * 51))
def test_canonical_query_is_equivalent_to_its_query_string(query: str) -> None:
    canonical = canonical_query(query)
    if canonical.startswith("?"):
        assert canonical == f"?{query}"
        return
    again = "&".join(part if part.isascii() else quote(part, safe="=%,/:; ") for part in canonical.split("&"))
    assert parameters(again) == parameters(query)
    assert canonical_query(again) == canonical


@settings(deadline=None, max_examples=60)
@given(query_strings(), st.lists(st.sampled_from(FOREIGN), max_size=3), st.randoms())
@example("utm_source=x", [], Random(1))
@example("section=a&section=a&limit=1&limit=1", [], Random(1))
@example("tag=%FF&%75tm=1", ["="], Random(1))
def test_drop_unknown_parameters_is_equivalent_for_feeds(query: str, more: list[str], random: Random) -> None:
    known = drop_unknown_parameters(query)
    pairs = [*query.split("&")]
    for pair in more:
        pairs.insert(random.randint(0, len(pairs)), pair)
    assert drop_unknown_parameters("&".join(pairs)).strip("&") == known.strip("&")
    assert {decoded_name(pair) for pair in known.split("&") if pair} <= FEED_PARAMETERS
    canonical = canonical_query(known)
    if not canonical.startswith("?"):
        again = "&".join(part if part.isascii() else quote(part, safe="=%,/:; ") for part in canonical.split("&"))
        for model in FEEDS:
            own = feed_parameter_names(model)
            assert parameters_of(drop_unknown_parameters(again, own), model) == parameters_of(
                drop_unknown_parameters(query, own), model
            )


def decoded_name(pair: str) -> str:
    """Return the name of a pair, percent-decoded."""
    return unquote_plus(pair.partition("=")[0])


def test_query_strings_with_equal_canonical_forms_are_equivalent() -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for count in (1, 2, 3):
        for pieces in product(PIECES, repeat=count):
            query = "&".join(pieces)
            groups[canonical_query(query)].append(query)
    assert len(groups) > 500
    for text, queries in groups.items():
        outcomes = [parameters(query) for query in (*queries[:2], *queries[-2:])]
        assert all(each == outcomes[0] for each in outcomes), (text, queries)


@settings(deadline=None)
@given(st.lists(PAIRS, max_size=6, unique_by=lambda pair: pair if pair[0] in REPEATING else pair[0]), st.data())
def test_canonical_query_ignores_order_and_escapes(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    ways = st.integers(0, 2)
    one = "&".join(f"{name}={written(value, data.draw(ways))}" for name, value in pairs)
    ids = [pair for pair in pairs if pair[0] == "id"]
    mixed = data.draw(st.permutations([pair for pair in pairs if pair[0] != "id"]))
    other = "&".join(f"{name}={written(value, data.draw(ways))}" for name, value in (*ids, *mixed))
    if canonical_query(one).startswith("?"):
        assert canonical_query(other).startswith("?")
    else:
        assert canonical_query(other) == canonical_query(one)
