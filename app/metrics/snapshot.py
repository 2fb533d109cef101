"""Values of one process at one moment, how they are written to a file, and how those of several are merged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from app.metrics.definitions import BY_NAME, Merge

Series = tuple[str, ...]
"""Name of a metric and the values of its labels, in the order of its definition."""
Values = dict[Series, list[float]]
"""One number each; of a histogram the counts of its buckets, the last one unbounded, and the sum of all durations."""


@dataclass(slots=True)
class Snapshot:
    """Counters, which survive their process, and gauges, which do not; `read_at` is when it last read the database."""

    counters: Values = field(default_factory=dict)
    gauges: Values = field(default_factory=dict)
    read_at: int = 0


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as JSON."""
    return orjson.dumps(
        {
            "counters": [[list(series), values] for series, values in snapshot.counters.items()],
            "gauges": [[list(series), values] for series, values in snapshot.gauges.items()],
            "read_at": snapshot.read_at,
        }
    )


def decode_snapshot(text: bytes) -> Snapshot:
    """Parse what `encode_snapshot` returned; series that this release does not define are left out."""
    values = orjson.loads(text)
    return Snapshot(_values(values["counters"]), _values(values["gauges"]), values["read_at"])


def _values(rows: list[tuple[list[str], list[float]]]) -> Values:
    return {tuple(series): values for series, values in rows if series[0] in BY_NAME}


def add_counters(total: Values, more: Values) -> None:
    """Add counters and histograms to those in `total`."""
    for series, values in more.items():
        known = total.get(series)
        if known is None or len(known) != len(values):  # other buckets: a release before or after this one
            total[series] = list(values)
        else:
            total[series] = [before + value for before, value in zip(known, values, strict=True)]


def merge_gauges(snapshots: Sequence[Snapshot]) -> Values:
    """Merge the gauges of all live processes, each by the rule of its definition."""
    merged: Values = {}
    latest = max(snapshots, key=lambda each: each.read_at, default=None)
    for series in {series: None for each in snapshots for series in each.gauges}:
        merge = BY_NAME[series[0]].merge
        if merge is Merge.LATEST:
            values = [] if latest is None else latest.gauges.get(series, [])
        else:
            values = [each.gauges[series][0] for each in snapshots if series in each.gauges]
        if values:
            merged[series] = [_merge(merge, values)]
    return merged


def _merge(merge: Merge, values: Iterable[float]) -> float:
    if merge is Merge.MAX:
        return max(values)
    return min(values) if merge is Merge.MIN else sum(values)
