"""Pack the part of CLDR that `app/domain/cldr` uses: dates in words, digits, plurals, aliases and scripts.

    npm install cldr-core@48.0.0 cldr-dates-full@48.0.0 cldr-numbers-full@48.0.0
    python tools/pack_cldr.py node_modules

Take the version of CLDR that the ICU of the tests' Node has (`node -p process.versions.cldr`): the tests compare dates.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).resolve().parents[1] / "app" / "domain" / "cldr"
FIELDS: Final = re.compile(r"([A-Za-z])\1*")
KNOWN_FIELDS: Final = frozenset(["G", "y", "M", "L", "d", "E", "c", "H", "h", "K", "m", "a", "B"])
MONTHS: Final = {
    "MMM": ("format", "abbreviated"),
    "MMMM": ("format", "wide"),
    "LLL": ("stand-alone", "abbreviated"),
    "LLLL": ("stand-alone", "wide"),
}
WEEKDAYS: Final = {
    "EEE": ("format", "abbreviated"),
    "EEEE": ("format", "wide"),
    "ccc": ("stand-alone", "abbreviated"),
    "cccc": ("stand-alone", "wide"),
}
MACROLANGUAGES: Final = {"no": "nb"}
"""Aliases that CLDR no longer has: its matching of languages still takes the two for one, and their data are equal."""
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RIGHT_TO_LEFT: Final = frozenset(
    {
        *("Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr", "Hung", "Khar"),
        *("Lydi", "Mand", "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo", "Orkh", "Ougr", "Palm", "Phli"),
        *("Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb", "Sidt", "Sogd", "Sogo", "Syrc", "Syre", "Syrj", "Syrn"),
        *("Thaa", "Todr", "Yezi"),
    }
)
"""Scripts whose letters have the bidirectional class R or AL, by ISO 15924."""

Json = Any


def main(source: Path) -> None:
    """Write the locales and the supplement."""
    locales = pack_locales(source)
    lines = [dump({"locale": name, **record}) for name, record in sorted(locales.items())]
    (TARGET / "locales.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    languages = {name.partition("-")[0] for name in locales}
    (TARGET / "supplement.json").write_text(
        json.dumps(pack_supplement(source, languages), ensure_ascii=False, indent=1)
    )
    (TARGET / "LICENSE").write_bytes((source / "cldr-core" / "LICENSE").read_bytes())
    print(f"{len(locales)} locales of CLDR {source_version(source)}")


def pack_locales(source: Path) -> dict[str, dict[str, Json]]:
    """Return the record of each locale that has names of its own; a record that equals another's names that one.

    One that is inherited from another language has the `language` of its names: those of `ht` are French.
    """
    parents = read(source / "cldr-core/supplemental/parentLocales.json")["supplemental"]["parentLocales"][
        "parentLocale"
    ]
    day_periods = read(source / "cldr-core/supplemental/dayPeriods.json")["supplemental"]["dayPeriodRuleSet"]
    full: dict[str, dict[str, Json]] = {}
    for folder in sorted((source / "cldr-dates-full" / "main").iterdir()):
        name = folder.name
        calendar = read(folder / "ca-gregorian.json")["main"][name]["dates"]["calendars"]["gregorian"]
        if is_placeholder(name, calendar):
            continue
        numbers = read(source / "cldr-numbers-full" / "main" / name / "numbers.json")["main"][name]["numbers"]
        rules = day_periods.get(name.partition("-")[0], {})
        full[name] = {"digits": numbers["defaultNumberingSystem"], **pack_calendar(calendar, rules)}
    packed: dict[str, dict[str, Json]] = {}
    first_name: dict[str, str] = {}
    for name in sorted(full, key=lambda name: (name.count("-"), name)):
        text = dump(full[name])
        same = first_name.setdefault(text, name)
        if same == name:
            packed[name] = full[name]
        elif dump(full.get(name.rpartition("-")[0])) != text:  # else the lookup finds it by truncation
            packed[name] = {"same": same}
            heir_of = parents.get(name, name).partition("-")[0]
            if heir_of != name.partition("-")[0] and same.partition("-")[0] == heir_of:
                packed[name]["language"] = heir_of
    return packed


def is_placeholder(name: str, calendar: Mapping[str, Json]) -> bool:
    """Return whether months or weekdays are those of CLDR's root: "M11", "Sat"."""
    month = calendar["months"]["format"]["wide"]["11"]
    return name == "und" or month == "M11" or calendar["days"]["format"]["wide"]["sat"] == "Sat"


def pack_calendar(calendar: Mapping[str, Json], rules: Mapping[str, Json]) -> dict[str, Json]:
    """Return the patterns of a locale, and the names that they use."""
    available = calendar["dateTimeFormats"]["availableFormats"]
    record: dict[str, Json] = {
        "date": pattern(calendar["dateFormats"]["full"]),
        "time": pattern(calendar["timeFormats"]["short"]),
        # ICU has a blank where CLDR has nothing, in Traditional Chinese, between the weekday and the hour.
        "date_time": calendar["dateTimeFormats-atTime"]["standard"]["full"].replace("{1}{0}", "{1} {0}"),
        "time_12": pattern(available["hm"]),
        "time_24": pattern(available["Hm"]),
        "year": pattern(available["y"]),
        # `EEEE` is derived from `E` by widening its field (UTS 35, "Matching Skeletons").
        "weekday": re.sub(r"c+", "cccc", re.sub(r"E+", "EEEE", pattern(available["E"]))),
        "day": pattern(available["MMMMd"]),
    }
    used = {field for text in record.values() for field in fields_of(text)}
    return {**record, "names": pack_names(calendar, rules, used)}


def pack_names(calendar: Mapping[str, Json], rules: Mapping[str, Json], used: set[str]) -> dict[str, list[str]]:
    """Return the names of the fields used: of months, weekdays from Monday, parts of the day, and the era."""
    packed: dict[str, list[str]] = {}
    for field in sorted(used & MONTHS.keys()):
        names = calendar["months"][MONTHS[field][0]][MONTHS[field][1]]
        packed[field] = [names[str(number)] for number in range(1, 13)]
    for field in sorted(used & WEEKDAYS.keys()):
        names = calendar["days"][WEEKDAYS[field][0]][WEEKDAYS[field][1]]
        packed[field] = [names[day] for day in DAYS]
    periods = calendar["dayPeriods"]["format"]["abbreviated"]
    packed["a"] = [periods["am"], periods["pm"]]
    if "B" in used:
        packed["B"] = [flexible_period(hour, periods, rules) for hour in range(24)]
    if "G" in used:
        packed["G"] = [calendar["eras"]["eraAbbr"]["1"]]
    return packed


def pattern(value: Json) -> str:
    """Return a pattern; SystemExit where it has a field or numbering system that `app/domain/cldr` does not write."""
    if not isinstance(value, str):
        raise SystemExit(f"A pattern with numbering systems of its own: {value}")
    unknown = {field[0] for field in fields_of(value)} - KNOWN_FIELDS
    if unknown or "''" in value or value.count("'") % 2:
        raise SystemExit(f"The pattern {value} has unknown fields ({unknown}) or quotes.")
    return value


def fields_of(text: str) -> Iterable[str]:
    """Return the fields of a pattern: `EEEE`, `d`."""
    return [match[0] for match in FIELDS.finditer(re.sub(r"'[^']*'", "", text))]


def flexible_period(hour: int, periods: Mapping[str, str], rules: Mapping[str, Json]) -> str:
    """Return the name of the part of the day that an hour is in, else AM or PM."""
    for name, rule in rules.items():
        if "_from" in rule:
            start, end = (int(rule[bound].partition(":")[0]) for bound in ("_from", "_before"))
            if start <= hour < end or (end < start and not end <= hour < start):
                return periods[name]
    return periods["am" if hour < 12 else "pm"]  # noqa: PLR2004 - noon


def pack_supplement(source: Path, languages: set[str]) -> dict[str, Json]:
    """Return aliases of languages and regions, likely scripts, plural categories, and digits of numbering systems."""
    supplemental = source / "cldr-core" / "supplemental"
    aliases = read(supplemental / "aliases.json")["supplemental"]["metadata"]["alias"]
    systems = read(supplemental / "numberingSystems.json")["supplemental"]
    return {
        "version": source_version(source),
        "languages": {
            tag.lower(): alias["_replacement"]
            for tag, alias in aliases["languageAlias"].items()
            if not tag.startswith("und-")
        }
        | MACROLANGUAGES,
        "regions": {
            region: alias["_replacement"].split()[0]
            for region, alias in aliases["territoryAlias"].items()
            if re.fullmatch("[A-Z]{2}|[0-9]{3}", region)
        },
        "scripts": pack_scripts(supplemental, languages),
        "right_to_left": sorted(RIGHT_TO_LEFT),
        "plurals": pack_plurals(supplemental),
        "digits": {
            name: system["_digits"]
            for name, system in systems["numberingSystems"].items()
            if system["_type"] == "numeric"
        },
    }


def pack_plurals(supplemental: Path) -> dict[str, str]:
    """Return the plural categories of cardinal numbers by language, in CLDR's order."""
    rules = read(supplemental / "plurals.json")["supplemental"]["plurals-type-cardinal"]
    return {
        tag: " ".join(sorted((name.removeprefix("pluralRule-count-") for name in found), key=CATEGORIES.index))
        for tag, found in rules.items()
    }


def source_version(source: Path) -> str:
    """Return the version of the packages."""
    return str(read(source / "cldr-core" / "package.json")["version"])


def pack_scripts(supplemental: Path, languages: set[str]) -> dict[str, str]:
    """Return the likely script by language, and by language and region where it is another; Latin is omitted.

    Languages without a locale are included if they are right-to-left, because only their direction is needed.
    """
    likely = {
        tag: maximal.split("-")[1]
        for tag, maximal in read(supplemental / "likelySubtags.json")["supplemental"]["likelySubtags"].items()
        if re.fullmatch("[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?", tag)
    }
    return {
        tag: script
        for tag, script in sorted(likely.items())
        if script != ("Latn" if "-" not in tag else likely.get(tag.partition("-")[0], "Latn"))
        and (tag.partition("-")[0] in languages or script in RIGHT_TO_LEFT)
    }


def read(path: Path) -> Json:
    """Return the content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def dump(value: Json) -> str:
    """Return a value as a line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
