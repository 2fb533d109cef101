"""Messages of an endpoint, checked against the order and repeats that docs/webhooks.md promises."""

from collections import Counter, deque

REMEMBERED = 30


class DeliveryChecks:
    """Records each message that arrives and each acknowledgement that reached its sender; `faults` are violations.

    Messages come by `seq`, the same one again until it was acknowledged, always with the same id. Only after a replay
    request do they go back, to the changes after its position.
    """

    def __init__(self) -> None:
        self.since = 0
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self._last = 0
        self._latest: deque[str] = deque(maxlen=REMEMBERED)
        self._replays: list[int] = []  # that have not begun
        self._is_under_way = False  # possibly from before a replay
        self._names: dict[int, str] = {}
        self._taken: set[str] = set()
        self._acknowledged: set[int] = set()

    def begin(self, since: int) -> None:
        """Register an endpoint that receives the changes after a position."""
        self.since = self._last = since

    def arrive(self, name: str, seq: int) -> None:
        """Record a message on arrival, whatever the response."""
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
        """Record that the receiver has stored it, or had it already."""
        self._taken.add(name)

    def acknowledge(self, name: str) -> None:
        """Record the acknowledgement at the sender; messages in progress at a replay request may come again."""
        self._latest.append(f"heard of {name.rpartition('_')[2]}")
        if name not in self._taken:
            self._blame(f"{name} was held for taken")
        if not self._is_under_way:
            self._acknowledged.update(seq for seq, each in self._names.items() if each == name)
        self._is_under_way = False

    def forgive(self, name: str | None) -> None:
        """Record the death of the sender that received this acknowledgement, perhaps before it stored it."""
        self._latest.append("killed")
        self._acknowledged -= {seq for seq, each in self._names.items() if each == name}

    def replay(self, since: int) -> None:
        """Expect the changes after a position again."""
        self._latest.append(f"replay since {since}")
        self._is_under_way = True
        self._acknowledged = {seq for seq in self._acknowledged if seq <= since}
        if since < self._last:
            self._replays.append(since)

    def _blame(self, fault: str) -> None:
        self.faults.append(f"{fault}: {', '.join(self._latest)}")
