"""Cards: members that timelines, days, changes and streams have on request, and local times of linked articles."""

from typing import Any

import httpx
import orjson
import pytest

from app.db.database import Database
from app.queries.changes.change_list import list_changes
from app.schemas.article import CardMembers, TimelineItem
from app.schemas.change import ChangedItem
from app.schemas.stream import StreamParams
from tests.conftest import Store, app_of
from tests.pagination import Page, error_locations, get_page
from tests.records import article, author, edition, section
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("edition_kyiv")
CARD = [*CardMembers.__annotations__]
IMAGE = {"url": "https://media.example/fog.jpg", "alt": "Fog over the quay", "width": 1200, "height": 800}
FOG: dict[str, Any] = {
    "source_id": "fog",
    "slug": "fog",
    "headline": "Fog",
    "kicker": "Weather",
    "lead": "Ferries wait.",
    "image": IMAGE,
    "sections": ["city", "coast"],
    "authors": ["ada-moss", "ben-tarn"],
    "access": "free",
    "featured": True,
    "language": "fr",
}


async def fill(store: Store) -> None:
    """Store an article with every member of a card, and one with none."""
    await store(
        *(section(slug, slug.title()) for slug in ("city", "coast")),
        *(author(slug, slug.title(), bio=f"{slug} writes.") for slug in ("ada-moss", "ben-tarn")),
        article("2026-11-20T08:05:00Z", **FOG),
        article("2026-11-19T23:30:00Z", source_id="plain", slug="plain", related=["fog"]),
    )


def items(page: Page) -> list[Page]:
    days = page["days"] if "days" in page else [page["day"]]
    return [item for day in days for item in day["items"]]


async def test_card_members_equal_those_of_article_lists(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    whole = {item["id"]: item for item in (await get_page(client, "/v1/articles"))["items"]}
    for item in (await get_page(client, "/v1/articles?fields=featured,language"))["items"]:
        whole[item["id"]] |= {"featured": item["featured"], "language": item["language"]}
    fields = ",".join(CARD)
    for address in (
        "/v1/timeline",
        "/v1/timeline?limit=1",
        "/v1/timeline/2026-11-20",
        "/v1/timeline?newest_day=2026-11-20",
    ):
        shown = items(await get_page(client, f"{address}{'&' if '?' in address else '?'}fields={fields}"))
        assert shown
        for item in shown:
            assert item == {name: whole[item["id"]][name] for name in ("id", "href", *CARD)}
    [fog] = [item for item in whole.values() if item["slug"] == "fog"]
    assert [each["slug"] for each in fog["sections"]] == ["city", "coast"]
    assert [each["slug"] for each in fog["authors"]] == ["ada-moss", "ben-tarn"]


async def test_items_have_no_card_members_by_default(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    for address in ("/v1/timeline", "/v1/timeline/2026-11-20", "/v1/timeline?section=city"):
        for item in items(await get_page(client, address)):
            assert [*item] == [*TimelineItem.__annotations__]
    [item] = items(await get_page(client, "/v1/timeline?section=city&fields=lead,headline,authors"))
    assert [*item] == ["id", "href", "headline", "lead", "authors"]
    assert error_locations(await get_page(client, "/v1/timeline", 422, fields="body")) == ["fields"]


async def test_local_time_of_a_card_is_in_the_zone_of_the_response(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    for address, date, time in (
        ("/v1/timeline?fields=local,time", "2026-11-20", "01:30"),
        ("/v1/timeline?fields=local,time&tz=America/New_York", "2026-11-19", "18:30"),
    ):
        page = await get_page(client, address)
        item, day = items(page)[-1], page["days"][-1]
        local = item["local"]
        assert (local["date"], local["time"], item["time"]) == (date, time, time)
        assert {name: local[name] for name in day["heading"]} == day["heading"]


async def test_cards_run_one_statement_more_for_authors_and_for_sections(
    client: httpx.AsyncClient, store: Store
) -> None:
    await fill(store)
    await store(*(article("2026-11-20T07:00:00Z", **{**FOG, "source_id": f"{n}", "slug": None}) for n in range(12)))
    await get_page(client, "/v1/articles")  # the log follower reads the changes
    paths = {"/v1/timeline?section=city": (1, 10), "/v1/changes?section=city": (20, 40)}
    for path, limits in paths.items():
        for fields, more in (("lead,image,local,featured,access,kicker", 0), ("authors", 1), ("sections,authors", 2)):
            for limit in limits:
                counts = []
                for named in ("headline", fields):
                    app_of(0)[0].state.services.store.clear()
                    with counted() as statements:
                        await get_page(client, f"{path}&limit={limit}&fields={named}")
                    counts.append(len(statements))
                assert counts[1] == counts[0] + more, (path, fields)
                assert counts[0] > 0


async def test_cards_follow_changes_of_their_entries_and_texts(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    address = f"/v1/timeline?fields={','.join(CARD)}"
    await get_page(client, address)
    await store(author("ben-tarn", "Benjamin Tarn"))
    [fog, _] = items(await get_page(client, address))
    assert fog["authors"][1]["name"] == "Benjamin Tarn"
    await store(section("coast", "Shore"))
    [fog, _] = items(await get_page(client, address))
    assert fog["sections"][1]["name"] == "Shore"
    await store(article("2026-11-20T08:05:00Z", **{**FOG, "lead": "Ferries sail.", "featured": False}))
    [fog, _] = items(await get_page(client, address))
    assert (fog["lead"], fog["featured"]) == ("Ferries sail.", False)
    await store(edition(language="uk"))
    [fog, _] = items(await get_page(client, address))
    assert fog["local"]["day"] == "20 листопада"


async def test_changes_have_the_local_time_and_the_heading_of_the_day(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    for query in ("", "&tz=America/New_York", "&edition=*", "&edition=*&tz=Pacific/Apia"):
        page = await get_page(client, f"/v1/changes?since=0{query}")
        zone = f"?tz={query.partition('tz=')[2]}" if "tz=" in query else ""
        headings = {
            item["id"]: (day["date"], day["heading"])
            for day in (await get_page(client, f"/v1/timeline{zone}"))["days"]
            for item in day["items"]
        }
        shown = [item["article"] for item in page["items"] if item["article"] is not None]
        assert len(shown) == 2
        for item in shown:
            assert [*item] == [*ChangedItem.__annotations__][-2:] or {*item} == {
                *TimelineItem.__annotations__,
                "local",
                "heading",
            }
            assert (item["local"]["date"], item["heading"]) == headings[item["id"]]
            assert item["local"]["time"] == item["time"]


async def test_changes_and_streams_take_card_fields(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    await fill(store)
    fields = "headline,authors,sections,lead,heading"
    page = await get_page(client, f"/v1/changes?since=0&fields={fields}")
    shown = [item["article"] for item in page["items"] if item["article"] is not None]
    [fog] = [item for item in shown if item["headline"] == "Fog"]
    assert [*fog] == ["id", "href", "headline", "lead", "sections", "authors", "heading"]
    streamed = StreamParams.model_validate({"fields": [fields]}).changes()
    read = await database.read(list_changes, streamed)
    assert orjson.loads(orjson.dumps(read["items"])) == page["items"]


@pytest.mark.parametrize("fields", ["time,headline", "headline,heading", "local"])
async def test_newer_items_have_what_puts_them_under_their_day(
    client: httpx.AsyncClient, store: Store, fields: str
) -> None:
    await fill(store)
    page = await get_page(client, f"/v1/timeline?fields={fields}")
    await store(article("2026-11-18T08:00:00Z", source_id="new", slug="new", headline="New"))
    changes = await get_page(client, page["newer"]["href"])
    [new] = [item["article"] for item in changes["items"]]
    assert {*new} == {"id", "href", *fields.split(","), "heading", "local"}
    day = (await get_page(client, "/v1/timeline"))["days"][-1]
    assert (new["local"]["date"], new["heading"]) == (day["date"], day["heading"])
    whole = await get_page(client, "/v1/timeline")
    assert "fields" not in whole["newer"]["href"]


async def test_items_of_a_timeline_have_the_heading_of_their_day_on_request(
    client: httpx.AsyncClient, store: Store
) -> None:
    await fill(store)
    for address in ("timeline?fields=heading,lead", "timeline?fields=heading", "timeline/2026-11-20?fields=heading"):
        page = await get_page(client, f"/v1/{address}")
        for day in page["days"] if "days" in page else [page["day"]]:
            assert day["items"]
            assert all(item["heading"] == day["heading"] for item in day["items"])


async def test_ids_cannot_be_combined_with_a_newest_day(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    [fog, _] = items(await get_page(client, "/v1/timeline"))
    address = f"/v1/timeline?id={fog['id']}&newest_day=2026-11-19"
    assert error_locations(await get_page(client, address, 422)) == ["newest_day"]


async def test_related_and_neighbours_have_the_local_time(client: httpx.AsyncClient, store: Store) -> None:
    await fill(store)
    page = await get_page(client, "/v1/articles/plain")
    fog = await get_page(client, "/v1/articles/fog")
    [related] = page["related"]
    assert related["local"] == fog["local"]
    assert page["neighbours"]["next"]["local"] == fog["local"]
    assert fog["neighbours"]["previous"]["local"] == page["local"]
    assert (await get_page(client, "/v1/articles/plain/related"))["items"] == [related]
