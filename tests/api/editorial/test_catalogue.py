"""Editions, sections, tags, labels and authors: created, edited, and shown by every response that depends on them."""

from typing import Any

import pytest

from app import clock
from app.domain.instant import SECOND_US
from app.schemas.types import MAX_LANGUAGES, MAX_STRINGS
from tests.api.editorial.editor_client import EDITORIAL, TODAY, Desk, Json, saved, wrong
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

IMAGE: Json = {
    "url": "https://media.courier.example/lamp.png",
    "alt": "A lamp",
    "caption": None,
    "credit": None,
    "width": 640,
    "height": 640,
    "renditions": [],
    "licence": None,
    "focal_point": None,
    "asset_id": None,
}
AT = "2026-11-20T12:00:00.000000+00:00"
KINDS: dict[str, tuple[Json, Json]] = {
    "editions": (
        {
            "slug": "harbour",
            "name": "The Harbour",
            "language": "en-GB",
            "timezone": "Europe/Kyiv",
            "site_url": "https://harbour.example",
            "article_url": None,
            "section_url": "{site_url}/section/{slug}",
            "tag_url": None,
            "author_url": "{site_url}/by/{slug}",
            "preview_url": "{site_url}/preview/{id}?token={token}",
            "logo": IMAGE,
            "icon": None,
            "section_fallback": "news",
            "slug_style": "unicode",
            "former_article_urls": [],
            "default": False,
            "feed_content": "full",
            "expiry_notice": None,
            "strings": {"motto": "Fair"},
        },
        {"name": "The Harbour Post", "timezone": "Europe/London", "strings": {"motto": None, "more_news": "More"}},
    ),
    "sections": (
        {
            "edition": "global",
            "slug": "sport",
            "former_slugs": [],
            "name": "Sport",
            "parent": None,
            "position": 3,
            "description": "Games and those who play them.",
            "image": IMAGE,
            "hidden": False,
        },
        {"name": "Sports", "position": None, "hidden": True},
    ),
    "tags": (
        {
            "slug": "night",
            "former_slugs": [],
            "name": "Night",
            "tag_type": "topic",
            "description": None,
            "codes": [{"scheme": "wikidata", "code": "Q575"}],
            "aliases": ["After dark"],
        },
        {"name": "By night", "tag_type": "other", "aliases": []},
    ),
    "authors": (
        {
            "slug": "mila-stroi",
            "former_slugs": [],
            "name": "Mila Stroi",
            "author_type": "person",
            "role": "reporter",
            "bio": None,
            "bios": {"uk": "Міла пише."},
            "image": None,
            "url": "https://stroi.example",
            "email": "mila@courier.example",
            "links": [{"url": "https://social.example/@mila", "name": "Mastodon"}],
        },
        {
            "name": "Mila Stroi-Dovhan",
            "role": None,
            "bio": "Mila writes about ships.",
            "bios": {"uk": None},
            "links": [],
        },
    ),
    "labels": (
        {
            "code": "analysis",
            "former_codes": [],
            "text": "Analysis",
            "texts": {"uk": "Аналіз"},
            "disclaimer": None,
            "disclaimers": {},
            "genre": "analysis",
            "hidden": False,
        },
        {"text": "ANALYSIS", "texts": {"uk": None, "de": "Analyse"}, "genre": None},
    ),
}


WHILE_USED = {"tags", "authors"}
"""Kinds that the public sees while a public article names them."""


def name_of(entry: Json) -> str:
    return str(entry.get("code", entry.get("slug")))


async def test_entry_is_created_read_and_edited(desk: Desk) -> None:
    for kind, (given, patch) in KINDS.items():
        await check_life(desk, kind, given, patch)


async def check_life(desk: Desk, kind: str, given: Json, patch: Json) -> None:
    """Check that an entry is created once, read, and edited from the revision that was read."""
    response = await desk.send("POST", f"/{kind}", given)
    made = saved(response)
    listed = kind not in WHILE_USED
    query = "?edition=global" if kind == "sections" and "edition" in made["href"] else ""
    assert (response.status_code, response.headers["etag"], response.headers["location"]) == (201, '"1"', made["href"])
    assert made["href"] == f"{EDITORIAL}/{kind}/{name_of(given)}{query}"
    assert made == {**given, "href": made["href"], "revision": 1, "modified_at": AT, "listed": listed}
    here = made["href"].removeprefix(EDITORIAL)
    read = await desk.send("GET", here)
    assert (read.json(), read.headers["etag"]) == (made, '"1"')
    check_problem(await desk.send("POST", f"/{kind}", given), "conflict")
    check_problem(await desk.send("PATCH", here, patch, if_match='"2"'), "precondition-failed")
    with clock.frozen(NOW + SECOND_US):
        edited = await desk.send("PATCH", here, patch, if_match='"1"')
        assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
        now = saved(edited)
        later = {"revision": 2, "modified_at": "2026-11-20T12:00:01.000000+00:00"}
        expected = merged(made, patch) | later | {"listed": listed and not patch.get("hidden")}
        if kind == "editions":  # the patch changes the zone of dates in URLs
            former = {name: given[name] for name in ("site_url", "article_url", "timezone", "section_fallback")}
            expected["former_article_urls"] = [{"until": "2026-11-20T14:00:01.000000+02:00", **former}]
        assert now == expected
        assert await desk.done("PATCH", here, patch) == now
        assert await desk.done("PATCH", here, {}, if_match="*") == now
        assert await desk.done("PATCH", here, now) == now
    assert await desk.done("GET", here) == now


def merged(entry: Json, patch: Json) -> Json:
    """Apply the patch to these entries without the code under test: one level of objects."""
    after = dict(entry)
    for name, value in patch.items():
        if isinstance(value, dict):
            together = {**entry[name], **value}
            after[name] = {key: each for key, each in together.items() if each is not None}
        else:
            after[name] = value
    return after


@pytest.mark.parametrize(
    ("path", "member", "most"), [("/labels/opinion", "texts", MAX_LANGUAGES), ("/editions/ua", "strings", MAX_STRINGS)]
)
async def test_maps_beyond_their_bound_are_refused(desk: Desk, path: str, member: str, most: int) -> None:
    def entries(prefix: str, number: int) -> Json:
        return {f"{prefix}{place:04}": "Note" for place in range(number)}

    prefix = "en-x-a" if member == "texts" else "own_"
    problem = check_problem(
        await desk.send("PATCH", path, {member: entries(prefix, most + 1)}, if_match="*"), "invalid-input"
    )
    assert problem["errors"] == [{"where": member, "message": f"Must have at most {most:,} entries."}]
    present = (await desk.done("GET", path))[member]
    await desk.done("PATCH", path, {member: entries(prefix, most - len(present))}, if_match="*")
    problem = check_problem(
        await desk.send("PATCH", path, {member: {f"{prefix}zz": "More"}}, if_match="*"), "invalid-input"
    )
    assert problem["errors"] == [{"where": member, "message": f"Must have at most {most:,} entries."}]


async def test_entry_name_is_immutable_and_invalid_members_are_named(desk: Desk) -> None:
    for kind, (given, _) in KINDS.items():
        await check_refusals(desk, kind, given)


async def check_refusals(desk: Desk, kind: str, given: Json) -> None:
    """Check that invalid changes of identity and members are refused."""
    made = await desk.done("POST", f"/{kind}", given)
    here = made["href"].removeprefix(EDITORIAL)
    known_by = "code" if kind == "labels" else "slug"
    line = "text" if kind == "labels" else "name"
    refused: list[tuple[Json, str]] = [
        ({known_by: "another" if kind == "editions" else "Another"}, known_by),
        ({"kind": "article"}, "kind"),
        ({line: None}, line),
        ({line: " "}, line),
        ({line: ["A"]}, line),
        ({"bogus": 1}, "bogus"),
        ({"revision": 9}, "revision"),
        ({"listed": not made["listed"]}, "listed"),
    ]
    if kind == "sections":
        refused.append(({"edition": "ua"}, "edition"))
    if kind == "editions":
        refused += [({"timezone": "Atlantis/City"}, "timezone"), ({"site_url": "javascript:alert(1)"}, "site_url")]
        refused += [({"site_url": f"https://harbour.example/{end}"}, "site_url") for end in ("?", "?a=1", "#a")]
        refused += [({"article_url": "{site_url}/news"}, "article_url"), ({"language": "not a tag"}, "language")]
    for patch, where in refused:
        assert list(wrong(await desk.send("PATCH", here, patch))) == [where], patch
    for members in ({known_by: "Not A Code"}, {line: None}, {"bogus": 1}):
        assert list(wrong(await desk.send("POST", f"/{kind}", {**given, **members}))) == list(members)
    assert await desk.done("GET", here) == made
    for name in ("nowhere", "Not%20A%20Code", "x" * 3_000):
        for method, body in (("GET", None), ("PATCH", {})):
            check_problem(await desk.send(method, f"/{kind}/{name}", body), "not-found")


async def test_repeated_request_creates_one_entry(desk: Desk) -> None:
    body = {"slug": "night", "name": "Night"}
    first = await desk.send("POST", "/tags", body, idempotency_key="t-1")
    second = await desk.send("POST", "/tags", body, idempotency_key="t-1")
    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    check_problem(await desk.send("POST", "/tags", body), "conflict")


async def test_sections_are_scoped_by_edition(desk: Desk) -> None:
    await desk.done("POST", "/sections", {"edition": "ua", "slug": "city", "name": "Місто"})
    assert (await desk.done("GET", "/sections/city"))["name"] == "City"
    assert (await desk.done("GET", "/sections/city?edition=ua"))["name"] == "Місто"
    assert (await desk.done("PATCH", "/sections/city?edition=ua", {"name": "Міста"}))["revision"] == 2
    assert (await desk.done("GET", "/sections/city?edition=global"))["name"] == "City"
    check_problem(await desk.send("GET", "/sections/kultura"), "not-found")
    check_problem(await desk.send("GET", "/sections/city?edition=atlantis"), "not-found")
    check_problem(await desk.send("PATCH", "/sections/city?edition=atlantis", {}), "not-found")
    errors = wrong(await desk.send("POST", "/sections", {"edition": "atlantis", "slug": "a", "name": "A"}))
    assert list(errors) == ["edition"]
    assert "edition" in wrong(await desk.send("GET", "/tags/trams?edition=ua"))


async def test_responses_follow_an_edited_entry(desk: Desk) -> None:
    names = {"section": "city", "tags": ["trams"], "authors": ["oleh-raida"], "label": "opinion"}
    made = await desk.make(source_id="a", published_at=TODAY, **names)
    await desk.make(source_id="b", published_at="2026-11-20T10:30:00Z", related=["a"])
    start = (await desk.client.get("/v1/changes?since=0&limit=200")).json()["as_of"]
    edits: list[tuple[str, Json, tuple[str, ...]]] = [
        ("tags/trams", {"name": "Night trams"}, ("/v1/tags", "/v1/tags/trams", "/v1/articles")),
        ("sections/city", {"name": "Town"}, ("/v1/sections", "/v1/sections/city", "/v1/articles")),
        ("authors/oleh-raida", {"name": "O. Raida"}, ("/v1/authors", "/v1/authors/oleh-raida", "/v1/articles")),
        ("labels/opinion", {"text": "COLUMN"}, ("/v1/labels", "/v1/timeline", "/v1/articles/story-b")),
        ("editions/global", {"name": "The Lume Post"}, ("/v1", "/v1/editions", "/v1/editions/global")),
    ]
    for entry, patch, addresses in edits:
        new_value = next(iter(patch.values()))
        page = f"/v1/articles/{made['slug']}"
        places = addresses if entry == "editions/global" else (*addresses, page)
        before = {address: await desk.client.get(address) for address in places}
        assert not any(new_value in response.text for response in before.values())
        await desk.done("PATCH", f"/{entry}", patch)
        for address, response in before.items():
            after = await desk.client.get(address, headers={"if-none-match": response.headers["etag"]})
            assert (after.status_code, new_value in after.text) == (200, True), (entry, address)
    feed = (await desk.client.get(f"/v1/changes?since={start}")).json()
    assert [each["type"] for each in feed["items"]] == [
        f"{kind}.updated" for kind in ("tag", "section", "author", "label", "edition")
    ]
    assert await desk.read(made) == made


async def test_days_follow_an_edited_time_zone(desk: Desk) -> None:
    await desk.make(source_id="a", published_at="2026-11-19T23:00:00Z")
    assert (await desk.client.get("/v1/timeline")).json()["days"][0]["date"] == "2026-11-20"
    await desk.done("PATCH", "/editions/global", {"timezone": "America/New_York", "language": "uk"})
    day = (await desk.client.get("/v1/timeline")).json()["days"][0]
    assert (day["date"], day["heading"]["weekday"]) == ("2026-11-19", "четвер")
    strings = (await desk.client.get("/v1/editions/global")).json()["strings"]
    assert strings["more_news"] == "Більше новин"


async def test_exactly_one_edition_is_the_default(desk: Desk) -> None:
    for patch in ({"default": False}, {"default": None}):
        assert list(wrong(await desk.send("PATCH", "/editions/global", patch))) == ["default"]
    chosen = await desk.done("PATCH", "/editions/ua", {"default": True})
    stepped = await desk.done("GET", "/editions/global")
    assert (chosen["default"], chosen["revision"], stepped["default"], stepped["revision"]) == (True, 2, False, 2)
    assert (await desk.make(headline="Нове"))["edition"] == "ua"
    assert (await desk.client.get("/v1/timeline")).json()["edition"] == "ua"
    third, _ = KINDS["editions"]
    await desk.done("POST", "/editions", {**third, "default": True})
    editions = (await desk.client.get("/v1/editions")).json()["items"]
    assert [each["slug"] for each in editions if each["default"]] == ["harbour"]


async def test_unlisted_entry_is_replaced_by_a_post(desk: Desk) -> None:
    draft = await desk.make(source_id="a", tags=["night"])
    hidden = await desk.done("GET", "/tags/night")
    assert (hidden["name"], hidden["listed"]) == ("night", False)
    response = await desk.send("POST", "/tags", {"slug": "night", "name": "Night"})
    made = response.json()
    assert (response.status_code, made["name"], made["listed"], made["revision"]) == (201, "Night", False, 2)
    check_problem(await desk.send("POST", "/tags", {"slug": "night", "name": "Night"}), "conflict")
    assert (await desk.client.get("/v1/tags/night")).status_code == 404
    assert await desk.read(draft) == draft
    await desk.publish(draft)
    assert (await desk.client.get("/v1/tags/night")).json()["name"] == "Night"


async def test_markup_in_a_name_is_plain_text(desk: Desk) -> None:
    name: Any = '<script>alert("1")</script>'
    await desk.make(published_at=TODAY, tags=["trams"])
    await desk.done("PATCH", "/tags/trams", {"name": name})
    assert (await desk.client.get("/v1/tags/trams")).json()["name"] == name
