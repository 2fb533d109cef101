"""Header fields for CDNs and reverse proxies: the surrogate keys of a response, and those that a change purges.

article:<id>  tag:5  tags  slugs:1    what the response depends on, by the keys of the change log (see surrogate_keys)
list:tag:5@40.1234                    it depends on a range of that list within this bucket of time
list:tag:5@all                        … that lies within no bucket
list:tag:5                            … at any position: purged if the changed range of the list is unknown
all                                   any response

If a change invalidates a response, at least one key is both carried by the response and purged.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from app.domain.instant import SECOND_US
from app.domain.url import ascii_url
from app.errors import InvalidValueError
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import LOG_KEY, Dependencies
from app.invalidation.max_age import STALE_IF_ERROR_S
from app.invalidation.time_buckets import UNBOUNDED, TimeBucket, bucket_of, candidate_buckets

PURGE_ALL = "all"
MAX_SURROGATE_KEYS = 128
"""Maximum number of keys of a response: every CDN accepts as many; some drop further ones silently."""
MAX_CARRIED_CHARACTERS = 3_000
"""Maximum length of all keys: a proxy with 4 KB for the whole head must accept them."""
MAX_AGE_S = 86_400
LONG_LIVED = f"max-age={MAX_AGE_S}, stale-while-revalidate=60, stale-if-error={MAX_AGE_S}"

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)[ \t]*")


def surrogate_key_header(dependencies: Dependencies, *, is_static: bool) -> str | None:
    """Return the value of `Surrogate-Key` for a response; None if no set of keys identifies it.

    None is returned if any change invalidates it, if it has too many keys, and if no dependency was recorded, unless
    the response `is_static`.
    """
    if LOG_KEY in dependencies.keys or (dependencies.is_empty and not is_static):
        return None
    keys = set(dependencies.keys)
    for span in dependencies.ranges:
        place = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            keys.add(f"list:{key}")
            keys.add(_list_key(key, place))
    if len(keys) >= MAX_SURROGATE_KEYS:
        return None
    value = " ".join([PURGE_ALL, *sorted(keys)])
    return value if len(value) <= MAX_CARRIED_CHARACTERS else None


def purge_keys(changes: Iterable[ChangeEvent]) -> list[str]:
    """Return the keys of every response that one of these changes invalidates, each once, in a fixed order."""
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
    """Yield these keys as values of `Surrogate-Key`, with a maximum of keys and of characters in each."""
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
    """Return `CDN-Cache-Control` (RFC 9213) of a response, and the instant after which its value changes.

    `ends` is the instant at which the response expires, if known. The lifetime is in whole seconds, at most a day; the
    instant is None if the value is constant.
    """
    if ends is None:
        return LONG_LIVED, None
    left_s = min(MAX_AGE_S, max(0, ends - now) // SECOND_US)
    return f"max-age={left_s}, stale-if-error={STALE_IF_ERROR_S}", max(now, ends - left_s * SECOND_US) + 1


def check_purge_url(text: str) -> str | None:
    """Return the purge URL, None for an empty text; InvalidValueError unless it is an http or https URL."""
    if not text.strip():
        return None
    address = ascii_url(text.strip())
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not re.fullmatch(r"[^\s\x00-\x1f\x7f]+", text.strip()) or "%" in (parts.hostname or ""):
        raise InvalidValueError("The URL for purges must begin with http:// or https://.")
    return address


def parse_field(text: str) -> tuple[str, str] | None:
    """Parse a header field written as `Name: value`, None for an empty text; InvalidValueError."""
    if not text.strip():
        return None
    found = _FIELD.fullmatch(text.strip())
    if found is None:
        raise InvalidValueError("A header field must have a name, a colon and a value, as in Fastly-Key: secret.")
    return found[1], found[2]
