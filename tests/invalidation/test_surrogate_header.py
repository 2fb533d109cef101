"""Surrogate keys of responses in a CDN, and keys that changes purge: they have one in common whenever they must."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instant import SECOND_US
from app.domain.tsid import format_id
from app.errors import InvalidValueError
from app.invalidation.change_event import ChangeEvent, parse_change_event
from app.invalidation.dependencies import LOG_KEY, Dependencies, RangeDependency
from app.invalidation.surrogate_header import (
    LONG_LIVED,
    MAX_AGE_S,
    MAX_CARRIED_CHARACTERS,
    MAX_SURROGATE_KEYS,
    PURGE_ALL,
    cdn_cache_control,
    check_purge_url,
    header_batches,
    parse_field,
    purge_keys,
    surrogate_key_header,
)
from app.invalidation.time_buckets import BUCKET_BITS
from tests.conftest import NOW

LISTS = ("edition:1", "edition:2", "section:3", "tag:5", "author:2", "label:1")
LOOKED_AT = ("article:0000000000001", "article:0000000000002", "tag:5", "tags", "slugs:1", "sections:1", "edition:1")
WIDEST = 1 << 52

lists = st.frozensets(st.sampled_from(LISTS), min_size=1, max_size=4)
instants = st.one_of(
    st.integers(NOW - (1 << BUCKET_BITS[0] + 1), NOW + (1 << BUCKET_BITS[0] + 1)),
    st.integers(-WIDEST, WIDEST),
    st.just(2**62),
)


@st.composite
def spans(draw: st.DrawFn) -> RangeDependency:
    first, last = sorted((draw(instants), draw(instants)))
    return RangeDependency(tuple(draw(st.lists(lists, min_size=1, max_size=3))), first, last)


@st.composite
def all_dependencies(draw: st.DrawFn) -> Dependencies:
    found = Dependencies()
    found.keys = set(draw(st.frozensets(st.sampled_from(LOOKED_AT), max_size=4)))
    found.ranges = draw(st.lists(spans(), max_size=3))
    return found


@st.composite
def changes(draw: st.DrawFn, recorded_dependencies: Dependencies) -> ChangeEvent:
    within = [st.integers(span.first, span.last) for span in recorded_dependencies.ranges]
    places = st.one_of(st.none(), st.lists(st.one_of(instants, *within), max_size=3).map(tuple))
    return ChangeEvent(1, draw(st.frozensets(st.sampled_from(LOOKED_AT), max_size=3)), draw(lists), draw(places))


def footprint_of(*keys: str, spans: tuple[RangeDependency, ...] = ()) -> Dependencies:
    found = Dependencies()
    found.keys, found.ranges = set(keys), [*spans]
    return found


def carried(recorded_dependencies: Dependencies) -> set[str]:
    value = surrogate_key_header(recorded_dependencies, is_static=False)
    assert value is not None
    return set(value.split(" "))


@given(st.data())
def test_purge_keys_cover_every_invalidated_response(data: st.DataObject) -> None:
    recorded_dependencies = data.draw(all_dependencies())
    change = data.draw(changes(recorded_dependencies))
    if recorded_dependencies.is_invalidated_by(change):
        assert carried(recorded_dependencies).intersection(purge_keys([change]))


def test_purge_keys_of_a_change_name_article_slugs_and_ranges() -> None:
    keys = purge_keys(
        [parse_change_event(7, ["article:0000000000001", f"at:{NOW}", "tag:5"], is_of_article=True, edition_id=1)]
    )
    assert keys == [
        "article:0000000000001",
        *(f"list:tag:5@{level}.{NOW >> level}" for level in BUCKET_BITS),
        "list:tag:5@all",
        "slugs:1",
    ]


def test_tagged_article_does_not_purge_responses_that_only_show_the_tag() -> None:
    of_article = parse_change_event(
        1, ["article:0000000000001", f"at:{NOW}", "tag:5"], is_of_article=True, edition_id=1
    )
    of_tag = parse_change_event(2, ["tag:5", "tags"], is_of_article=False, edition_id=None)
    shows, lists = footprint_of("tag:5"), footprint_of(spans=(RangeDependency((frozenset({"tag:5"}),), NOW, NOW),))
    assert not carried(shows).intersection(purge_keys([of_article]))
    assert not carried(lists).intersection(purge_keys([of_tag]))
    assert carried(shows).intersection(purge_keys([of_tag]))
    assert carried(lists).intersection(purge_keys([of_article]))


def test_article_of_today_does_not_purge_pages_of_last_month() -> None:
    month = 30 * 86_400 * SECOND_US
    old = footprint_of(spans=(RangeDependency((frozenset({"edition:1"}),), NOW - month - 5, NOW - month),))
    change = parse_change_event(
        1, ["article:0000000000001", f"at:{NOW}", "edition:1"], is_of_article=True, edition_id=1
    )
    assert not carried(old).intersection(purge_keys([change]))


def test_unknown_timestamps_purge_every_range_of_the_list() -> None:
    change = parse_change_event(1, ["article:0000000000001", "at:*", "tag:5"], is_of_article=True, edition_id=1)
    for first in (0, NOW, -WIDEST):
        assert "list:tag:5" in carried(
            footprint_of(spans=(RangeDependency((frozenset({"tag:5"}),), first, NOW + WIDEST),))
        )
    assert purge_keys([change]) == ["article:0000000000001", "list:tag:5", "slugs:1"]


def test_every_response_carries_the_key_all() -> None:
    assert surrogate_key_header(footprint_of("tags"), is_static=False) == "all tags"
    assert surrogate_key_header(footprint_of(), is_static=True) == PURGE_ALL


def test_response_of_the_whole_log_or_without_dependencies_carries_no_key() -> None:
    assert surrogate_key_header(footprint_of("tags", LOG_KEY), is_static=False) is None
    assert surrogate_key_header(footprint_of(), is_static=False) is None


@pytest.mark.parametrize("count", [100, MAX_SURROGATE_KEYS - 1, MAX_SURROGATE_KEYS, 1_000])
def test_response_with_too_many_keys_carries_none(count: int) -> None:
    articles = [f"article:{format_id(number)}" for number in range(1, count + 1)]
    value = surrogate_key_header(footprint_of(*articles), is_static=False)
    assert (value is None) == (count >= MAX_SURROGATE_KEYS)
    assert value is None or len(value) <= MAX_CARRIED_CHARACTERS


def test_response_with_keys_over_the_length_limit_carries_none() -> None:
    groups = (frozenset(f"section:{number}" for number in range(2**60, 2**60 + 60)),)
    assert surrogate_key_header(footprint_of(spans=(RangeDependency(groups, NOW, NOW),)), is_static=False) is None


def test_header_batches_contain_every_key_once_and_are_bounded() -> None:
    random = Random(1)
    keys = sorted({"k" * random.randrange(1, 40) + str(number) for number in range(1_000)})
    found = [*header_batches(keys, most=256, characters=2_000)]
    assert [key for batch in found for key in batch.split(" ")] == keys
    assert all(len(batch) <= 2_000 for batch in found)
    assert all(len(batch.split(" ")) <= 256 for batch in found)
    assert [len(batch.split(" ")) for batch in header_batches([*"abcdef"], most=4, characters=90)] == [4, 2]
    assert not [*header_batches([], most=256, characters=90)]


def test_cdn_cache_control_ends_at_the_expiry() -> None:
    assert cdn_cache_control(None, NOW) == (LONG_LIVED, None)
    value, changes_at = cdn_cache_control(NOW + 2_500_000, NOW)
    assert value == "max-age=2, stale-if-error=600"
    assert changes_at == NOW + 500_001
    assert cdn_cache_control(changes_at + 2_000_000 - 1, changes_at)[0] == "max-age=1, stale-if-error=600"
    assert cdn_cache_control(NOW - 1, NOW)[0] == "max-age=0, stale-if-error=600"
    value, changes_at = cdn_cache_control(NOW + 3 * MAX_AGE_S * SECOND_US, NOW)
    assert value == f"max-age={MAX_AGE_S}, stale-if-error=600"
    assert changes_at == NOW + 2 * MAX_AGE_S * SECOND_US + 1


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_cdn_cache_control_is_constant_until_the_returned_instant(ends_in: int, later: int) -> None:
    value, changes_at = cdn_cache_control(NOW + ends_in, NOW)
    assert changes_at is not None
    assert changes_at > NOW
    assert (cdn_cache_control(NOW + ends_in, NOW + later)[0] == value) == (
        NOW + later < changes_at or ends_in < SECOND_US
    )


def test_check_purge_url_accepts_web_urls_only() -> None:
    assert check_purge_url(" https://api.fastly.com/service/x/purge ") == "https://api.fastly.com/service/x/purge"
    assert check_purge_url("http://[::1]:6081/") == "http://[::1]:6081/"
    assert check_purge_url("https://кеш.example/purge") == "https://xn--e1aj7b.example/purge"
    assert check_purge_url("https://straße.example/") == "https://xn--strae-oqa.example/"
    assert check_purge_url("  ") is None
    for wrong in ("varnish:6081", "ftp://a/", "https://", "http://a:99999/", "http://a b/", "/purge", "http://-ї/"):
        with pytest.raises(InvalidValueError):
            check_purge_url(wrong)


def test_parse_field_splits_name_and_value() -> None:
    assert parse_field("Fastly-Key: a b") == ("Fastly-Key", "a b")
    assert parse_field("authorization:Bearer x:y ") == ("authorization", "Bearer x:y")
    assert parse_field("") is None
    for wrong in ("secret", "Fastly-Key:", ": x", "A B: c", "a: b\r\nc: d", "a: ї"):
        with pytest.raises(InvalidValueError):
            parse_field(wrong)
