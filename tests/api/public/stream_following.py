"""What a connection to the stream told, in order and once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stream_client import Block, Listening


def has_heard(line: Listening, numbers: set[int]) -> bool:
    """Whether these changes arrived there, or never will."""
    return line.task.done() or any(
        {number for number in numbers if number > each.start} <= set(each.told) for each in heard_by(line)
    )


def heard_by(line: Listening | None) -> list["Followed"]:
    """What arrived on a line that was only listened to."""
    if line is None or not line.blocks:
        return []
    followed = Followed(int(line.blocks[0].fields["id"]))
    followed.take(line.blocks)
    return [followed]


@dataclass(slots=True)
class Followed:
    """What one connection told: from where on, how far, and which changes."""

    start: int
    place: int | None = None  # until the first words have come
    told: list[int] = field(default_factory=list)

    def take(self, blocks: Sequence[Block]) -> list[Any]:
        """The changes in the next part of the stream; it never says anything twice, nor goes back."""
        changes = []
        for block in blocks:
            number = int(block.fields["id"])
            if self.place is None:
                assert (number, "retry" in block.fields, block.is_event) == (self.start, True, False)
            elif block.is_event:
                assert number > self.place
                self.told.append(number)
                changes.append(block.change)
            else:
                assert number >= self.place
            self.place = number
        return changes
