"""Index of list ranges by time, for finding those that contain a timestamp."""

from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import RangeDependency
from app.invalidation.time_buckets import TimeBucket, bucket_of, candidate_buckets


class RangeIndex:
    """Index of cache keys by their range dependencies; each range is in the smallest bucket that contains it."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[TimeBucket, set[tuple[str, RangeDependency]]]] = {}

    def add(self, name: str, span: RangeDependency) -> None:
        """Add a range dependency of a response."""
        bucket = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            self._lists.setdefault(key, {}).setdefault(bucket, set()).add((name, span))

    def remove(self, name: str, span: RangeDependency) -> None:
        """Remove a range dependency that was added."""
        bucket = bucket_of(span.first, span.last)
        for key in span.groups[0]:
            bins = self._lists[key]
            bins[bucket].discard((name, span))
            if not bins[bucket]:
                del bins[bucket]
                if not bins:
                    del self._lists[key]

    def find(self, change: ChangeEvent) -> set[str]:
        """Return the keys of responses with a range that this change affects."""
        found: set[str] = set()
        for key in change.list_keys:
            bins = self._lists.get(key)
            if bins:
                for bucket in list(bins) if change.timestamps is None else candidate_buckets(change.timestamps):
                    found.update(name for name, span in bins.get(bucket, ()) if span.is_invalidated_by(change))
        return found
