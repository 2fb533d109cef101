"""Which articles a list holds: its edition, its filters and its time range, in one canonical form."""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

DIGEST_BYTES = 8


class Facet(IntEnum):
    """The kinds of list an article can stand in; the numbers are stored."""

    EDITION = 0
    SECTION = 1
    TAG = 2
    AUTHOR = 3
    LABEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """The filters of a list: names of one kind are alternatives, kinds are all required, and so is `entry`.

    `entry` is the author, section or tag whose articles these are, when the address names one. `starts_at`
    (inclusive) and `ends_at` (exclusive) are instants; `excluded` holds ids and slugs, `ids` the only articles meant.
    """

    edition: str
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    entry: tuple[Facet, str] | None = None
    starts_at: int | None = None
    ends_at: int | None = None
    excluded: frozenset[str] = field(default_factory=frozenset)
    ids: frozenset[str] = field(default_factory=frozenset)
    timezone: str = ""

    def groups(self) -> list[tuple[Facet, tuple[str, ...]]]:
        """The names asked for: any of a group, and all of the groups."""
        named = [
            (Facet.SECTION, self.sections),
            (Facet.TAG, self.tags),
            (Facet.AUTHOR, self.authors),
            (Facet.LABEL, self.labels),
        ]
        if self.entry is not None:
            kind, name = self.entry
            named.append((kind, (name,)))
        return [(kind, names) for kind, names in named if names]

    def digest(self) -> bytes:
        """What binds a cursor to its list: equal for equal lists, whatever the order of the repeats."""
        return _digest(self)


@lru_cache(maxsize=1_024)
def _digest(scope: ListFilter) -> bytes:
    members = (
        scope.edition,
        [sorted(set(names)) for names in (scope.sections, scope.tags, scope.authors, scope.labels)],
        scope.entry and (int(scope.entry[0]), scope.entry[1]),
        (scope.starts_at, scope.ends_at),
        sorted(scope.excluded),
        scope.timezone,
        *sorted(scope.ids),
    )
    return blake2b(repr(members).encode(), digest_size=DIGEST_BYTES).digest()
