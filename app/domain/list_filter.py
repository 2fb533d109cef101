"""Filter of an article list: edition, criteria and time range, in one canonical form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

DIGEST_BYTES = 8


class Facet(IntEnum):
    """Kind of a list of articles; the numbers are stored."""

    EDITION = 0
    SECTION = 1
    TAG = 2
    AUTHOR = 3
    LABEL = 4
    FORMAT = 5
    LANGUAGE = 6
    FEATURED = 7
    ACCESS = 8
    SECTION_TREE = 9
    """The articles of all sections below a section."""


LISTED_WHILE_USED = frozenset({Facet.TAG, Facet.AUTHOR})
"""Kinds of entries that the public sees while a public article names them; others are seen until they are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """Filter of a list: values of one kind are alternatives, different kinds are all required, and so is `entry`.

    With `subsections` a section selects its own articles and those of all its descendants. `entry` is the author,
    section or tag in the path, if any. `languages` are in lower case. `starts_at` (inclusive) and `ends_at`
    (exclusive) are instants; `excluded` holds ids and slugs, `ids` the only articles allowed.
    """

    edition: str
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    featured: bool | None = None
    access: tuple[str, ...] = ()
    subsections: bool = False
    entry: tuple[Facet, str] | None = None
    starts_at: int | None = None
    ends_at: int | None = None
    excluded: frozenset[str] = field(default_factory=frozenset)
    ids: frozenset[str] = field(default_factory=frozenset)
    timezone: str = ""

    def groups(self) -> list[tuple[Facet, tuple[str, ...]]]:
        """Return the names of catalogue entries by kind: any value of a group matches, and all groups must."""
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

    def traits(self) -> list[tuple[Facet, tuple[str, ...]]]:
        """Return the values of the traits by kind, as `groups` does."""
        featured = () if self.featured is None else (str(self.featured).lower(),)
        named = [
            (Facet.FORMAT, self.formats),
            (Facet.LANGUAGE, self.languages),
            (Facet.FEATURED, featured),
            (Facet.ACCESS, self.access),
        ]
        return [(kind, values) for kind, values in named if values]

    def digest(self) -> bytes:
        """Return the digest that binds a cursor to its list: equal for equal lists, in any order of repeats."""
        return self.digest_with({})

    def digest_with(self, forms: Mapping[tuple[Facet, str], str]) -> bytes:
        """Return the digest with these forms of entries by kind and name, in place of the names."""
        kinds = (
            (Facet.SECTION, self.sections),
            (Facet.TAG, self.tags),
            (Facet.AUTHOR, self.authors),
            (Facet.LABEL, self.labels),
        )
        groups = tuple(tuple(sorted({forms.get((kind, name), name) for name in names})) for kind, names in kinds)
        entry = None if self.entry is None else (self.entry[0], forms.get(self.entry, self.entry[1]))
        return _digest(self, groups, entry)


@lru_cache(maxsize=1_024)
def _digest(scope: ListFilter, groups: tuple[tuple[str, ...], ...], entry: tuple[Facet, str] | None) -> bytes:
    members = (
        scope.edition,
        [list(group) for group in groups],
        entry and (int(entry[0]), entry[1]),
        (scope.starts_at, scope.ends_at),
        sorted(scope.excluded),
        scope.timezone,
        *sorted(scope.ids),
        # Only where given, so that the cursors of earlier releases remain valid.
        *((int(kind), sorted(set(values))) for kind, values in scope.traits()),
        *(((int(Facet.SECTION_TREE), True),) if scope.subsections else ()),
    )
    return blake2b(repr(members).encode(), digest_size=DIGEST_BYTES).digest()
