"""Cursors of lists that are ordered by a number."""

import pytest

from app.domain.cursor import (
    decode_number,
    decode_position,
    decode_upward_position,
    encode_name,
    encode_number,
    encode_position,
    encode_upward_position,
    is_upward,
    peek_position,
)
from app.domain.list_filter import ListFilter
from app.errors import CursorMismatchError, InvalidCursorError

DIGEST = ListFilter(edition="1").digest()


@pytest.mark.parametrize("number", [0, 1, 184_213, 2**63 - 1])
def test_number_cursor_round_trips(number: int) -> None:
    assert decode_number(encode_number(number, DIGEST), DIGEST) == number


def test_number_cursor_rejects_a_negative_number() -> None:
    with pytest.raises(InvalidCursorError):
        decode_number(encode_number(-1, DIGEST), DIGEST)


def test_cursors_of_other_kinds_and_lists_are_rejected() -> None:
    others = [encode_position(1, 2, DIGEST), encode_name("1", DIGEST)]
    others.append(encode_number(1, ListFilter(edition="1", ids=frozenset({"0677y7hzc3m1d"})).digest()))
    for cursor in others:
        with pytest.raises(CursorMismatchError):
            decode_number(cursor, DIGEST)
    with pytest.raises(CursorMismatchError):
        decode_position(encode_number(1, DIGEST), DIGEST)


def test_cursors_have_a_direction() -> None:
    up, down = encode_upward_position(5, 7, DIGEST), encode_position(5, 7, DIGEST)
    assert (is_upward(up), is_upward(down), is_upward("damaged")) == (True, False, False)
    assert decode_upward_position(up, DIGEST) == decode_position(down, DIGEST) == (5, 7)
    assert (peek_position(up), peek_position(down)) == (None, (5, 7))
    for decode, cursor in ((decode_position, up), (decode_upward_position, down)):
        with pytest.raises(CursorMismatchError):
            decode(cursor, DIGEST)


def test_cursor_with_a_changed_character_is_rejected() -> None:
    cursor = encode_number(184_213, DIGEST)
    for place, character in enumerate(cursor):
        changed = cursor[:place] + ("A" if character != "A" else "B") + cursor[place + 1 :]
        with pytest.raises((InvalidCursorError, CursorMismatchError)):
            decode_number(changed, DIGEST)
