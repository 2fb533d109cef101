"""Finding the parts of lists that hold a place in time."""

from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import RangeDependency
from app.invalidation.time_buckets import TimeBucket, bucket_of, candidate_buckets


class RangeIndex:
    """Names of answers by the spans that they were made from; each span stands in the smallest bin that holds it."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[TimeBucket, set[tuple[str, RangeDependency]]]] = {}

    def add(self, name: str, span: RangeDependency) -> None:
        """Note that this answer was made from this span."""
        place = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            self._lists.setdefault(key, {}).setdefault(place, set()).add((name, span))

    def remove(self, name: str, span: RangeDependency) -> None:
        """Undo `add`."""
        place = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            bins = self._lists[key]
            bins[place].discard((name, span))
            if not bins[place]:
                del bins[place]
                if not bins:
                    del self._lists[key]

    def find(self, change: ChangeEvent) -> set[str]:
        """The answers made from a span that this change touches."""
        found: set[str] = set()
        for key in change.list_keys:
            bins = self._lists.get(key)
            if bins:
                for place in list(bins) if change.timestamps is None else candidate_buckets(change.timestamps):
                    found.update(name for name, span in bins.get(place, ()) if span.is_invalidated_by(change))
        return found
