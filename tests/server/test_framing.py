"""Pieces of input: each has at most one head or one body, however the input is cut."""

import pytest

from app.server.framing import RequestFraming
from app.server.refusals import RefusedRequest
from app.server.request_head import HeadLimits

HEAD = b"GET /v1/timeline HTTP/1.1\r\nHost: api.example\r\n\r\n"


def split(framing: RequestFraming, *segments: bytes) -> list[bytes]:
    """Return the pieces of heads without bodies, as a protocol would take them."""
    pieces, current = [], b""
    for segment in segments:
        start = 0
        while start < len(segment):
            end = framing.find_end(segment, start)
            framing.count(segment[start:end])
            current += segment[start:end]
            if current.endswith(b"\r\n\r\n"):
                pieces.append(current)
                current = b""
                framing.reset()
            start = end
    return [*pieces, current] if current else pieces


def test_heads_of_one_segment_are_split() -> None:
    assert split(RequestFraming(HeadLimits()), HEAD * 5) == [HEAD] * 5


@pytest.mark.parametrize("cut", range(1, len(HEAD) * 2))
def test_the_end_of_a_head_does_not_depend_on_segments(cut: int) -> None:
    framing = RequestFraming(HeadLimits())
    both = HEAD + HEAD
    assert split(framing, both[:cut], both[cut:]) == [HEAD, HEAD]


def test_a_head_sent_byte_by_byte_ends_where_the_next_begins() -> None:
    framing = RequestFraming(HeadLimits())
    assert split(framing, *(bytes((byte,)) for byte in HEAD * 2)) == [HEAD, HEAD]


def test_a_body_of_known_length_ends_before_the_next_head() -> None:
    framing = RequestFraming(HeadLimits())
    framing.begin_body(10)
    data = b"a\r\n\r\nb" + b"x" * 4 + HEAD
    assert framing.find_end(data, 0) == 10
    framing.count_content(4)
    assert framing.find_end(data, 4) == 10


def test_a_head_beyond_the_limit_is_refused_before_parsing() -> None:
    for segments in ([HEAD[:-2] + b"X: " + b"x" * 200], [HEAD[:-2], b"X: ", b"x" * 200]):
        framing = RequestFraming(HeadLimits(max_bytes=200))
        with pytest.raises(RefusedRequest) as refused:
            split(framing, *segments)
        assert refused.value.refusal.status == 431


def test_a_request_line_beyond_the_bytes_of_a_head_is_a_target_that_is_too_long() -> None:
    framing = RequestFraming(HeadLimits(max_bytes=200))
    with pytest.raises(RefusedRequest) as refused:
        split(framing, b"\r\nGET /" + b"x" * 300)
    assert refused.value.refusal.status == 414


@pytest.mark.parametrize("cut", [10, 150, 199, 200, 201, 299])
def test_long_target_is_refused_for_every_segmentation(cut: int) -> None:
    head = b"GET /" + b"x" * 300 + b" HTTP/1.1\r\nHost: api.example\r\n\r\n"
    with pytest.raises(RefusedRequest) as refused:
        split(RequestFraming(HeadLimits(max_bytes=200)), head[:cut], head[cut:])
    assert refused.value.refusal.status == 414


def test_tiny_chunks_are_accepted_and_endless_extensions_are_not() -> None:
    framing = RequestFraming(HeadLimits())
    framing.begin_body(None)
    for _ in range(50_000):
        framing.count(b"1\r\na\r\n")
        framing.count_content(1)
    framing.check_overhead()
    framing = RequestFraming(HeadLimits())
    framing.begin_body(None)
    framing.count(b"1;" + b"x" * 20_000)
    with pytest.raises(RefusedRequest) as refused:
        framing.check_overhead()
    assert refused.value.refusal.status == 400
