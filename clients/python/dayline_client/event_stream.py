"""Parser of Server-Sent Events (WHATWG HTML, section 9.2.6), fed with parts of any size."""

import re
from typing import NamedTuple

RETRY_MS = re.compile(r"[0-9]{1,9}")


class StreamBlock(NamedTuple):
    """Lines between two blank ones: an event if it has data, else only a position or a reconnection time."""

    id: str | None
    data: str | None
    retry_ms: int | None


class EventStreamParser:
    """Parser of one response."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: list[tuple[str, str]] = []

    def feed(self, part: bytes) -> list[StreamBlock]:
        """Return the blocks that this part completes."""
        *lines, self._rest = self._split(self._rest + part)
        blocks = []
        for line in lines:
            if line:
                name, _, value = line.decode(errors="replace").partition(":")
                self._fields.append((name, value.removeprefix(" ")))
            elif self._fields:
                blocks.append(_to_block(self._fields))
                self._fields = []
        return blocks

    @staticmethod
    def _split(text: bytes) -> list[bytes]:
        r"""Split into lines; a \r at the end may be the first half of a line end, so it stays in the rest."""
        held = b"\r" if text.endswith(b"\r") else b""
        text = text.removesuffix(held) if held else text
        *lines, rest = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        return [*lines, rest + held]


def _to_block(fields: list[tuple[str, str]]) -> StreamBlock:
    last = dict(fields)
    data = [value for name, value in fields if name == "data"]
    retry = last.get("retry", "")
    return StreamBlock(
        id=last.get("id"),
        data="\n".join(data) if data else None,
        retry_ms=int(retry) if RETRY_MS.fullmatch(retry) else None,
    )
