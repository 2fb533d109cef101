"""What caches between us and the readers are told: the keys an answer carries there, and those that a change purges.

article:<id>  tag:5  tags  slugs:1    what the answer looked at, by the names of the change log (see surrogate)
list:tag:5@40.1234                    it was made from a part of that list which lies within this bin of time
list:tag:5@all                        … which lies within no bin
list:tag:5                            … wherever it lies: purged where it is not known what part of the list changed
all                                   any answer

Whenever a change touches the footprint of an answer, one key at least is both carried by it and purged.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from app.domain.instant import SECOND_US
from app.domain.url import ascii_url
from app.errors import InvalidValueError
from app.invalidation.cache_control import STALE_IF_ERROR_S
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import LOG_KEY, Dependencies
from app.invalidation.time_buckets import UNBOUNDED, TimeBucket, bucket_of, candidate_buckets

PURGE_ALL = "all"
MAX_SURROGATE_KEYS = 128
"""Keys of an answer, as many as every network takes; of more than that one forgets some without a word."""
MAX_CARRIED_CHARACTERS = 3_000
"""Of all keys together: a proxy with 4 KB for the whole head is to take it too."""
MAX_AGE_S = 86_400
LONG_LIVED = f"max-age={MAX_AGE_S}, stale-while-revalidate=60, stale-if-error={MAX_AGE_S}"

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)[ \t]*")


def surrogate_key_header(footprint: Dependencies, *, is_static: bool) -> str | None:
    """The value of `Surrogate-Key` for an answer; None where no change could be told to concern it.

    That is so where any change does, where there are more keys than can be carried, and where nothing was noted,
    unless the answer `is_static` alone.
    """
    if LOG_KEY in footprint.keys or (footprint.is_empty and not is_static):
        return None
    keys = set(footprint.keys)
    for span in footprint.ranges:
        place = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            keys.add(f"list:{key}")
            keys.add(_list_key(key, place))
    if len(keys) >= MAX_SURROGATE_KEYS:
        return None
    value = " ".join([PURGE_ALL, *sorted(keys)])
    return value if len(value) <= MAX_CARRIED_CHARACTERS else None


def purge_keys(changes: Iterable[ChangeEvent]) -> list[str]:
    """The keys of every answer that one of these changes touches, each once, in a fixed order."""
    keys: set[str] = set()
    for change in changes:
        keys |= change.entity_keys
        for key in change.list_keys:
            if change.timestamps is None:
                keys.add(f"list:{key}")
            else:
                keys.update(_list_key(key, place) for place in candidate_buckets(change.timestamps))
    return sorted(keys)


def _list_key(key: str, place: TimeBucket) -> str:
    level, number = place
    return f"list:{key}@all" if place == UNBOUNDED else f"list:{key}@{level}.{number}"


def header_batches(keys: Iterable[str], *, most: int, characters: int) -> Iterator[str]:
    """These keys as values of `Surrogate-Key`, at most so many of so many characters in each."""
    batch: list[str] = []
    size = 0
    for key in keys:
        if batch and (len(batch) == most or size + len(key) >= characters):
            yield " ".join(batch)
            batch, size = [], 0
        batch.append(key)
        size += len(key) + 1
    if batch:
        yield " ".join(batch)


def cdn_cache_control(ends: int | None, now: int) -> tuple[str, int | None]:
    """`CDN-Cache-Control` (RFC 9213) of an answer that changes by itself at the instant `ends`, if that is known.

    And from when on it is another one; None where it is always this. In whole seconds, at most a day.
    """
    if ends is None:
        return LONG_LIVED, None
    left_s = min(MAX_AGE_S, max(0, ends - now) // SECOND_US)
    return f"max-age={left_s}, stale-if-error={STALE_IF_ERROR_S}", max(now, ends - left_s * SECOND_US) + 1


def check_purge_url(text: str) -> str | None:
    """The address that takes purges; None for an empty one. InvalidValueError for what is no http or https address."""
    if not text.strip():
        return None
    address = ascii_url(text.strip())
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not re.fullmatch(r"[^\s\x00-\x1f\x7f]+", text.strip()) or "%" in (parts.hostname or ""):
        raise InvalidValueError("Purges go to an address that begins with http:// or https://.")
    return address


def parse_field(text: str) -> tuple[str, str] | None:
    """The name and the value of a header field written as `Name: value`; None for an empty one. InvalidValueError."""
    if not text.strip():
        return None
    found = _FIELD.fullmatch(text.strip())
    if found is None:
        raise InvalidValueError("A header field is written like Fastly-Key: secret, a name, a colon and a value.")
    return found[1], found[2]
