"""Date patterns of UTS 35, compiled once for each language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_TOKEN: Final = re.compile(r"(?P<field>([A-Za-z])\2*)|'(?P<quoted>[^']*)'|(?P<literal>[^A-Za-z']+)")
_LONGEST_NUMBER: Final = 2
_HALF_DAY: Final = 12
_WHOLE_DAY: Final = 24


class Moment(NamedTuple):
    """A date and the wall clock."""

    day: date
    hour: int = 0
    minute: int = 0


Writer = Callable[[Moment], str]

_NUMBERS: Final[dict[str, Callable[[Moment], int]]] = {
    "y": lambda moment: moment.day.year,
    "M": lambda moment: moment.day.month,
    "L": lambda moment: moment.day.month,
    "d": lambda moment: moment.day.day,
    "H": lambda moment: moment.hour,
    "k": lambda moment: moment.hour or _WHOLE_DAY,
    "K": lambda moment: moment.hour % _HALF_DAY,
    "h": lambda moment: moment.hour % _HALF_DAY or _HALF_DAY,
    "m": lambda moment: moment.minute,
}
_NAMES: Final[dict[str, Callable[[Moment], int]]] = {
    "G": lambda _: 0,
    "M": lambda moment: moment.day.month - 1,
    "L": lambda moment: moment.day.month - 1,
    "E": lambda moment: moment.day.weekday(),
    "c": lambda moment: moment.day.weekday(),
    "a": lambda moment: moment.hour // _HALF_DAY,
    "B": lambda moment: moment.hour,
}
"""Position of a field's value among its names, by its letter."""


class DatePattern:
    """A pattern that writes dates in one language and numbering system."""

    __slots__ = ("_writers",)

    def __init__(self, pattern: str, names: Mapping[str, Sequence[str]], digits: str | None) -> None:
        """Compile a pattern; `digits` are the ten of a numbering system, None for ASCII."""
        table = None if digits is None else {ord("0") + number: digit for number, digit in enumerate(digits)}
        self._writers: list[str | Writer] = []
        for token in _TOKEN.finditer(pattern):
            field = token["field"]
            if field is None:
                self._writers.append(token["literal"] or token["quoted"])
            elif field in names:
                self._writers.append(_name_writer(field, names[field]))
            else:
                self._writers.append(_number_writer(field, table))

    def write(self, moment: Moment) -> str:
        """Return the moment in words."""
        return "".join([writer if isinstance(writer, str) else writer(moment) for writer in self._writers])


def replace_fields(pattern: str, letters: Mapping[str, str]) -> str:
    """Return a pattern with the letters of some fields replaced, outside of quoted text: `h` by `K`."""
    return _TOKEN.sub(lambda token: _replaced(token, letters), pattern)


def _replaced(token: re.Match[str], letters: Mapping[str, str]) -> str:
    field = token["field"]
    return token[0] if field is None else letters.get(field[0], field[0]) * len(field)


def _name_writer(field: str, names: Sequence[str]) -> Writer:
    position = _NAMES[field[0]]
    return lambda moment: names[position(moment)]


def _number_writer(field: str, table: Mapping[int, str] | None) -> Writer:
    number = _NUMBERS[field[0]]
    form = "02d" if len(field) == _LONGEST_NUMBER else "d"
    if table is None:
        return lambda moment: format(number(moment), form)
    return lambda moment: format(number(moment), form).translate(table)
