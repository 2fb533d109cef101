"""Boundaries of requests in a client's input, and the bounds of a head and of a chunked body. Pure code."""

from app.server.refusals import BAD_REQUEST, HEADER_FIELDS_TOO_LARGE, URI_TOO_LONG, RefusedRequest
from app.server.request_head import HeadLimits

END = b"\r\n\r\n"
"""The end of a head, and of a chunked body."""
TAIL = len(END) - 1
LONG_HEAD = 4_096  # bytes from which the fields of a head that came whole are counted
FREE_OVERHEAD = 16_384  # framing bytes of a chunked body, and how many more for each byte of content
OVERHEAD_PER_BYTE = 8
EXTRA_LINES = 2  # lines of a head without fields: the request line and the empty one


class RequestFraming:
    """Cuts input into pieces that hold at most one head or one body, and counts their bytes.

    The parser cannot be stopped between two requests of one input, so it is fed piece by piece.
    """

    __slots__ = (
        *("_head_lines", "_limits", "_tail"),
        *("content_bytes", "content_left", "head_bytes", "is_body", "is_simple", "wire_bytes"),
    )

    def __init__(self, limits: HeadLimits) -> None:
        self._limits = limits
        self.reset()

    def reset(self) -> None:
        """Expect a head."""
        self.is_simple = True  # so far one complete head of usual size, and no other bytes
        self.is_body = False
        self.head_bytes = self._head_lines = 0
        self.content_left: int | None = None  # None for a chunked body
        self.content_bytes = self.wire_bytes = 0  # of the body: without and with its framing
        self._tail = b""  # the last bytes of a piece, where END may have been cut

    def begin_body(self, content_length: int | None) -> None:
        """Expect a body of this length, or a chunked one."""
        self.is_body, self.is_simple = True, False
        self.content_left = content_length
        self._tail = b""

    def find_end(self, data: bytes, start: int) -> int:
        """Return where the head or body ends that is being read, or the input."""
        if self.is_body and self.content_left is not None:
            return min(len(data), start + max(self.content_left, 1))
        if self._tail:
            cut = (self._tail + data[start : start + TAIL]).find(END)
            if cut >= 0:
                return start + cut + len(END) - len(self._tail)
        found = data.find(END, start)
        return len(data) if found < 0 else found + len(END)

    def count(self, piece: bytes) -> None:
        """Count a piece before it is parsed; RefusedRequest where a head is too large."""
        if self.is_simple and not self.head_bytes and len(piece) <= LONG_HEAD and piece.endswith(END):
            self.head_bytes = len(piece)
            return
        self.is_simple = False
        if self.is_body:
            self.wire_bytes += len(piece)
            self._tail = b"" if self.content_left is not None else (self._tail + piece[-TAIL:])[-TAIL:]
            return
        size = self.head_bytes + len(piece)
        if size > self._limits.max_bytes:
            raise self._too_large(piece)
        self._head_lines += piece.count(b"\n")
        if self._head_lines > self._limits.max_fields + EXTRA_LINES:
            raise RefusedRequest(
                HEADER_FIELDS_TOO_LARGE, f"A request has at most {self._limits.max_fields:,} header fields."
            )
        self.head_bytes = size
        self._tail = (self._tail + piece[-TAIL:])[-TAIL:]

    def count_content(self, size: int) -> None:
        """Count the content that the parser found."""
        self.content_bytes += size
        if self.content_left is not None:
            self.content_left -= size

    def check_overhead(self) -> None:
        """Raise RefusedRequest where chunk extensions, trailer fields or tiny chunks outweigh the content."""
        if self.wire_bytes - self.content_bytes > FREE_OVERHEAD + OVERHEAD_PER_BYTE * self.content_bytes:
            raise RefusedRequest(BAD_REQUEST, "The chunk extensions or trailer fields are too large.")

    def _too_large(self, piece: bytes) -> RefusedRequest:
        limit = self._limits.max_bytes
        has_request_line = self._head_lines or b"\n" in piece.lstrip(b"\r\n")[: limit - self.head_bytes]
        refusal = HEADER_FIELDS_TOO_LARGE if has_request_line else URI_TOO_LONG
        return RefusedRequest(refusal, f"A request head has at most {limit:,} bytes.")
