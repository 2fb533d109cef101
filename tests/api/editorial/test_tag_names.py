"""Tags that articles name by their display names and aliases."""

from tests.api.editorial.editor_client import TODAY, Desk, wrong


async def test_article_names_a_tag_by_slug_name_or_alias(desk: Desk) -> None:
    await desk.done("POST", "/tags", {"slug": "nato", "name": "North Atlantic Treaty", "aliases": ["NATO", "OTAN"]})
    for name in ("nato", "NATO", "otan", "north  atlantic treaty", "\uff2eorth Atlantic Treaty"):
        made = await desk.make(tags=[name, "trams"])
        assert made["tags"] == ["nato", "trams"], name
    assert (await desk.make(tags=["OTAN", "nato", "Trams"]))["tags"] == ["nato", "trams"]


async def test_unknown_name_makes_a_tag_with_that_name(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, tags=["Night Buses", "night buses", "C++", "c", "🌫"])
    assert made["tags"] == ["night-buses", "c-2", "c", "tag"]
    names = {each["slug"]: each["name"] for each in (await desk.client.get("/v1/tags")).json()["items"]}
    assert names == {"night-buses": "Night Buses", "c": "c", "c-2": "C++", "tag": "🌫"}
    assert (await desk.make(tags=["NIGHT BUSES", "c++"]))["tags"] == ["night-buses", "c-2"]


async def test_name_of_several_tags_is_refused_with_their_slugs(desk: Desk) -> None:
    await desk.done("POST", "/tags", {"slug": "georgia-us", "name": "Georgia"})
    await desk.done("POST", "/tags", {"slug": "georgia-ge", "name": "Georgia"})
    errors = wrong(await desk.send("POST", "/articles", {"headline": "A", "tags": ["Georgia"]}))
    assert errors == {"tags": "Several tags are called 'Georgia'; name one by its slug: 'georgia-ge', 'georgia-us'."}
    await desk.done("PATCH", "/tags/georgia-us", {"name": "Georgia (US)", "aliases": ["Georgia"]})
    assert (await desk.make(tags=["Georgia"]))["tags"] == ["georgia-ge"]


async def test_former_name_no_longer_finds_a_renamed_tag(desk: Desk) -> None:
    await desk.done("PATCH", "/tags/trams", {"name": "Streetcars"})
    made = await desk.make(tags=["Streetcars", "Tram Lines"])
    assert made["tags"] == ["trams", "tram-lines"]


async def test_push_with_names_is_unchanged_when_repeated(desk: Desk) -> None:
    given = {"headline": "A", "tags": ["Night Buses", "Trams"]}
    first = await desk.push("cms:1", given)
    again = await desk.push("cms:1", given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["revision"] == again.json()["revision"] == 1


async def test_name_in_another_case_finds_the_slug_of_a_tag_with_another_name(desk: Desk) -> None:
    await desk.done("POST", "/tags", {"slug": "budget", "name": "The city's money"})
    await desk.done("POST", "/tags", {"slug": "night_buses", "name": "Buses after midnight"})
    made = await desk.make(tags=["BUDGET", "Night_Buses", "Trams"])
    assert made["tags"] == ["budget", "night_buses", "trams"]


async def test_name_finds_the_tag_whose_name_differs_in_accents_alone(desk: Desk) -> None:
    await desk.done("POST", "/tags", {"slug": "cafe", "name": "Cafe"})
    await desk.done("POST", "/tags", {"slug": "ete", "name": "Summer"})
    made = await desk.make(published_at=TODAY, tags=["Café", "Été", "Mensch", "Ménsch"])
    assert made["tags"] == ["cafe", "ete-2", "mensch"]
    names = {each["slug"]: each["name"] for each in (await desk.client.get("/v1/tags")).json()["items"]}
    assert names == {"cafe": "Cafe", "ete-2": "Été", "mensch": "Mensch"}


async def test_slug_and_name_of_one_new_tag_are_one_tag(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, tags=["night-buses", "Night Buses", "NIGHT-BUSES", "C", "C++"])
    assert made["tags"] == ["night-buses", "c", "c-2"]


async def test_names_of_other_scripts_without_a_slug_are_different_tags(desk: Desk) -> None:
    made = await desk.make(tags=["東京", "大阪"])
    assert made["tags"] == ["tag", "tag-2"]
    assert (await desk.make(tags=["大阪", "東京"]))["tags"] == ["tag-2", "tag"]
