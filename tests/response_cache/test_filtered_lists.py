"""Every family of dependencies is needed: with any of them left out, a stale response is served and detected."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from app.domain.instant import DAY_US, SECOND_US
from app.invalidation.schedule_snapshot import UNKNOWN
from tests.response_cache.compare_with_reference import Stale
from tests.response_cache.conftest import Begin
from tests.response_cache.dependency_kinds import EXPIRY_FAMILIES, FAMILIES, TRANSLATION_FAMILIES, Family, leave_out
from tests.response_cache.history import History, Pace
from tests.response_cache.newsroom import text_of
from tests.response_cache.plain_messages import Request
from tests.response_cache.random_article_edits import EDITORIAL, Edit

SOUGHT = Pace(steps=14, begin=150, new=8, again=None)
MAX_HISTORIES = 12

FILED: dict[str, Any] = {
    "section": "city",
    "tags": ["trams"],
    "authors": ["ada-vale"],
    "label": "opinion",
}

SOON = "{soon}"
ALONE: dict[str, Any] = {"edition": "lagoon", "source_id": "alone"}
"""The instant by the clock of the history after which the least max-age ends."""


class Case(NamedTuple):
    """Address of a response, and the change that follows; numbers differ from run to run.

    `prepare` are the writes before the response is cached.
    """

    target: str
    happens: Callable[[int], Edit | None]
    prepare: Callable[[int], Sequence[Edit]] = lambda _: ()


def post(path: str, **given: Any) -> Edit:
    return Edit("post", "POST", f"{EDITORIAL}/{path}", given)


def patch(path: str, **given: Any) -> Edit:
    return Edit("patch", "PATCH", f"{EDITORIAL}/{path}", given, (("if-match", "*"),))


def publish(number: int, **more: Any) -> Edit:
    at = f"2026-11-20T11:{number // 60:02}:{number % 60:02}Z"
    return post("articles", headline=f"News {number}", published_at=at, **(FILED | more))


def named(kind: str) -> Callable[[int], Edit]:
    """Rename the entry that the articles name."""
    places = {"section": "sections/city", "tag": "tags/trams", "author": "authors/ada-vale"}
    return lambda number: patch(places[kind], name=f"Name {number}")


def made(kind: str) -> Callable[[int], Edit]:
    """Create an entry of this kind."""
    if kind == "tag":  # it is listed with its first public article, as an author is
        day = "2026-11-20T11:00:00Z"
        return lambda number: post("articles", headline="New", published_at=day, tags=[f"made-{number}"])
    if kind == "author":
        return lambda number: patch("articles/{second}", authors=["ada-vale", "ben-ord"][: 1 + number % 2])
    more: dict[str, Any] = {"edition": "harbour"} if kind == "section" else {}
    return lambda number: post(f"{kind}s", slug=f"made-{number}", name="Made", **more)


def move(section: str, parent: str | None) -> Edit:
    """Give a section another parent."""
    return patch(f"sections/{section}", parent=parent)


def put_list(slug: str) -> Callable[[int], Edit]:
    """Write a curated list whole, with another name each time."""
    return lambda number: Edit("put", "PUT", f"{EDITORIAL}/lists/{slug}", {"name": f"List {number}", "filter": {}})


def schedule_translation(number: int) -> Edit:
    """Schedule an article that is the same story as one of another edition."""
    given = {"edition": "bronx", "language": f"x-n{number}", "translations": [ALONE], "published_at": SOON}
    return post("articles", headline=f"Twin {number}", **given)


def expire(name: str) -> Callable[[int], Edit]:
    """Let an article expire soon, which no list shows."""
    return lambda _: patch(f"articles/{{{name}}}", expires_at=SOON)


def publish_above(number: int) -> Edit:
    """Publish an article after the end of a day of the edition, one for each number."""
    at = f"2026-11-{number:02}T11:30:00Z"
    return post("articles", headline=f"News {number}", edition="lagoon", published_at=at)


CASES = {
    "newer articles": Case(
        "/v1/timeline?edition=lagoon&newest_day=2026-11-{n:02}&to=2026-11-{n:02}T12:00:00Z", publish_above
    ),
    "articles": Case("/v1/articles/{first}/related", lambda n: patch("articles/{second}", headline=f"Other {n}")),
    "entries: edition": Case("/v1/timeline", lambda n: patch("editions/harbour", site_url=f"https://site-{n}.example")),
    **{f"entries: {kind}": Case("/v1/articles/{first}", named(kind)) for kind in ("section", "tag", "author")},
    "entries: label": Case("/v1/timeline", lambda n: patch("labels/opinion", text=f"Text {n}")),
    "shelves: editions": Case(
        "/v1/articles?edition=*", lambda n: patch("editions/bronx", site_url=f"https://b-{n}.example")
    ),
    **{f"shelves: {kind}s": Case(f"/v1/{kind}s", made(kind)) for kind in ("section", "tag", "author")},
    "shelves: labels": Case("/v1/labels", lambda n: post("labels", code=f"made-{n}", text="Made")),
    "curated lists": Case("/v1/lists/front-page", put_list("front-page")),
    "shelves: curated lists": Case("/v1/lists", lambda n: put_list(f"list-{n}")(n)),
    "moves of sections": Case(
        "/v1/articles?section=world&subsections=true", lambda n: move("sport", ("world", None)[n % 2])
    ),
    "spans: subsections": Case("/v1/timeline?section=world&subsections=true", publish),
    "slugs": Case("/v1/articles/news-{n}", publish),
    "the log": Case("/v1/changes", publish),
    "spans: edition": Case("/v1/timeline", publish),
    "spans: section": Case("/v1/timeline?section=city", publish),
    "spans: tag": Case("/v1/timeline/calendar?tag=trams", publish),
    "spans: author": Case("/v1/authors/ada-vale/articles", publish),
    "spans: pages": Case("/v1/articles?format=page", lambda n: publish(n, format="page")),
    "spans: format": Case("/v1/articles?format=video", lambda n: publish(n, format="video")),
    "spans: language": Case("/v1/timeline?language=de", lambda n: publish(n, language="de")),
    "spans: featured": Case("/v1/timeline/calendar?featured=true", lambda n: publish(n, featured=True)),
    "spans: access": Case("/v1/articles?access=paid", lambda n: publish(n, access="paid")),
    "spans: label": Case("/v1/timeline/2026-11-20?label=opinion&total=true", publish),
    "the clock": Case("/v1/timeline/calendar?edition=bronx", lambda _: None),
    "places": Case("/v1/articles?limit=3", publish),
    "expiry: article": Case("/v1/articles/{first}/related", expire("second")),
    "expiry: edition": Case("/v1/timeline", expire("first")),
    "expiry: section": Case("/v1/timeline?section=city", expire("first")),
    "expiry: tag": Case("/v1/timeline/calendar?tag=trams", expire("first")),
    "expiry: author": Case("/v1/timeline?author=ada-vale", expire("first")),
    "expiry: label": Case("/v1/timeline?label=opinion", expire("first")),
    "expiry: tags": Case("/v1/tags", expire("first")),
    "expiry: authors": Case("/v1/authors", expire("first")),
    "expiry: the log": Case("/v1/changes", expire("first")),
    "translations: the log": Case("/v1/articles/{alone}", lambda n: patch("articles/{twin}", headline=f"Twin {n}")),
    "translations: the schedule": Case("/v1/articles/{alone}", schedule_translation),
}


def merge(kind: str, into: str) -> Callable[[int], Edit]:
    """Merge an entry of one article into the one that the articles name."""
    return lambda number: Edit("merge", "PUT", f"{EDITORIAL}/{kind}/lost-{number}/merge", {"into": into})


def publish_of_author(number: int) -> Sequence[Edit]:
    """Publish an article of an author of its own."""
    name = f"lost-{number}"
    return post("authors", slug=name, name=name), publish(number, authors=[name])


FURTHER_CASES = (
    (
        "entries: tag",
        Case("/v1/articles?tag=trams", merge("tags", "trams"), lambda n: [publish(n, tags=[f"lost-{n}"])]),
    ),
    ("entries: author", Case("/v1/timeline?author=ada-vale", merge("authors", "ada-vale"), publish_of_author)),
)
"""Merges: a list depends on the entries that its filters name."""


class Trial:
    """A few articles, and responses about them before and after a change."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._number = 0
        self._ids: dict[str, str] = {}

    async def begin(self) -> None:
        """Publish an article that points to another, and in another edition one for each of some days."""
        for name, more in (("second", {}), ("first", {"related": ["second"]})):
            given: dict[str, Any] = {
                "headline": name,
                "source_id": name,
                "published_at": "2026-11-19T10:00:00Z",
                **FILED,
                **more,
            }
            created = await self._history.write(post("articles", **given))
            self._ids[name] = created.json()["id"]
        twin: dict[str, Any] = {"edition": "bronx", "translations": [ALONE]}
        for name, given in (("alone", ALONE), ("twin", twin)):
            edit = post("articles", headline=name, published_at="2026-11-19T10:00:00Z", **given)
            self._ids[name] = (await self._history.write(edit)).json()["id"]
        for days in range(25, 45):
            at = text_of(self._history.newsroom.now - days * DAY_US)
            await self._history.write(post("articles", headline="Old", edition="bronx", published_at=at))
        await self._history.write(put_list("front-page")(0))
        await self._history.write(move("city", "world"))
        at = "2026-11-18T10:00:00Z"
        await self._history.write(post("articles", headline="Goal", section="sport", published_at=at))

    async def load_schedule(self) -> None:
        """Load the whole schedule: a family may have been left out of it."""
        scheduler = self._history.here.app.state.services.scheduler
        scheduler.snapshot = UNKNOWN
        await scheduler.refresh()

    async def is_stale_after(self, case: Case) -> bool:
        """Return whether the cached response is still served after the change."""
        self._number += 1
        for before in case.prepare(self._number):
            assert (await self._history.write(before)).status in {200, 201}
        self._history.here.app.state.services.store.clear()
        history, target = self._history, case.target.format(**self._ids, n=self._number)
        for _ in range(2):
            await history.compare([target])
        if target in history.requested.reading:
            await history.here.request_all([Request(target)], now=history.newsroom.now)
            assert history.here.hits == [True], f"{target} is not cached"
        edit = case.happens(self._number)
        if edit is None:
            await history.move_clock(history.newsroom.now + DAY_US)
        else:
            soon = text_of(history.newsroom.now + SECOND_US - self._number)
            given = {name: soon if value == SOON else value for name, value in edit.given.items()}
            response = await history.write(edit._replace(path=edit.path.format(**self._ids), given=given))
            assert response.status in {200, 201}, response
        try:
            for _ in range(4):  # each in another representation, which may be a 304 by the date alone
                await history.compare([target])
        except Stale:
            return True
        return False


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # dependencies do not depend on the database
async def test_omitting_any_kind_of_dependency_is_detected(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    history = await begin(3, articles=0)
    trial = Trial(history)
    with history.clock():
        await trial.begin()
        families = (*FAMILIES, *EXPIRY_FAMILIES, *TRANSLATION_FAMILIES)
        further = ((family, case) for family in families for name, case in FURTHER_CASES if name == family.name)
        for family, case in (*((family, CASES[family.name]) for family in families), *further):
            assert not await trial.is_stale_after(case), f"{family.name}: stale with nothing left out"
            with monkeypatch.context() as without:
                leave_out(family, without)
                # Twice: a row of the log that is read in another way than before clears the cache.
                is_detected = await trial.is_stale_after(case) or await trial.is_stale_after(case)
                assert is_detected, f"{family.name}: not detected"
            await trial.load_schedule()


@pytest.mark.soak
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
async def test_long_random_histories_detect_an_omitted_dependency(
    begin: Begin, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out(family, monkeypatch)
    for number in range(MAX_HISTORIES):
        history = await begin(number)
        try:
            await history.run(SOUGHT)
        except Stale:
            print(f"\n{family.name}: detected in history {number}")  # noqa: T201 - the result of a soak
            return
    raise AssertionError(f"{MAX_HISTORIES} histories without {family.name}, and none detects it")
