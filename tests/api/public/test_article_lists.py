"""Lists of articles over HTTP: every filter compared with a count in Python, ranges, ids, members, editions."""

from random import Random

import httpx
import pytest

from tests.archive import AUTHORS, ids_of, make_archive, matching, newest_first, random_filters
from tests.conftest import Store
from tests.pagination import error_locations, follow_pages, get_page, join_pages
from tests.records import article, edition

pytestmark = pytest.mark.usefixtures("edition_kyiv")
LISTS = ("/v1/timeline", "/v1/articles")


async def headlines(client: httpx.AsyncClient, address: str, **requested: object) -> list[str]:
    """Return the headlines of a list, whatever the form of its items."""
    page = await get_page(client, address, **requested)
    items = page["items"] if "items" in page else [item for day in page["days"] for item in day["items"]]
    return [item["headline"] for item in items]


async def test_filters_combine_repeats_by_or_and_names_by_and(client: httpx.AsyncClient, store: Store) -> None:
    filed, random = make_archive(300, seed=81), Random(82)
    await store(*(each.record for each in filed))
    sizes = set()
    for _ in range(18):
        names = random_filters(random)
        expected = [each.id for each in matching(filed, **names)]
        sizes.add(len(expected))
        requested = {**names, "limit": random.choice((23, 60, 200))}
        articles = await follow_pages(client, "/v1/articles", **requested)
        assert [found for page in articles for found in ids_of(page)] == expected
        days = join_pages(await follow_pages(client, "/v1/timeline", **requested))
        assert [item["id"] for day in days for item in day["items"]] == expected
    assert len(sizes) > 8, "the requests are too similar"


async def test_articles_of_an_entry_accept_every_filter(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(200, seed=83)
    await store(*(each.record for each in filed))
    for path, names in (
        ("/v1/sections/city/articles", {"section": ["city"]}),
        ("/v1/tags/rare/articles", {"tag": ["rare"]}),
        ("/v1/authors/ada-moss/articles", {"author": ["ada-moss"]}),
    ):
        for more in ({}, {"label": ["opinion", "updated"]}):
            pages = await follow_pages(client, path, limit=7, **more)
            assert [found for page in pages for found in ids_of(page)] == [
                e.id for e in matching(filed, **names, **more)
            ]
            assert all(page["next"]["href"].startswith(f"{path}?") for page in pages[:-1])
    both = await follow_pages(client, "/v1/authors/ada-moss/articles", author=AUTHORS[1])
    expected = [each.id for each in filed if {"ada-moss", AUTHORS[1]} <= set(each.record.authors)]
    assert [found for page in both for found in ids_of(page)] == expected
    assert (await get_page(client, "/v1/tags/nobody-knows-it/articles", 404))["type"] == "/problems/not-found"


async def test_unknown_filter_value_is_empty_and_unknown_edition_404(client: httpx.AsyncClient, store: Store) -> None:
    await store(article(section="city"))
    for path in LISTS:
        for name in ("section", "tag", "author", "label"):
            page = await get_page(client, path, **{name: "nobody-knows-it"})
            assert (ids_of(page), page["next"]) == ([], None)
        assert ids_of(await get_page(client, f"{path}?section=nobody-knows-it&section=city"))
        assert (await get_page(client, path, 404, edition="nowhere"))["type"] == "/problems/not-found"
        assert error_locations(await get_page(client, path, 422, colour="red")) == ["colour"]


async def test_many_filter_values_combine_up_to_a_limit(client: httpx.AsyncClient, store: Store) -> None:
    names = [f"n{n}" for n in range(50)]
    await store(article(tags=names, authors=names, section="city", label="opinion"))
    await store(*(article(source_id=name, section=name, label=name) for name in names))
    for path in LISTS:
        assert len(ids_of(await get_page(client, path, tag=names[:15], author=names[-15:]))) == 1
        assert len(ids_of(await get_page(client, path, tag=names, section="city", label="opinion"))) == 1
        for requested in ({"tag": names, "author": names}, dict.fromkeys(("tag", "author", "section", "label"), names)):
            assert set(error_locations(await get_page(client, path, 422, **requested))) < {
                "tag",
                "author",
                "section",
                "label",
            }
        assert error_locations(await get_page(client, path, 422, tag=[*names, "n50"])) == ["tag"]


async def test_from_and_to_are_half_open_to_the_microsecond(client: httpx.AsyncClient, store: Store) -> None:
    instants = [
        "2026-11-17T21:59:59.999999Z",  # the last of the 17th in Kyiv
        "2026-11-17T22:00:00Z",
        "2026-11-18T10:00:00.000001Z",
        "2026-11-18T21:59:59.999999Z",
        "2026-11-18T22:00:00Z",
    ]
    await store(*(article(instant, headline=str(n)) for n, instant in enumerate(instants)))
    for path in LISTS:
        for start, end, expected in (
            ("2026-11-18", "2026-11-19", ["3", "2", "1"]),
            ("2026-11-18", None, ["4", "3", "2", "1"]),
            (None, "2026-11-18", ["0"]),
            ("2026-11-18T12:00:00.000001+02:00", "2026-11-18T21:59:59.999999Z", ["2"]),
            ("2026-11-18T10:00:00.000002Z", "2026-11-18T22:00:00Z", ["3"]),
            ("2026-11-18t10:00:00.000002z", "2026-11-19", ["3"]),
            ("2026-11-19", "2026-11-18", []),
            ("1000-01-01", "9998-12-31", ["4", "3", "2", "1", "0"]),
        ):
            requested = {name: value for name, value in (("from", start), ("to", end)) if value}
            assert await headlines(client, path, **requested) == expected
            assert await headlines(client, path, limit=1, **requested) == expected[:1]


async def test_local_dates_follow_tz_and_a_blank_is_read_as_plus(client: httpx.AsyncClient, store: Store) -> None:
    await store(article("2026-11-17T22:30:00Z"), article("2026-11-18T06:00:00Z", headline="later"))
    assert await headlines(client, "/v1/timeline", tz="America/New_York", **{"from": "2026-11-18"}) == ["later"]
    blank_for_plus = ("+02:00", "%2B02:00", "%2002:00", "+0200", "%2B0200", "%200200")
    for text in (*(f"2026-11-18T02:00:00{offset}" for offset in blank_for_plus), "2026-11-17T24:00:00Z"):
        for path in LISTS:
            assert await headlines(client, f"{path}?from={text}") == ["later"]


async def test_invalid_instant_is_rejected(client: httpx.AsyncClient) -> None:
    for path in LISTS:
        for name in ("from", "to"):
            for text in (
                "",
                "today",
                "2026-11",
                "0999-12-31",
                "9999-01-01",
                "2026-11-18T10:00:00",
                "2026-11-18T10:00Z",
                "2026-11-18T24:00:01Z",
                "2026-11-18T10:00:60Z",
                "9999-01-01T00:00:00Z",
                "2026-11-18T10:00:00.1234567Z",
            ):
                assert error_locations(await get_page(client, path, 422, **{name: text})) == [name]
        assert error_locations(await get_page(client, f"{path}?from=2026-11-18&from=2026-11-19", 422)) == ["from"]


async def test_exclude_accepts_ids_and_slugs_with_full_pages(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(60, seed=84)
    await store(*(each.record for each in filed))
    gone = [filed[0], filed[3], filed[4], filed[20], filed[59]]
    texts = [gone[0].id, gone[1].record.slug, gone[2].id, gone[3].record.slug, gone[4].id, "no-such", gone[2].id]
    expected = [each.id for each in filed if each not in gone]
    for path in LISTS:
        for limit in (1, 10, 200):
            pages = await follow_pages(client, path, limit=limit, exclude=texts)
            assert [found for page in pages for found in ids_of(page)] == expected
            assert all(len(ids_of(page)) == limit for page in pages[:-1])
        assert error_locations(await get_page(client, path, 422, exclude=[filed[0].id] * 101)) == ["exclude"]


async def test_list_by_id_preserves_the_order_except_on_the_timeline(client: httpx.AsyncClient, store: Store) -> None:
    filed = make_archive(130, seed=85)
    await store(*(each.record for each in filed), article(None, id="0000000000001", source_id="draft"))
    wanted = Random(86).sample(filed, 100)
    ids = [each.id for each in wanted]
    assert ids_of(await get_page(client, "/v1/articles", id=ids)) == ids
    assert ids_of(await get_page(client, "/v1/timeline", id=ids)) == [each.id for each in newest_first(wanted)]
    few = [ids[3], "0000000000000", ids[1], "0000000000001", ids[2], ids[3]]
    for path in LISTS:
        page = await get_page(client, path, id=few)
        assert page["next"] is None
        assert sorted(ids_of(page)) == sorted([ids[3], ids[1], ids[2]])
        assert ids_of(await get_page(client, path, id=ids, tag="rare")) == [
            each.id for each in matching(wanted if path == LISTS[1] else newest_first(wanted), tag=["rare"])
        ]
        for text in ("x", "", "0000000000001x", "story-1", ids[0].upper()):
            assert set(error_locations(await get_page(client, path, 422, id=[ids[0], text]))) == {"id"}
            assert set(error_locations(await get_page(client, path, 422, id=text))) == {"id"}
        assert error_locations(await get_page(client, path, 422, id=[*ids, filed[0].id, "0000000000000"])) == ["id"]
        cursor = (await get_page(client, path, limit=1))["next"]["cursor"]
        assert set(error_locations(await get_page(client, path, 422, id=ids[:2], cursor=cursor))) <= {"id", "cursor"}
    assert ids_of(await get_page(client, "/v1/articles", id=few)) == [ids[3], ids[1], ids[2]]


async def test_fields_select_members_and_include_id_and_href(client: httpx.AsyncClient, store: Store) -> None:
    await store(article(tags=["trams"], label="opinion", section="city"))
    whole = (await get_page(client, "/v1/timeline"))["days"][0]["items"][0]
    assert list(whole) == [
        *("id", "href", "url", "slug", "time", "published_at", "updated_at", "label", "headline", "section", "version")
    ]
    for path in LISTS:
        for requested, names in (
            (["time", "headline"] if "timeline" in path else ["lead", "headline"], None),
            (["headline,label"], {"headline", "label"}),
            (["id"], set()),
        ):
            page = await get_page(client, path, fields=requested)
            (item,) = page["items"] if "items" in page else page["days"][0]["items"]
            assert set(item) == {"id", "href"} | (set(requested) if names is None else names)
        assert error_locations(await get_page(client, path, 422, fields="colour")) == ["fields"]
    day = await get_page(client, "/v1/timeline/2026-11-20", fields="time")
    assert set(day["day"]["items"][0]) == {"id", "href", "time"}


async def test_list_items_omit_body_and_page_members(client: httpx.AsyncClient, store: Store) -> None:
    await store(article(body=[{"type": "paragraph", "text": "Quiet."}]))
    (item,) = (await get_page(client, "/v1/articles"))["items"]
    assert not {"body", "related", "neighbours", "alternates"} & set(item)
    (item,) = (await get_page(client, "/v1/articles", body="text"))["items"]
    assert item["body"] == "Quiet."
    assert error_locations(await get_page(client, "/v1/articles", 422, body="blocks", limit=51)) == ["limit"]
    await get_page(client, "/v1/articles", body="blocks", limit=50)
    for path in ("/v1/timeline", "/v1/timeline/2026-11-20"):
        assert error_locations(await get_page(client, path, 422, body="text")) == ["body"]


async def test_lists_are_scoped_by_edition_or_span_all(client: httpx.AsyncClient, store: Store) -> None:
    ours, theirs = make_archive(80, seed=87), make_archive(70, seed=88, edition="harbour")
    await store(edition("harbour", timezone="Asia/Tokyo", default=False))
    await store(*(each.record for each in ours), *(each.record for each in theirs))
    for requested, expected in (({}, ours), ({"edition": "global"}, ours), ({"edition": "harbour"}, theirs)):
        for path in LISTS:
            pages = await follow_pages(client, path, limit=33, **requested)
            assert [found for page in pages for found in ids_of(page)] == [each.id for each in expected]
    together = newest_first([*ours, *theirs])
    for names in ({}, {"section": ["city", "coast"]}, {"tag": ["trams"], "section": ["sport"]}):
        pages = await follow_pages(client, "/v1/articles", edition="*", limit=33, **names)
        assert [found for page in pages for found in ids_of(page)] == [each.id for each in matching(together, **names)]
    item = next(i for i in (await get_page(client, "/v1/articles", edition="*"))["items"] if i["edition"] == "harbour")
    assert item["published_at"].endswith("+09:00")
    for path in ("/v1/tags", "/v1/authors", "/v1/articles/no-such-slug"):
        assert error_locations(await get_page(client, path, 422, edition="*")) == ["edition"]


async def test_unpublished_articles_are_in_no_list(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article(None, source_id="draft", tags=["t"]),
        article("2026-11-20T12:00:00.000001Z", source_id="later", tags=["t"]),
        article("2026-11-19T12:00:00Z", source_id="gone", tags=["t"]),
        article("2026-11-20T12:00:00Z", source_id="now", tags=["t"]),
    )
    await store(article("2026-11-19T12:00:00Z", source_id="gone", tags=["t"], status="withdrawn"))
    for path in (*LISTS, "/v1/tags/t/articles"):
        assert await headlines(client, path) == ["Story now"]
        assert await headlines(client, path, tag="t") == ["Story now"]
    listed = await get_page(client, "/v1/timeline/calendar")
    assert [(day["date"], day["total"]) for day in listed["days"]] == [("2026-11-20", 1)]
    assert (await get_page(client, "/v1/timeline/2026-11-19"))["day"]["items"] == []


async def test_expiry_is_a_member_of_items_on_request(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article(source_id="a", expires_at="2026-12-01T00:00:00+02:00"), article(source_id="b"))
    listed = await get_page(client, "/v1/articles", fields="expires_at")
    assert [each["expires_at"] for each in listed["items"]] == [None, "2026-12-01T00:00:00.000000+02:00"]
    plain = await get_page(client, "/v1/articles")
    assert "expires_at" not in plain["items"][0]
