"""Changes that a connection to the stream sent, in order and once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stream_client import Block, Listening


def has_received(line: Listening, numbers: set[int]) -> bool:
    """Return whether these changes arrived there, or never will."""
    return line.task.done() or any(
        {number for number in numbers if number > each.start} <= set(each.seqs) for each in received_by(line)
    )


def received_by(line: Listening | None) -> list["Followed"]:
    """Return what arrived on a connection that was only read."""
    if line is None or not line.blocks:
        return []
    followed = Followed(int(line.blocks[0].fields["id"]))
    followed.take(line.blocks)
    return [followed]


@dataclass(slots=True)
class Followed:
    """Record of one connection: its start, its position, and its changes."""

    start: int
    position: int | None = None  # until the first event has come
    seqs: list[int] = field(default_factory=list)

    def take(self, blocks: Sequence[Block]) -> list[Any]:
        """Return the changes in the next part of the stream; it never repeats one, and never goes back."""
        changes = []
        for block in blocks:
            number = int(block.fields["id"])
            if self.position is None:
                assert (number, "retry" in block.fields, block.is_event) == (self.start, True, False)
            elif block.is_event:
                assert number > self.position
                self.seqs.append(number)
                changes.append(block.change)
            else:
                assert number >= self.position
            self.position = number
        return changes
