"""Catalogue of a random history: entries are renamed, merged and moved, and its first names remain in use.

Articles and filters name an entry as it was called first, as links and files of other systems do.
"""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from app.actions.catalogue.deletion import delete_entry
from app.actions.catalogue.editing import edit_entry
from app.actions.catalogue.entries import edition_ids
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.actions.catalogue.section_moves import relist_articles
from app.db.database import Connection
from app.domain.list_filter import Facet
from app.errors import ConflictError, InvalidInputError
from app.interchange.catalogue import get_entry_row
from app.interchange.former_slugs import find_present_slugs

KINDS = {"section": ("s1", "s2", "s3", "s4"), "tag": ("t1", "t2", "t3"), "author": ("a1", "a2"), "label": ("l1", "l2")}
CATALOGUE_EDITS = ("rename", "merge", "place", "place", "run jobs", "run jobs")


class HistoryCatalogue:
    """Entries of one edition by their first names, and what happened to them since."""

    def __init__(self, random: Random, number: int, edition: str) -> None:
        self.names = {kind: tuple(f"{name}-{number}" for name in names) for kind, names in KINDS.items()}
        self._random = random
        self._edition = edition
        self._merged: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._renames = 0

    def select(self, kind: str, params: Mapping[str, Any]) -> set[str]:
        """Return the entries of a kind that a query selects: merged ones as one, sections with their subsections."""
        named = self.entries(params[kind])
        if kind == "section" and params.get("subsections"):
            named |= {each for each in self.names[kind] if not named.isdisjoint(self._ancestors(each))}
        return named

    def entries(self, names: Iterable[str]) -> set[str]:
        """Return the entries of these names, each by the first name of the one into which it was merged."""
        return {self._merged.get(name, name) for name in names}

    def find_present_name(self, connection: Connection, kind: str, name: str) -> str | None:
        """Return what an entry is called now; None if it does not exist."""
        facet = Facet[kind.upper()]
        edition_id = edition_ids(connection, [self._edition])[self._edition] if facet is Facet.SECTION else None
        renamed = find_present_slugs(connection, facet, [name], edition_id=edition_id)
        present = renamed.get(name, name)
        return present if get_entry_row(connection, facet, present, edition_id=edition_id) is not None else None

    def edit(self, connection: Connection, verb: str, *, now: int) -> str:
        """Change entries, or rewrite a few articles of merged and moved ones; return what was done."""
        if verb == "run jobs":
            job = self._random.choice((rewrite_merged_links, relist_articles))
            return verb if job(connection, most=self._random.choice((1, 2, 5))) else "nothing"
        kinds = {"merge": ("author", "tag"), "place": ("section",)}.get(verb, tuple(sorted(KINDS)))
        kind = self._random.choice(kinds)
        first, second = self._random.sample(self.names[kind], 2)
        one, other = (self.find_present_name(connection, kind, each) for each in (first, second))
        if one is None or (other is None and verb != "rename"):
            return "nothing"
        members: dict[str, Any] = {"expected": None, "now": now, "actor": "history"}
        try:
            if verb == "rename":
                self._rename(connection, kind, one, members)
            elif verb == "place":
                self._place(connection, first, second, [one, other], members)
            elif other is not None:
                self._merge(connection, kind, (first, one), (second, other), members)
        except (ConflictError, InvalidInputError):  # a cycle, too deep a tree, or too many merges at once
            return f"refused {verb}"
        return verb

    def delete(self, connection: Connection, kind: str, name: str, *, now: int) -> str:
        """Delete an entry, unless something names it; return what was done."""
        present = self.find_present_name(connection, kind, name)
        if present is None:
            return "nothing"
        members: dict[str, Any] = {"expected": None, "now": now, "actor": "history"}
        try:
            delete_entry(connection, Facet[kind.upper()], present, edition=self._edition, **members)
        except ConflictError:
            return "refused delete"
        self._forget(name)
        return "delete"

    def _rename(self, connection: Connection, kind: str, present: str, members: dict[str, Any]) -> None:
        self._renames += 1
        patch = {"code" if kind == "label" else "slug": f"{present[:40]}-{self._renames}"}
        edit_entry(connection, Facet[kind.upper()], present, patch, edition=self._edition, **members)

    def _place(
        self, connection: Connection, first: str, second: str, present: list[str | None], members: dict[str, Any]
    ) -> None:
        """Give a section another parent, or none."""
        is_below = self._random.random() < 0.75
        patch = {"parent": present[1] if is_below else None}
        edit_entry(connection, Facet.SECTION, str(present[0]), patch, edition=self._edition, **members)
        self._parents.pop(first, None)
        self._parents |= {first: second} if is_below else {}

    def _merge(
        self,
        connection: Connection,
        kind: str,
        one: tuple[str, str],
        other: tuple[str, str],
        members: dict[str, Any],
    ) -> None:
        if one[1] == other[1]:
            return
        at_once = self._random.choice((0, 0, 1, 100))
        merge_entries(connection, Facet[kind.upper()], one[1], other[1], at_once=at_once, **members)
        [source], [target] = self.entries([one[0]]), self.entries([other[0]])
        self._merged |= {name: target for name in self.names[kind] if self.entries([name]) == {source}}

    def _forget(self, name: str) -> None:
        """Take note that an entry is deleted: each of its names is free, and may be that of another one."""
        [entry] = self.entries([name])
        self._merged = {each: into for each, into in self._merged.items() if into != entry}
        self._parents.pop(name, None)

    def _ancestors(self, name: str) -> set[str]:
        above: set[str] = set()
        while (parent := self._parents.get(name)) is not None:
            above.add(parent)
            name = parent
        return above
