"""Splitter of a stream into records: JSON Lines, arrays, and records over several lines or several in one line.

A line that is one complete object is a record. At any other line that begins with a brace or a bracket the reader looks
for the end of the value, in pieces of bounded size: memory depends on the longest record, not on the stream. A damaged
record does not affect the records of the following lines.
"""

import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any, Final, NamedTuple

import orjson

from app.domain.json_text import TextPosition

MAX_RECORD_BYTES: Final = 32 * 1024 * 1024
PIECE_BYTES: Final = 64 * 1024
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")

# Possessive quantifiers exclude backtracking: the time is linear. A string of JSON contains no line end.
_STRING: Final = rb'"(?:[^"\\\n]++|\\[^\n])*+"'
_UP_TO_BRACKET: Final = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+")
_SEPARATORS: Final = re.compile(rb"[\s,]*")
_SCALAR: Final = re.compile(_STRING + rb'|[^\s,"{}\[\]]+|"[^\n]*')
_REST_OF_STRING: Final = re.compile(rb'(?:[^"\\\n]++|\\[^\n])*+')
_BLANKS: Final = re.compile(rb"[ \t\r,]*")
_LINE_OF_OBJECT: Final = re.compile(rb"\n(\{[^\n]*)")
_OPENING: Final = frozenset(b"{[")
_QUOTE: Final = ord('"')
_LINE_END: Final = ord("\n")


class RawRecord(NamedTuple):
    """Text of a record and its position; `ordinal` counts the records of an array, from 1.

    `value` is the record of a line as orjson parsed it, which parsers need not do again.
    """

    start: TextPosition
    text: bytes
    ordinal: int | None = None
    value: dict[str, Any] | None = None


class RejectedPart(NamedTuple):
    """Part of a stream without a readable record: its line and the reason."""

    line: int
    reason: str


class RecordReader:
    """Iterator over the records of a stream. `line` is the line up to which it has read."""

    def __init__(self, stream: BufferedIOBase, *, max_record_bytes: int | None = None) -> None:
        self.line = 1
        self._byte = 1
        self._stream = stream
        self._max_bytes = MAX_RECORD_BYTES if max_record_bytes is None else max_record_bytes
        self._buffer = b""
        self._position = 0
        self._is_in_array = False
        self._ordinal = 0

    def __iter__(self) -> Iterator[RawRecord | RejectedPart]:
        """Yield records and rejected parts in the order of the stream."""
        while len(self._buffer) < len(BYTE_ORDER_MARK) and self._refill():
            pass
        if self._buffer.startswith(UTF_16_MARKS):
            yield RejectedPart(1, "the file is in UTF-16; convert it to UTF-8 first.")
            return
        if self._buffer.startswith(BYTE_ORDER_MARK):
            self._position = len(BYTE_ORDER_MARK)
        while line := self._read_line():
            first = line[:1] if line.startswith(b"{") else line.lstrip()[:1]
            value = _parse_object(line) if first == b"{" else None
            if (first == b"{" and value is None) or first == b"[":
                self._unread(line)
                yield from self._read_values()
                continue
            start = TextPosition(self.line, self._byte)
            if line.endswith(b"\n"):
                self.line, self._byte = self.line + 1, 1
            if len(line) > self._max_bytes:
                yield RejectedPart(start.line, self._too_long)
            elif first:
                yield RawRecord(start, line, value=value)

    @property
    def _too_long(self) -> str:
        return f"longer than {self._max_bytes / 1024**2:.3g} MiB."

    def _read_line(self) -> bytes:
        """Return the next line, or the beginning of one that is longer than a record may be."""
        if not self._buffer:
            line = self._stream.readline(self._max_bytes + 1)
            if len(line) <= self._max_bytes:
                return line
            self._buffer, self._position = line, 0
        end = self._buffer.find(b"\n", self._position) + 1
        if end:
            line, self._position = self._buffer[self._position : end], end
            return line
        line, self._buffer, self._position = self._buffer[self._position :], b"", 0
        if line.lstrip()[:1] == b"[":
            return line  # the line may be as long as the file
        line += self._stream.readline(self._max_bytes + 1 - len(line))
        is_whole = len(line) <= self._max_bytes or line.endswith(b"\n") or line.lstrip()[:1] in {b"{", b"["}
        while not is_whole:
            piece = self._stream.readline(PIECE_BYTES)
            is_whole = not piece or piece.endswith(b"\n")
            line = line[: self._max_bytes + 1] + piece[-1:]
        return line

    def _unread(self, text: bytes) -> None:
        self._buffer, self._position = text + self._buffer[self._position :], 0

    def _refill(self) -> bool:
        """Append a piece to the buffer, as long as its content: a long value is copied a few times only."""
        unread = self._buffer[self._position :]
        piece = self._stream.read1(max(PIECE_BYTES, len(unread)))
        self._buffer, self._position = unread + piece, 0
        return bool(piece)

    def _advance(self, to: int) -> None:
        lines = self._buffer.count(b"\n", self._position, to)
        if lines:
            self.line += lines
            self._byte = to - self._buffer.rfind(b"\n", self._position, to)
        else:
            self._byte += to - self._position
        self._position = to

    def _read_values(self) -> Iterator[RawRecord | RejectedPart]:
        """Yield the values that begin here, to the end of a line at which neither a value nor an array is open."""
        self._ordinal = 0
        while first := self._skip_separators():
            if first == b"[" and not self._is_in_array:
                self._is_in_array = True
                self._advance(self._position + 1)
                continue
            if first == b"]" and self._is_in_array:
                self._is_in_array = False
                self._advance(self._position + 1)
            elif first in {b"{", b"["}:
                self._ordinal += 1
                yield self._read_value()
            elif self._is_in_array:
                self._ordinal += 1
                yield self._read_scalar()
            else:
                return
            if not self._is_in_array and self._is_at_end_of_line():
                return
        if self._is_in_array:
            yield RejectedPart(self.line, "the array is not closed: the file may be incomplete.")

    def _skip_separators(self) -> bytes:
        """Advance to the next value or bracket and return its first byte, b"" at the end."""
        while True:
            found = _SEPARATORS.match(self._buffer, self._position)
            self._advance(found.end() if found else self._position)
            if self._position < len(self._buffer):
                return self._buffer[self._position : self._position + 1]
            if not self._refill():
                return b""

    def _is_at_end_of_line(self) -> bool:
        """Consume blanks, commas and the end of the line, if nothing else follows in it."""
        while True:
            found = _BLANKS.match(self._buffer, self._position)
            end = found.end() if found else self._position
            if end < len(self._buffer):
                is_at_end = self._buffer[end] == _LINE_END
                self._advance(end + is_at_end)
                return is_at_end
            if not self._refill():
                self._advance(len(self._buffer))
                return True

    def _read_value(self) -> RawRecord | RejectedPart:
        """Read the object or array at the position; a damaged one up to where the next record can begin."""
        start = TextPosition(self.line, self._byte)
        depth, scanned, searched = 0, 0, 0
        while True:
            depth, scanned = self._scan(depth, scanned)
            if depth == 0:
                return self._take(start, scanned)
            text_end = self._buffer.find(b"\n", self._position + scanned)
            if text_end >= 0 and self._buffer[self._position + scanned] == _QUOTE:
                return self._take_damaged(start, text_end - self._position)
            cut = self._find_next_record(searched)
            if cut:
                self._is_in_array &= self._buffer[self._position : self._position + 1] == b"{"
                return self._take(start, cut)
            searched = max(0, self._buffer.rfind(b"\n", self._position) - self._position)
            if scanned > self._max_bytes or len(self._buffer) - self._position > self._max_bytes:
                return self._skip_value(start, depth, scanned)
            if not self._refill():
                self._is_in_array = False
                return self._take(start, len(self._buffer) - self._position)

    def _scan(self, depth: int, scanned: int) -> tuple[int, int]:
        """Follow the brackets to the end of the value or of the buffer; return the depth and how far it went."""
        buffer, at = self._buffer, self._position + scanned
        size = len(buffer)
        while True:
            found = _UP_TO_BRACKET.match(buffer, at)
            at = found.end() if found else at
            if at == size or buffer[at] == _QUOTE:
                return depth, at - self._position
            depth += 1 if buffer[at] in _OPENING else -1
            at += 1
            if depth == 0:
                return depth, at - self._position

    def _find_next_record(self, searched: int) -> int:
        """Return the offset of a line in an open value that is a record, so the value was cut off; 0 without one."""
        for found in _LINE_OF_OBJECT.finditer(self._buffer, self._position + searched):
            line = found[1].rstrip(b" \t\r,")
            if "kind" in (_parse_object(line) or ()):
                return found.start(1) - self._position
        return 0

    def _take(self, start: TextPosition, length: int) -> RawRecord | RejectedPart:
        text = self._buffer[self._position : self._position + length]
        self._advance(self._position + length)
        if length > self._max_bytes:
            return RejectedPart(start.line, self._too_long)
        return RawRecord(start, text, self._ordinal if self._is_in_array else None)

    def _take_damaged(self, start: TextPosition, length: int) -> RawRecord | RejectedPart:
        """Take a record with a string that its line does not close, and skip the rest of the record.

        In JSON Lines the record is its line. Over several lines it ends before a line that begins like its first one.
        """
        part = self._take(start, length)
        if self.line > start.line:
            self._skip_to_record(start.byte - 1)
        return part

    def _skip_to_record(self, indentation: int) -> None:
        """Advance to the next line with a brace, or the end of an array, at most so far from its beginning."""
        beginning = re.compile(rb"\n[ \t]{0,%d}(?=[{\]])" % indentation)
        while not (found := beginning.search(self._buffer, self._position)):
            self._advance(max(self._position, len(self._buffer) - indentation - 2))
            if not self._refill():
                self._advance(len(self._buffer))
                return
        self._advance(found.end())

    def _skip_value(self, start: TextPosition, depth: int, scanned: int) -> RejectedPart:
        """Advance to the end of a value that is too long, without storing it."""
        self._advance(self._position + scanned)
        while depth:
            if self._buffer[self._position : self._position + 1] == b'"':
                self._advance(self._position + 1)
                self._skip_string()
            elif self._position == len(self._buffer) and not self._refill():
                break
            depth, scanned = self._scan(depth, 0)
            self._advance(self._position + scanned)
        return RejectedPart(start.line, self._too_long)

    def _skip_string(self) -> None:
        """Advance behind the closing quote of a string, or to the end of a line that does not close it."""
        while True:
            found = _REST_OF_STRING.match(self._buffer, self._position)
            self._advance(found.end() if found else self._position)
            following = self._buffer[self._position : self._position + 2]
            if following[:1] in {b'"', b"\n"}:
                self._advance(self._position + 1)
                return
            if len(following) > 1 or not self._refill():  # a backslash before the end of a line
                self._advance(self._position + len(following[:1]))
                return

    def _read_scalar(self) -> RawRecord | RejectedPart:
        """Read a value in an array that is neither object nor array; the parser rejects it as a record."""
        start = TextPosition(self.line, self._byte)
        while self._buffer.find(b"\n", self._position) < 0 and len(self._buffer) - self._position < PIECE_BYTES:
            if not self._refill():
                break
        found = _SCALAR.match(self._buffer, self._position)
        end = found.end() if found else self._position + 1
        return self._take(start, end - self._position)


def _parse_object(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line; None for one that is not complete."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
