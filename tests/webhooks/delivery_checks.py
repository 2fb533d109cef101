"""What an endpoint was sent, held against what docs/webhooks.md promises of order and repeats."""

from collections import Counter, deque

REMEMBERED = 30


class Sendings:
    """Notes each message that arrives and each acknowledgement that reached its sender; `faults` are what must not be.

    Messages come by `seq`, the same one again until it was acknowledged, always by the same id. Only where a replay was
    asked for does it go back, to what came after the change it was asked from.
    """

    def __init__(self) -> None:
        self.since = 0
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self._last = 0
        self._latest: deque[str] = deque(maxlen=REMEMBERED)
        self._replays: list[int] = []  # that are still to begin
        self._is_under_way = False  # perhaps, from before a replay
        self._names: dict[int, str] = {}
        self._taken: set[str] = set()
        self._acknowledged: set[int] = set()

    def begin(self, since: int) -> None:
        """An endpoint was made that is told what came after a change."""
        self.since = self._last = since

    def arrive(self, name: str, seq: int) -> None:
        """A message has come, whatever becomes of it."""
        self.counts["arrivals"] += 1
        self._latest.append(f"{seq}")
        if self._names.setdefault(seq, name) != name or list(self._names.values()).count(name) > 1:
            self._blame(f"{seq} was called {self._names[seq]} and {name}")
        if seq in self._acknowledged:
            self._blame(f"{seq} came again after its acknowledgement")
        if seq == self._last:
            self.counts["repeats"] += 1
        elif seq < self._last:
            begun = next((since for since in self._replays if since < seq), None)
            if begun is None:
                self._blame(f"{seq} came after {self._last}")
            else:
                self._replays.remove(begun)
        self._last = seq

    def take(self, name: str) -> None:
        """The receiver has stored it, or knows that it has."""
        self._taken.add(name)

    def acknowledge(self, name: str) -> None:
        """A sender has heard that it was taken; what was under way when a replay was asked for may come again."""
        self._latest.append(f"heard of {name.rpartition('_')[2]}")
        if name not in self._taken:
            self._blame(f"{name} was held for taken")
        if not self._is_under_way:
            self._acknowledged.update(seq for seq, each in self._names.items() if each == name)
        self._is_under_way = False

    def forgive(self, name: str | None) -> None:
        """The sender that heard of this one last was killed, perhaps before it had written it down."""
        self._latest.append("killed")
        self._acknowledged -= {seq for seq, each in self._names.items() if each == name}

    def replay(self, since: int) -> None:
        """What came after a change is to come again."""
        self._latest.append(f"replay since {since}")
        self._is_under_way = True
        self._acknowledged = {seq for seq in self._acknowledged if seq <= since}
        if since < self._last:
            self._replays.append(since)

    def _blame(self, fault: str) -> None:
        self.faults.append(f"{fault}: {', '.join(self._latest)}")
