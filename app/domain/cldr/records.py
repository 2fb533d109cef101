"""The packed files of CLDR. Each is read when a language first needs it, so that starting reads none."""

import json
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from typing_extensions import TypedDict

_LOCALES: Final = "locales.jsonl"
_SUPPLEMENT: Final = "supplement.json"


class LocaleRecord(TypedDict):
    """Patterns of a locale by UTS 35, the names that they use by field, and its default numbering system."""

    locale: str
    digits: str
    date: str
    time: str
    date_time: str
    time_12: str
    time_24: str
    year: str
    weekday: str
    day: str
    names: dict[str, list[str]]


class FoundLocale(NamedTuple):
    """Locale by its own name, the language that its dates are in, and the record that it may share with others."""

    name: str
    language: str
    record: LocaleRecord


class Supplement(TypedDict):
    """CLDR's data beside its locales; Latin, the likely script of most languages, is omitted in `scripts`."""

    version: str
    languages: dict[str, str]
    regions: dict[str, str]
    scripts: dict[str, str]
    right_to_left: list[str]
    plurals: dict[str, str]
    digits: dict[str, str]


@cache
def load_supplement() -> Supplement:
    """Return aliases of languages and regions, likely scripts, plural categories, and digits of numbering systems."""
    supplement: Supplement = json.loads(_read(_SUPPLEMENT))
    return supplement


def find_record(names: Iterable[str]) -> FoundLocale | None:
    """Return the first of these locales that CLDR has; None if it has none."""
    lines = _read(_LOCALES)
    for name in names:
        found = _parse(lines, name)
        if found is not None:
            record: LocaleRecord = _parse(lines, found["same"]) if "same" in found else found
            return FoundLocale(name, found.get("language", name), record)
    return None


def list_locale_names() -> list[str]:
    """Return the names of all locales with a record."""
    return [json.loads(line)["locale"] for line in _read(_LOCALES).splitlines()]


def _parse(lines: bytes, name: str) -> Any:
    """Return the record with that name. A search in 200 KB takes less than an index of the file would."""
    start = lines.find(f'{{"locale":"{name}",'.encode())
    return None if start < 0 else json.loads(lines[start : lines.index(b"\n", start)])


def _read(name: str) -> bytes:
    content = pkgutil.get_data(__package__, name)
    if content is None:
        raise FileNotFoundError(name)
    return content
