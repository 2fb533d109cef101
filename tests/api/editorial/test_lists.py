"""Editorial list: drafts included, with every filter, the latest saved first, paged exactly."""

import random

import pytest

from app import clock
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

MADE: list[Json] = [
    {"source_id": "d1", "section": "city", "tags": ["trams"]},
    {"source_id": "d2", "tags": ["only-drafts"], "label": "opinion", "status": "draft", "published_at": YESTERDAY},
    {"source_id": "s1", "published_at": TOMORROW, "section": "world", "authors": ["oleh-raida"]},
    {"source_id": "p1", "published_at": TODAY, "section": "city", "tags": ["fog"], "authors": ["iryna-dovhan"]},
    {"source_id": "p2", "published_at": YESTERDAY, "tags": ["trams", "fog"], "label": "exclusive"},
    {"source_id": "w1", "published_at": YESTERDAY, "section": "city", "slug": "taken-back"},
    {"source_id": "ua1", "edition": "ua", "section": "kultura", "tags": ["trams"]},
]
FILTERS: list[tuple[str, str]] = [
    ("", "w1 p2 p1 s1 d2 d1"),
    ("status=draft", "d2 d1"),
    ("status=scheduled", "s1"),
    ("status=published", "p2 p1"),
    ("status=withdrawn", "w1"),
    ("status=draft&status=withdrawn", "w1 d2 d1"),
    ("status=draft&status=withdrawn&status=draft", "w1 d2 d1"),
    ("section=city", "w1 p1 d1"),
    ("section=city&section=world", "w1 p1 s1 d1"),
    ("section=kultura", ""),
    ("tag=trams", "p2 d1"),
    ("tag=trams&tag=fog", "p2 p1 d1"),
    ("tag=only-drafts", "d2"),
    ("tag=no-such-tag", ""),
    ("author=oleh-raida", "s1"),
    ("author=oleh-raida&author=iryna-dovhan", "p1 s1"),
    ("label=opinion", "d2"),
    ("label=opinion&label=exclusive", "p2 d2"),
    ("tag=trams&section=city", "d1"),
    ("tag=trams&section=city&status=published", ""),
    (f"from={TODAY}", "p1 s1"),
    ("from=2026-11-20", "p1 s1"),
    (f"to={TODAY}", "w1 p2 d2"),
    ("from=2026-11-19&to=2026-11-20", "w1 p2 d2"),
    ("from=2026-11-20&status=draft", ""),
    ("exclude=taken-back&exclude=story-p1", "p2 s1 d2 d1"),
    ("edition=global&status=draft", "d2 d1"),
    ("edition=ua", "ua1"),
    ("edition=*", "ua1 w1 p2 p1 s1 d2 d1"),
    ("edition=*&tag=trams", "ua1 p2 d1"),
    ("edition=*&section=kultura&section=city", "ua1 w1 p1 d1"),
]


@pytest.fixture
async def filed(desk: Desk) -> dict[str, Json]:
    """Create the articles, each saved a second after the one before."""
    made = {}
    for number, members in enumerate(MADE):
        with clock.frozen(NOW + number * SECOND_US):
            article = await desk.make(**members)
            if members["source_id"].startswith("w"):
                article = await desk.withdraw(article)
        made[members["source_id"]] = article
    return made


async def names(desk: Desk, query: str) -> str:
    items = (await desk.done("GET", f"/articles?{query}"))["items"]
    return " ".join(item["source_id"] for item in items)


async def test_editorial_filters_return_latest_saved_first(desk: Desk, filed: dict[str, Json]) -> None:
    for query, expected in FILTERS:
        assert await names(desk, query) == expected, query
    for source_id in ("s1", "d1"):
        assert await names(desk, f"exclude={filed[source_id]['id']}") == " ".join(
            each for each in ("w1", "p2", "p1", "s1", "d2", "d1") if each != source_id
        )
    with clock.frozen(NOW + 60 * SECOND_US):
        await desk.edit(filed["d2"], {"lead": "A"})
        await desk.publish(filed["s1"])
    assert await names(desk, "limit=3") == "s1 d2 w1"


async def test_editorial_list_by_id_preserves_the_order(desk: Desk, filed: dict[str, Json]) -> None:
    wanted = [filed[name]["id"] for name in ("p1", "d1", "w1", "p1")]
    query = "&".join(f"id={each}" for each in (*wanted, "0677y7hzc3m1d"))
    assert await names(desk, query) == "p1 d1 w1"
    assert await names(desk, f"{query}&status=draft") == "d1"
    assert "cursor" in wrong(await desk.send("GET", f"/articles?{query}&cursor=a"))


async def test_editorial_item_omits_the_text(desk: Desk, filed: dict[str, Json]) -> None:
    items = (await desk.done("GET", "/articles?edition=*"))["items"]
    whole = {article["id"]: article for article in [await desk.read(each) for each in filed.values()]}
    for item in items:
        article = whole[item["id"]]
        assert item == {
            name: article[name]
            for name in article
            if name not in {"related", "extra", "body", "notes", "old_slugs", "aliases", "former_urls", "translations"}
        }
    chosen = (await desk.done("GET", "/articles?fields=status,revision&limit=1"))["items"][0]
    assert chosen.keys() == {"id", "href", "status", "revision"}


async def test_invalid_parameters_are_named(desk: Desk) -> None:
    for query, where in (
        ("status=gone", "status.0"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("bogus=1", "bogus"),
        ("body=html", "body"),
        ("fields=body", "fields"),
        ("from=yesterday", "from"),
        ("id=not-an-id", "id"),
    ):
        assert next(iter(wrong(await desk.send("GET", f"/articles?{query}")))).split(".")[0] == where.split(".")[0]
    check_problem(await desk.send("GET", "/articles?edition=atlantis"), "not-found")
    check_problem(await desk.send("GET", "/articles?cursor=torn"), "cursor-invalid")


async def walk(desk: Desk, query: str, *, between: object = None) -> list[str]:
    """Return every id of a list, page by page; `narrowed` pages examine few articles."""
    found: list[str] = []
    address: str | None = f"/articles?{query}"
    while address is not None:
        response = await desk.send("GET", address)
        page = response.json()
        found += [item["id"] for item in page["items"]]
        following = page["next"]
        assert response.headers.get("link") == (following and f'<{following["href"]}>; rel="next"')
        address = following and following["href"].removeprefix("/v1/editorial")
        if callable(between):
            await between()
    return found


async def test_editorial_pages_join_for_any_limit(desk: Desk, filed: dict[str, Json]) -> None:
    for _ in range(3):  # several of the same instant
        await desk.make(headline="Same moment", status="draft", published_at=YESTERDAY)
    for query in ("edition=*", "status=draft&edition=*", "tag=trams&edition=*", "section=city", ""):
        whole = await walk(desk, f"{query}&limit=200")
        for limit in (1, 2, 3, len(whole) or 1):
            assert await walk(desk, f"{query}&limit={limit}") == whole
    assert len(filed) + 3 == len(await walk(desk, "edition=*&limit=1"))


async def test_editorial_pages_are_exact_during_concurrent_writes(desk: Desk) -> None:
    dice = random.Random(20)
    made = []
    for number in range(16):
        with clock.frozen(NOW - (number // 3) * SECOND_US):
            made.append(await desk.make(source_id=str(number)))
    saved: set[str] = set()
    moment = NOW

    async def save() -> None:
        nonlocal moment
        moment += SECOND_US
        with clock.frozen(moment):
            chosen = dice.choice(made)
            await desk.edit(chosen, {"lead": str(moment)})
            await desk.make(source_id=f"new-{moment}")
        saved.add(chosen["id"])

    found = await walk(desk, "limit=3", between=save)
    assert len(found) == len(set(found))
    assert {each["id"] for each in made} - saved <= set(found)
    assert set(found) <= {each["id"] for each in made}


async def test_editorial_cursor_is_bound_to_its_filters(desk: Desk, filed: dict[str, Json]) -> None:
    assert filed
    ours = (await desk.done("GET", "/articles?limit=1"))["next"]["cursor"]
    public = (await desk.client.get("/v1/articles?limit=1")).json()["next"]["cursor"]
    timeline = (await desk.client.get("/v1/timeline?limit=1")).json()["next"]["cursor"]
    saves = (await desk.done("GET", f"/articles/{filed['w1']['id']}/revisions?limit=1"))["next"]["cursor"]
    for query in ("status=draft", "tag=trams", "edition=ua", "edition=*", "from=2026-11-19", "exclude=a"):
        check_problem(await desk.send("GET", f"/articles?{query}&cursor={ours}"), "cursor-mismatch")
    for other in (public, timeline, saves):
        response = await desk.send("GET", f"/articles?cursor={other}")
        assert response.json()["type"] in {"/problems/cursor-mismatch", "/problems/cursor-invalid"}
    for address in ("/v1/articles", "/v1/timeline", "/v1/changes"):
        response = await desk.client.get(f"{address}?cursor={ours}")
        assert (response.status_code, response.json()["type"].startswith("/problems/cursor")) == (400, True)
    assert (await desk.send("GET", f"/articles?limit=5&fields=slug&cursor={ours}")).status_code == 200


async def test_editorial_cursor_ignores_the_order_of_repeats(desk: Desk, filed: dict[str, Json]) -> None:
    assert filed
    page = await desk.done("GET", f"/articles?status={ArticleStatus.DRAFT}&status={ArticleStatus.PUBLISHED}&limit=1")
    statuses = f"status={ArticleStatus.PUBLISHED}&status={ArticleStatus.DRAFT}"
    turned = f"/articles?{statuses}&limit=9&cursor={page['next']['cursor']}"
    assert [item["source_id"] for item in (await desk.done("GET", turned))["items"]] == ["p1", "d2", "d1"]
