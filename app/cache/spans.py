"""Finding the parts of lists that hold a place in time."""

from app.domain.bins import Bin, bin_of, bins_around
from app.domain.footprint import Span
from app.domain.logged_change import LoggedChange


class Spans:
    """Names of answers by the spans that they were made from; each span stands in the smallest bin that holds it."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[Bin, set[tuple[str, Span]]]] = {}

    def add(self, name: str, span: Span) -> None:
        """Note that this answer was made from this span."""
        place = bin_of(span.first, span.last)
        for key in span.groups[0]:
            self._lists.setdefault(key, {}).setdefault(place, set()).add((name, span))

    def remove(self, name: str, span: Span) -> None:
        """Undo `add`."""
        place = bin_of(span.first, span.last)
        for key in span.groups[0]:
            bins = self._lists[key]
            bins[place].discard((name, span))
            if not bins[place]:
                del bins[place]
                if not bins:
                    del self._lists[key]

    def find(self, change: LoggedChange) -> set[str]:
        """The answers made from a span that this change touches."""
        found: set[str] = set()
        for key in change.lists:
            bins = self._lists.get(key)
            if bins:
                for place in list(bins) if change.places is None else bins_around(change.places):
                    found.update(name for name, span in bins.get(place, ()) if span.is_touched_by(change))
        return found
