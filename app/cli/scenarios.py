"""Scenarios of `dayline sample`: editions that show front-end developers what a timeline has to cope with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files

import orjson

from app.actions.articles.editing import locate_article
from app.actions.articles.publication import bump_article, restore_article, withdraw_article
from app.db.database import Connection
from app.domain.actor import COMMAND_ACTOR

FOLDER = files("app") / "sample" / "scenarios"
BIG_DAY = "2026-11-18"
BIG_DAY_ITEMS = 2_000
BIG_DAY_STEP_S = 43
BURST = 40
"""Items of the big day that share one instant, at noon: their order is that of their ids."""

_PLACES = ("Saltmarket", "Old Quay", "Brickfields", "Ropewalk", "Gull Island", "Lantern Hill", "Silo Street")
_SUBJECTS = ("Tram line", "Ferry", "Bridge lift", "Tide gate", "Street lamp", "Fish auction", "Bell tower")
_EVENTS = ("on time", "delayed", "open again", "closed for repair", "counted", "painted", "late by a minute")
_SECTIONS = (("city", "City"), ("port", "Port"), ("sport", "Sport"), ("culture", "Culture"))

ScenarioEvent = Callable[[Connection, int], None]
"""Change that a reader sees while the page is open: a function of a connection and the present instant."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An edition of its own and, for some, an event after it is loaded; `reset` undoes the event of an earlier run."""

    name: str
    summary: str
    read_records: Callable[[], bytes]
    article: str | None = None
    event_name: str | None = None
    event: ScenarioEvent | None = None
    reset: ScenarioEvent | None = None


def _read_file(name: str) -> Callable[[], bytes]:
    return (FOLDER / f"{name}.jsonl").read_bytes


def build_big_day() -> bytes:
    """Return the records of a day of 2,000 items, the same at each call."""
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in _big_day_records())


def _big_day_records() -> Iterator[dict[str, object]]:
    yield {
        "kind": "edition",
        "slug": "big-day",
        "name": "The Kestrava Ticker",
        "language": "en-GB",
        "timezone": "Europe/Kyiv",
        "site_url": "https://big-day.meridian.example",
        "default": False,
    }
    for slug, name in _SECTIONS:
        yield {"kind": "section", "edition": "big-day", "slug": slug, "name": name}
    for number in range(BIG_DAY_ITEMS):
        yield _big_day_item(number)


def _big_day_item(number: int) -> dict[str, object]:
    second = number * BIG_DAY_STEP_S
    noon = BIG_DAY_ITEMS // 2
    time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    subject, place = _SUBJECTS[number % 7], _PLACES[number // 7 % 7]
    return {
        "kind": "article",
        "edition": "big-day",
        "source_id": f"big-day:{number}",
        "headline": f"{subject} {number}, {place}: {_EVENTS[number // 49 % 7]}",
        "lead": f"Message {number + 1} of {BIG_DAY_ITEMS}.",
        "section": _SECTIONS[number % 4][0],
        "published_at": f"{BIG_DAY}T{'12:00:00' if noon <= number < noon + BURST else time}+02:00",
        "body": [{"type": "paragraph", "html": f"The desk at {place} sent this message."}],
    }


def _kill(connection: Connection, now: int) -> None:
    withdraw_article(
        connection,
        locate_article(connection, "kill", "kill:quay"),
        reason="The contract was a forgery.",
        notice="We withdrew this article: the contract that it quotes was a forgery.",
        expected=None,
        now=now,
        editor=COMMAND_ACTOR,
    )


def _restore(connection: Connection, now: int) -> None:
    article = locate_article(connection, "kill", "kill:quay")
    restore_article(connection, article, expected=None, now=now, editor=COMMAND_ACTOR)


def _bump(connection: Connection, now: int) -> None:
    article = locate_article(connection, "bump", "bump:storm")
    bump_article(connection, article, at=None, expected=None, now=now, editor=COMMAND_ACTOR)


SCENARIOS = {
    each.name: each
    for each in (
        Scenario(
            "dst-night",
            "days of 25 and 23 hours in Europe/Kyiv, with items in the repeated hour",
            _read_file("dst-night"),
        ),
        Scenario(
            "kill",
            "an article that is withdrawn while it is read",
            _read_file("kill"),
            article="council-sells-the-old-quay-for-one-crown",
            event_name="withdrawn",
            event=_kill,
            reset=_restore,
        ),
        Scenario(
            "bump",
            "an article of an earlier day that moves to the top",
            _read_file("bump"),
            article="storm-warning-for-gull-island",
            event_name="bumped",
            event=_bump,
        ),
        Scenario("big-day", "2,000 items in one day, 40 of them at one instant", build_big_day),
        Scenario("rtl", "an Arabic edition, from right to left", _read_file("rtl")),
    )
}
