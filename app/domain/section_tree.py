"""Tree of the sections of editions: each section may have a parent in its edition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

MAX_DEPTH: Final = 5
"""Maximum number of sections from a root to a leaf, both included."""


@dataclass(frozen=True)
class SectionTree:
    """Parents of sections by id, for those that have one.

    `unsettled` are the sections for whose subtrees the index of lists is not yet complete, because a section was moved
    into or out of them.
    """

    parents: Mapping[int, int]
    unsettled: frozenset[int] = frozenset()

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The children of each section that has any."""
        found: dict[int, list[int]] = {}
        for child, parent in sorted(self.parents.items()):
            found.setdefault(parent, []).append(child)
        return found

    def ancestors(self, number: int) -> Iterator[int]:
        """Yield the parent of a section, its parent, and so on."""
        parent = self.parents.get(number)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def ancestors_of(self, numbers: Iterable[int]) -> set[int]:
        """Return all ancestors of these sections; one of the sections is among them if it is above another."""
        return {above for number in numbers for above in self.ancestors(number)} if self.parents else set()

    def subtree(self, number: int) -> list[int]:
        """Return a section and all its descendants."""
        found = [number]
        for each in found:
            found += self.children.get(each, ())
        return found

    def height(self, number: int) -> int:
        """Return the number of sections from this one to its furthest descendant, both included."""
        return 1 + max((self.height(child) for child in self.children.get(number, ())), default=0)

    def depth(self, number: int) -> int:
        """Return the number of sections from the root to this one, both included."""
        return 1 + sum(1 for _ in self.ancestors(number))


NO_TREE: Final = SectionTree({})
"""Tree of editions whose sections have no parents."""
