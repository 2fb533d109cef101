"""Identity of a record's article, its resulting status, and its slug."""

import re
from typing import Any

import httpx
import orjson
import pytest

from app.importers import runner
from tests.conftest import NOW
from tests.importers.conftest import Content, ImportLines, Log
from tests.importers.lines import article_line, edition_line

ID = "01m8x3c7k2v9q"
OTHER_ID = "01m8x3c7k2v9r"
DAY_US = 86_400_000_000


@pytest.fixture(autouse=True)
async def _edition(bring: ImportLines) -> None:
    await bring(edition_line())


async def articles(content: Content) -> list[dict[str, Any]]:
    records = [orjson.loads(line) for line in (await content()).splitlines()]
    return [record for record in records if record["kind"] == "article"]


async def statuses(content: Content) -> dict[str, str]:
    return {each["source_id"]: each["status"] for each in await articles(content)}


async def test_repeated_identity_in_one_batch_is_applied_in_order(
    bring: ImportLines, content: Content, log: Log
) -> None:
    report = await bring(
        article_line("a", lead="One"), article_line("b"), article_line("a", lead="Two"), article_line("a", lead="Two")
    )
    assert report.errors == []
    assert report.outcomes == {"created": 2, "changed": 1, "unchanged": 1}
    assert [each["lead"] for each in await articles(content)] == ["Two", None]
    assert [kind for kind, _ in await log()][-3:] == ["article.published", "article.published", "article.updated"]


async def test_identity_without_a_source_id_is_the_id(bring: ImportLines, content: Content) -> None:
    assert (await bring(article_line(None, id=ID))).outcomes == {"created": 1}
    assert (await bring(article_line(None, id=ID, lead="Written again"))).outcomes == {"changed": 1}
    assert [(each["id"], each["lead"]) for each in await articles(content)] == [(ID, "Written again")]


async def test_identity_without_ids_is_headline_and_date(bring: ImportLines, content: Content) -> None:
    other = article_line(None, headline="Another story")
    assert (await bring(article_line(None), other)).outcomes == {"created": 2}
    assert (await bring(article_line(None), other)).outcomes == {"unchanged": 2}
    assert len(await articles(content)) == 2


async def test_article_named_by_both_ids_in_one_batch_is_changed_in_order(bring: ImportLines, content: Content) -> None:
    await bring(article_line("a", id=ID, tags=["x"]))
    report = await bring(article_line("a", tags=["y"]), article_line("c", id=ID, tags=["y", "z"]), article_line("a"))
    assert report.errors == []
    assert report.outcomes == {"changed": 2, "created": 1}
    found = await articles(content)
    assert [(each["id"] == ID, each["source_id"], each["tags"]) for each in found] == [
        (True, "c", ["y", "z"]),
        (False, "a", []),
    ]


async def test_id_of_another_edition_is_rejected(bring: ImportLines) -> None:
    report = await bring(article_line("a", id=ID), edition_line("uk"), article_line("a", id=ID, edition="uk"))
    assert report.errors == [(3, "id: This id belongs to an article of another edition.")]


async def test_source_id_is_scoped_by_edition(bring: ImportLines, content: Content) -> None:
    report = await bring(article_line("a"), edition_line("uk"), article_line("a", edition="uk"))
    assert report.outcomes == {"created": 2}
    assert [each["slug"] for each in await articles(content)] == ["story-a", "story-a"]


async def test_reference_is_resolved_when_its_target_arrives(bring: ImportLines, client: httpx.AsyncClient) -> None:
    await bring(article_line("a", related=[OTHER_ID, "late", "never"]))
    assert (await client.get("/v1/articles/story-a/related")).json()["items"] == []
    await bring(article_line(None, id=OTHER_ID, headline="By id"), article_line("late", headline="By source"))
    items = (await client.get("/v1/articles/story-a/related")).json()["items"]
    assert [item["headline"] for item in items] == ["By id", "By source"]


async def test_article_is_found_by_a_source_id_added_later(bring: ImportLines, client: httpx.AsyncClient) -> None:
    await bring(article_line(None, id=OTHER_ID, headline="Nameless"), article_line("a", related=["named"]))
    await bring(article_line("named", id=OTHER_ID, headline="Nameless"))
    items = (await client.get("/v1/articles/story-a/related")).json()["items"]
    assert [item["headline"] for item in items] == ["Nameless"]


async def test_status_defaults_to_the_one_of_the_date(bring: ImportLines, content: Content) -> None:
    await bring(
        article_line("draft", published_at=None),
        article_line("schedule", published_at="2026-11-20T12:00:00.000001Z"),
        article_line("now", published_at="2026-11-20T12:00:00Z"),
        article_line("held", status="draft"),
    )
    expected = {"draft": "draft", "schedule": "scheduled", "now": "published", "held": "draft"}
    assert await statuses(content) == expected


async def test_past_schedule_of_a_repeated_import_is_published(bring: ImportLines, content: Content, log: Log) -> None:
    line = article_line("a", status="scheduled", published_at="2026-11-21T12:00:00Z")
    logged = await log()
    await bring(line)
    assert await log() == logged, "a schedule is not public"
    assert (await bring(line, now=NOW + 2 * DAY_US)).outcomes == {"changed": 1}
    assert await statuses(content) == {"a": "published"}
    assert [kind for kind, _ in await log()] == ["edition.updated", "article.published"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        (
            {"status": "published", "published_at": None},
            "published_at: published_at is required when status is published.",
        ),
        (
            {"status": "scheduled", "published_at": None},
            "published_at: published_at is required when status is scheduled.",
        ),
        (
            {"status": "withdrawn", "published_at": None},
            "published_at: published_at is required when status is withdrawn.",
        ),
        (
            {"status": "published", "published_at": "2026-12-01T00:00:00Z"},
            "published_at: Status 'published' needs a date that is not in the future.",
        ),
    ],
)
async def test_status_that_contradicts_the_date_is_rejected(
    bring: ImportLines, members: dict[str, Any], reason: str
) -> None:
    assert (await bring(article_line("a", **members))).errors == [(1, reason)]


@pytest.mark.parametrize(
    "members",
    [{"status": "draft"}, {"published_at": None}, {"status": "scheduled", "published_at": "2026-12-01T00:00:00Z"}],
)
@pytest.mark.parametrize("before", ["published", "withdrawn"])
async def test_public_article_never_becomes_a_draft(
    bring: ImportLines, content: Content, before: str, members: dict[str, Any]
) -> None:
    await bring(article_line("a", status=before))
    report = await bring(article_line("a", **members))
    assert [number for number, _ in report.errors] == [1]
    assert await statuses(content) == {"a": before}


async def test_withdrawn_article_stays_withdrawn_until_restored(bring: ImportLines, content: Content, log: Log) -> None:
    given = {"reason": "Wrong harbour.", "notice": "We had the wrong harbour.", "at": None}
    await bring(article_line("a"))
    await bring(article_line("a", status="withdrawn", withdrawal=given), now=NOW)
    exported = await articles(content)
    assert (await bring(article_line("a"), now=NOW + 5)).outcomes == {"unchanged": 1}
    assert await articles(content) == exported
    assert exported[0]["withdrawal"] == {**given, "at": "2026-11-20T14:00:00+02:00"}
    await bring(article_line("a", status="published"))
    assert (await articles(content))[0]["withdrawal"] is None
    assert [kind.removeprefix("article.") for kind, _ in (await log())[1:]] == ["published", "withdrawn", "restored"]


async def test_former_slug_redirects_until_reused(bring: ImportLines, client: httpx.AsyncClient) -> None:
    await bring(article_line("a", slug="night-boats"))
    await bring(article_line("a", slug="night-ferries"))
    moved = await client.get("/v1/articles/night-boats", params={"body": "text"})
    assert moved.status_code == 308
    assert moved.headers["location"] == "/v1/articles/night-ferries?body=text"
    await bring(article_line("b", headline="Night boats"))
    assert (await client.get("/v1/articles/night-boats")).status_code == 308, "no headline takes a former slug"
    assert (await bring(article_line("c", slug="night-boats"))).errors == []
    taken = (await client.get("/v1/articles/night-boats")).json()
    assert taken["headline"] == "Story c"


async def test_article_may_return_to_its_former_slug(bring: ImportLines, client: httpx.AsyncClient) -> None:
    for slug in ("night-boats", "night-ferries", "night-boats"):
        await bring(article_line("a", slug=slug))
    assert (await client.get("/v1/articles/night-boats")).status_code == 200
    moved = await client.get("/v1/articles/night-ferries")
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/articles/night-boats")


async def test_released_slug_is_available_to_a_later_line(
    bring: ImportLines, client: httpx.AsyncClient, content: Content
) -> None:
    await bring(article_line("a", slug="boats"), article_line("b", slug="ferries"))
    report = await bring(
        article_line("a", slug="ships"), article_line("b", slug="boats"), article_line("c", slug="ferries")
    )
    assert report.errors == []
    assert [each["slug"] for each in await articles(content)] == ["ships", "boats", "ferries"]
    for slug, headline in (("ships", "Story a"), ("boats", "Story b"), ("ferries", "Story c")):
        assert (await client.get(f"/v1/articles/{slug}")).json()["headline"] == headline


async def test_edited_headline_preserves_the_slug(bring: ImportLines, content: Content) -> None:
    await bring(article_line("a"))
    await bring(article_line("a", headline="Written in other words"))
    assert [each["slug"] for each in await articles(content)] == ["story-a"]


async def test_sixty_equal_headlines_get_distinct_slugs_without_counting(bring: ImportLines, content: Content) -> None:
    lines = [article_line(f"w{n}", headline="Weather for today") for n in range(60)]
    assert (await bring(*lines)).outcomes == {"created": 60}
    slugs = {each["source_id"]: each["slug"] for each in await articles(content)}
    assert len(set(slugs.values())) == 60
    assert slugs.pop("w0") == "weather-for-today"
    assert all(re.fullmatch(r"weather-for-today-[a-z2-7]{5}", slug) for slug in slugs.values())
    await bring(edition_line("uk"))
    some = [dict(line, edition="uk") for line in (lines[0], lines[40], lines[7])]
    await bring(*some)
    theirs = {each["source_id"]: each["slug"] for each in await articles(content) if each["edition"] == "uk"}
    assert {name: theirs[name] for name in ("w40", "w7")} == {name: slugs[name] for name in ("w40", "w7")}


async def test_recommendations_are_earlier_articles_only(bring: ImportLines, client: httpx.AsyncClient) -> None:
    days = {f"d{n}": f"2026-11-0{n}T12:00:00Z" for n in range(1, 8)}
    for source_id in ("d4", "d2", "d6", "d1", "d7", "d3", "d5"):
        await bring(article_line(source_id, published_at=days[source_id], tags=["fog"], section="port"))
    for source_id in days:
        page = (await client.get(f"/v1/articles/story-{source_id}")).json()
        assert all(item["published_at"] < page["published_at"] for item in page["related"]), source_id
    newest = (await client.get("/v1/articles/story-d5")).json()["related"]
    assert [item["headline"] for item in newest] == ["Story d4", "Story d3", "Story d2", "Story d1"]


async def test_recommendations_do_not_depend_on_batches(
    bring: ImportLines, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [article_line(f"d{n}", published_at=f"2026-11-0{n}T12:00:00Z", tags=["fog"]) for n in range(1, 8)]

    async def picks(edition: str) -> list[list[str]]:
        addresses = [f"/v1/articles/story-d{n}/related?edition={edition}" for n in range(1, 8)]
        pages = [(await client.get(address)).json() for address in addresses]
        return [[item["slug"] for item in page["items"]] for page in pages]

    await bring(*lines)
    monkeypatch.setattr(runner, "BATCH", 2)
    await bring(edition_line("uk"), *(dict(line, edition="uk") for line in lines))
    together = await picks("global")
    assert [len(each) for each in together] == [0, 1, 2, 3, 4, 4, 4]
    assert together[6] == ["story-d6", "story-d5", "story-d4", "story-d3"]
    assert await picks("uk") == together


@pytest.mark.parametrize("ending", ["/publication", "/withdrawal", "/bump"])
async def test_new_source_id_that_is_a_path_below_an_article_is_rejected(bring: ImportLines, ending: str) -> None:
    name = f"imp{ending}"
    result = await bring(article_line("before"), article_line(name), article_line("x", id=OTHER_ID))
    assert [number for number, _ in result.errors] == [2]
    assert result.outcomes == {"created": 2}
    assert [number for number, _ in (await bring(article_line(name, id=OTHER_ID))).errors] == [1]
