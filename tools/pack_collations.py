"""Pack the order of letters that `app/domain/cldr/collation.py` uses, of every language that ICU has.

    uv pip install --target icu4py icu4py
    python tools/pack_collations.py icu4py/icu4py.libs

ICU's C API is called directly, since the package does not wrap its collators. Take a package with the version of ICU
that the tests' Node has (`node -p process.versions.icu`): the tests compare orders. After a change of the file raise
`COLLATION_VERSION`, and add a migration that renews the stored keys.
"""

import ctypes
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT_FOLDER: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT_FOLDER))

from app.domain.cldr.collation import CollationRecord  # noqa: E402 - needs the path

TARGET: Final = ROOT_FOLDER / "app" / "domain" / "cldr" / "collations.jsonl"
ICU: Final = "78"
SKIPPED: Final = frozenset({"en_US_POSIX"})
CHARACTERS: Final = [
    chr(number)
    for number in (
        *range(0x20, 0x2E80),
        *range(0x2FF0, 0x3400),
        *range(0x4DC0, 0xAC00),
        *range(0xF900, 0x10000),
        *range(0x1F000, 0x1FB00),
    )
    if unicodedata.category(chr(number)) not in {"Cn", "Cs", "Co"}
]
"""The characters of names: those of the first plane and emoji, without rare ideographs and without the syllables of
Hangul, which are decomposed.
"""
HAN: Final = [each for each in CHARACTERS if 0x4E00 <= ord(each) < 0xA000]  # noqa: PLR2004 - CJK Unified Ideographs
HAN_SET: Final = frozenset(HAN)
ROOT_HAN_LEAD: Final = "fa"
OWN_HAN_LEAD: Final = "83"
HAN_SCRIPT_NUMBER: Final = 17
HAN_FIRST: Final = 0x80000000
HAN_END: Final = 0xFE000000
INHERITED: Final = 1
COMMON: Final = "05"
KNOWN: Final = frozenset(CHARACTERS)
UPPER_FIRST: Final = 25
ON: Final = 17
SHIFTED: Final = 20
FIRST_SYMBOL: Final = 0x2000
CONTINUATION: Final = 0xC0
FIRST_LETTER: Final = 0x2B000000
FRENCH, ALTERNATE, CASE_FIRST = 0, 1, 2

Weights = tuple[int, int, int]


class Icu:
    """The functions of ICU's C API that packing needs."""

    def __init__(self, folder: Path) -> None:
        ctypes.CDLL(str(next(folder.glob("libicudata*"))), mode=ctypes.RTLD_GLOBAL)
        self._common = ctypes.CDLL(str(next(folder.glob("libicuuc*"))), mode=ctypes.RTLD_GLOBAL)
        self._collation = ctypes.CDLL(str(next(folder.glob("libicui18n*"))), mode=ctypes.RTLD_GLOBAL)

    def __call__(self, name: str, *arguments: Any, returns: Any = ctypes.c_int32) -> Any:
        """Call a function whose last argument is an error code, and return its result; SystemExit for an error."""
        library = self._collation if name.startswith("ucol") else self._common
        function = getattr(library, f"{name}_{ICU}")
        function.restype = returns
        error = ctypes.c_int(0)
        result = function(*arguments, ctypes.byref(error))
        if error.value > 0:
            raise SystemExit(f"{name}: error {error.value} of ICU")
        return result

    def plain(self, name: str, *arguments: Any, returns: Any = ctypes.c_int32) -> Any:
        """Call a function without an error code."""
        library = self._collation if name.startswith("ucol") else self._common
        function = getattr(library, f"{name}_{ICU}")
        function.restype = returns
        return function(*arguments)

    def locales(self) -> list[str]:
        """Return the locales with a collation."""
        total = self.plain("ucol_countAvailable")
        return [self.plain("ucol_getAvailable", each, returns=ctypes.c_char_p).decode() for each in range(total)]

    def equivalent(self, locale: str) -> str:
        """Return the locale whose collation a locale has."""
        buffer = ctypes.create_string_buffer(100)
        self("ucol_getFunctionalEquivalent", buffer, 100, b"collation", locale.encode(), None)
        return buffer.value.decode()

    def script_of(self, character: str) -> int:
        """Return the number of a character's script; Hiragana counts as Katakana, as in the order of scripts."""
        number: int = self("uscript_getScript", ctypes.c_int32(ord(character)))
        return 22 if number == 20 else number  # noqa: PLR2004 - USCRIPT_HIRAGANA, USCRIPT_KATAKANA

    def strings_of(self, members: ctypes.c_void_p) -> list[str]:
        """Return the characters and strings of a set."""
        found: list[str] = []
        first, last = ctypes.c_int32(), ctypes.c_int32()
        buffer = ctypes.create_string_buffer(400)
        for index in range(self.plain("uset_getItemCount", members)):
            size = self("uset_getItem", members, index, ctypes.byref(first), ctypes.byref(last), buffer, 200)
            if size == 0:
                found += [chr(each) for each in range(first.value, last.value + 1)]
            else:
                found.append(buffer.raw[: 2 * size].decode("utf-16-le", "surrogatepass"))
        return found


class IcuCollator:
    """Collator of one locale."""

    def __init__(self, icu: Icu, locale: str) -> None:
        self._icu = icu
        self._collator = ctypes.c_void_p(icu("ucol_open", locale.encode(), returns=ctypes.c_void_p))

    def weights_of(self, text: str) -> list[Weights]:
        """Return primary, secondary and tertiary weight of each collation element of a text."""
        raw = text.encode("utf-16-le")
        opened = self._icu(
            "ucol_openElements", self._collator, raw, ctypes.c_int32(len(raw) // 2), returns=ctypes.c_void_p
        )
        iterator = ctypes.c_void_p(opened)
        found: list[Weights] = []
        while (order := self._icu("ucol_next", iterator)) != -1:
            high, middle, low = (order >> 16) & 0xFFFF, (order >> 8) & 0xFF, order & 0xFF
            if low & CONTINUATION == CONTINUATION and found:
                primary, secondary, tertiary = found[-1]
                found[-1] = (primary | high, secondary | middle, tertiary | low & 0x3F)
            else:
                found.append((high << 16, middle << 8, low << 8))
        self._icu.plain("ucol_closeElements", iterator, returns=None)
        return [each for each in found if any(each)]

    def tailored(self) -> list[str]:
        """Return the characters and strings that differ from the root."""
        members = self._icu("ucol_getTailoredSet", self._collator, returns=ctypes.c_void_p)
        return self._icu.strings_of(ctypes.c_void_p(members))

    def contractions(self) -> list[str]:
        """Return the strings with an element of their own, and those that another string before them changes."""
        members = ctypes.c_void_p(self._icu.plain("uset_openEmpty", returns=ctypes.c_void_p))
        self._icu("ucol_getContractionsAndExpansions", self._collator, members, None, ctypes.c_int8(1), returns=None)
        return self._icu.strings_of(members)

    def attribute(self, number: int) -> int:
        """Return the value of an attribute."""
        value: int = self._icu("ucol_getAttribute", self._collator, number)
        return value

    def scripts(self) -> list[int]:
        """Return the scripts that precede all others."""
        codes = (ctypes.c_int32 * 100)()
        return list(codes[: self._icu("ucol_getReorderCodes", self._collator, codes, 100)])


def main(folder: Path) -> None:
    """Write the collations, the root first."""
    icu = Icu(folder)
    equivalents = {each: icu.equivalent(each) for each in icu.locales() if each not in SKIPPED}
    root = pack_root(IcuCollator(icu, "root"))
    ranges = find_script_ranges(icu, IcuCollator(icu, "root"))
    lines = [root]
    for locale in sorted({*equivalents.values()} - {"root", *SKIPPED}):
        record = pack_collation(IcuCollator(icu, locale), name_of(locale), root, ranges)
        if set(record) - {"collation"} != {"elements", "scripts", "others"} or record["elements"] or record["scripts"]:
            lines.append(record)
    packed = {each["collation"] for each in lines}
    same: list[CollationRecord] = [
        {"collation": name_of(each), "same": name_of(like)} for each, like in equivalents.items() if each != like
    ]
    lines += [each for each in same if each["collation"] not in packed and each["same"] in packed - {"root"}]
    lines += [{"collation": "zh-Hant", "same": "zh-stroke"}]
    TARGET.write_text(
        "".join(f"{json.dumps(each, ensure_ascii=False, separators=(',', ':'))}\n" for each in lines), encoding="utf-8"
    )
    print(f"{len(lines)} collations, {TARGET.stat().st_size:,} bytes")


def name_of(locale: str) -> str:
    """Return the name of a locale as a language tag."""
    return locale.replace("@collation=", "-").replace("_", "-")


def pack_root(collator: IcuCollator) -> CollationRecord:
    """Return the record of the root."""
    han = sorted(HAN, key=collator.weights_of)
    record: CollationRecord = {
        "collation": "root",
        "elements": {},
        "han": "".join(han),
        "han_lead": ROOT_HAN_LEAD,
        "scripts": [],
        "others": "",
    }
    Entries(collator, {}, record["elements"]).add([*CHARACTERS, *collator.contractions()])
    return record


def pack_collation(
    collator: IcuCollator, name: str, root: CollationRecord, ranges: dict[int, tuple[str, str]]
) -> CollationRecord:
    """Return the record of a collation: what differs from the root."""
    record: CollationRecord = {"collation": name, "elements": {}, **order_scripts(collator.scripts(), ranges)}
    if collator.attribute(CASE_FIRST) == UPPER_FIRST:
        record["upper_first"] = True
    if collator.attribute(FRENCH) == ON:
        record["backwards"] = True
    if collator.attribute(ALTERNATE) == SHIFTED:
        record["shifted"] = True
    tailored = collator.tailored()
    ideographs = {each: collator.weights_of(each) for each in tailored if each in HAN_SET}
    if ideographs and all(len(weights) == 1 for weights in ideographs.values()):
        record["han"] = "".join(sorted(ideographs, key=ideographs.__getitem__))
        record["han_lead"] = OWN_HAN_LEAD
    candidates = [*tailored, *collator.contractions(), *(each for each in root["elements"] if len(each) > 1)]
    Entries(collator, root["elements"], record["elements"]).add(candidates)
    if any(lowest(entry) < COMMON for entry in record["elements"].values()):
        record["below_common"] = True
    return record


class Entries:
    """The elements of a collation while it is packed: those of the root, and its own."""

    def __init__(self, collator: IcuCollator, root: Mapping[str, str], own: dict[str, str]) -> None:
        self._collator, self._own = collator, own
        self._weights = {text: [parsed(each) for each in entry.split()] for text, entry in root.items()}
        self._longest = max(map(len, root), default=1)

    def add(self, candidates: Iterable[str]) -> None:
        """Add the characters and strings whose elements are not those of their parts, the shortest first."""
        usable = {
            each
            for each in candidates
            if each
            and KNOWN.issuperset(each)
            and HAN_SET.isdisjoint(each)
            and unicodedata.normalize("NFC", each) == each
        }
        for text in sorted(usable, key=lambda each: (len(each), unicodedata.normalize("NFKD", each) != each, each)):
            weights = self._collator.weights_of(text)
            if not self._is_known(text, weights):
                self._own[text] = " ".join(map(written, weights))
                self._weights[text] = weights
                self._longest = max(self._longest, len(text))

    def _is_known(self, text: str, weights: list[Weights]) -> bool:
        """Return whether the entries so far give these weights, of a compatibility symbol but for the tertiary."""
        present = self._split(text)
        if present is None:
            return False
        if len(text) > 1 or ord(text) < FIRST_SYMBOL or unicodedata.normalize("NFD", text) != text:
            return present == weights
        return [each[:2] for each in present] == [each[:2] for each in weights]

    def _split(self, text: str) -> list[Weights] | None:
        """Return the weights of a text by its longest known parts; None if a part is unknown."""
        found: list[Weights] = []
        start = 0
        while start < len(text):
            lengths = range(min(self._longest, len(text) - start), 0, -1)
            here = (text[start : start + each] for each in lengths)
            part = next((each for each in here if each in self._weights), None)
            if part is None:
                part = text[start]
                parts = unicodedata.normalize("NFKD", part)
                weights = self._collator.weights_of(part) if part in HAN_SET else None
                weights = self._split(parts) if weights is None and parts != part else weights
            else:
                weights = self._weights[part]
            if weights is None:
                return None
            found += weights
            start += len(part)
        return found


def written(weights: Weights) -> str:
    """Return the weights of an element as the file has them."""
    primary, secondary, tertiary = (hexadecimal(each) for each in weights)
    if not primary and not secondary:
        secondary = "00"
    return f"{primary}/{'' if secondary == COMMON else secondary}/{'' if tertiary == COMMON else tertiary}".rstrip("/")


def lowest(entry: str) -> str:
    """Return the lowest secondary or tertiary weight of an entry of the file."""
    weights = (each for element in entry.split() for each in element.split("/")[1:])
    return min((each for each in weights if each not in {"", "00"}), default=COMMON)


def hexadecimal(weight: int) -> str:
    """Return the bytes of a weight without the trailing zeros."""
    size = 4 if weight > 0xFFFF else 2  # noqa: PLR2004 - primaries have four bytes, others two
    return weight.to_bytes(size).rstrip(b"\0").hex()


def parsed(entry: str) -> Weights:
    """Return the weights of an element of the file."""
    primary, secondary, tertiary = (entry + "//").split("/")[:3]
    secondary = "" if secondary == "00" else secondary or COMMON
    return (
        int(primary.ljust(8, "0"), 16),
        int(secondary.ljust(4, "0"), 16),
        int((tertiary or COMMON).ljust(4, "0"), 16),
    )


def find_script_ranges(icu: Icu, root: IcuCollator) -> dict[int, tuple[str, str]]:
    """Return the range of the primaries of each script."""
    firsts: dict[int, int] = {}
    for each in CHARACTERS:
        weights = root.weights_of(each) if unicodedata.category(each).startswith("L") and each not in HAN_SET else []
        script = icu.script_of(each)
        if len(weights) == 1 and weights[0][0] >= FIRST_LETTER and script > INHERITED:
            firsts[script] = min(weights[0][0], firsts.get(script, weights[0][0]))
    firsts[HAN_SCRIPT_NUMBER] = HAN_FIRST
    starts = sorted(firsts.values())
    ends = dict(zip(starts, [*starts[1:], HAN_END], strict=True))
    return {script: (hexadecimal(first), hexadecimal(ends[first])) for script, first in firsts.items()}


def order_scripts(scripts: Sequence[int], ranges: Mapping[int, tuple[str, str]]) -> CollationRecord:
    """Return ranges of primaries in the order of scripts, with prefixes where that is not the order of the root."""
    found: list[tuple[str, str, str]] = []
    moves = 0
    for script in scripts:
        start, end = ranges[script]
        if found and start < found[-1][0]:
            moves += 1
        found.append((start, end, f"fe{moves + 2:02x}" if moves else ""))
    return {"scripts": found, "others": "fe7f" if found else ""}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
