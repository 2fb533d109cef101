"""Translations in the editorial API, and what the public sees of them."""

from typing import Any

import httpx
import pytest

from app.actions.catalogue.import_defaults import import_entry
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.errors import InvalidInputError
from tests.api.conftest import MakeKey
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, wrong
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.records import edition

UA = {"edition": "ua", "published_at": TODAY}
EN = {"published_at": TODAY}


async def shown(desk: Desk, article: Any) -> Any:
    """Return the ids of the translations on the public page of an article, or the status of another response."""
    response = await desk.client.get(f"/v1/articles/{article['id']}")
    return (
        [each["id"] for each in response.json()["translations"]]
        if response.status_code == 200
        else response.status_code
    )


def linked(article: Any) -> list[str]:
    """Return the ids of an article's translations as editors see them."""
    return [each["id"] for each in article["translations"]]


async def log(desk: Desk, since: int = 0) -> list[tuple[str, str | None]]:
    """Return the type and the article of the changes after a position."""
    items = (await desk.client.get(f"/v1/changes?edition=*&since={since}&limit=100")).json()["items"]
    return [(each["type"], each["article"]["id"]) for each in items if each["article"]]


async def latest(desk: Desk) -> int:
    """Return the position of the last change."""
    seq: int = (await desk.client.get("/v1/changes?edition=*")).json()["as_of"]
    return seq


async def test_link_of_one_side_is_shown_on_both(desk: Desk) -> None:
    first = await desk.make(source_id="fog", headline="Fog", section="city", **EN)
    assert first["translations"] == []
    second = await desk.make(
        source_id="tuman", headline="Туман", translations=[{"edition": "global", "source_id": "fog"}], **UA
    )
    assert desk.warnings == []
    page = (await desk.client.get(f"/v1/articles/{first['id']}")).json()
    assert page["translations"] == [
        {
            "id": second["id"],
            "href": f"/v1/articles/{second['id']}",
            "url": second["url"],
            "edition": "ua",
            "language": "uk",
            "headline": "Туман",
        }
    ]
    assert await shown(desk, second) == [first["id"]]
    assert (await desk.read(first))["translations"] == [
        {
            "id": second["id"],
            "edition": "ua",
            "source_id": "tuman",
            "href": f"/v1/editorial/articles/{second['id']}",
            "language": "uk",
            "headline": "Туман",
            "status": "published",
        }
    ]
    assert (await desk.read(first))["revision"] == 1


@pytest.mark.parametrize("form", ["id", "source_id", "object"])
async def test_references_have_three_forms(desk: Desk, form: str) -> None:
    first = await desk.make(source_id="fog", **EN)
    references: dict[str, Any] = {"id": first["id"], "source_id": "fog", "object": {"id": first["id"]}}
    second = await desk.make(language="fr", translations=[references[form]], **EN)
    assert await shown(desk, first) == [second["id"]]


async def test_reference_waits_for_its_article(desk: Desk) -> None:
    first = await desk.make(source_id="fog", translations=[{"edition": "ua", "source_id": "tuman"}], **EN)
    assert desk.warnings == [
        {
            "where": "translations.0",
            "code": "translation-pending",
            "detail": "There is no article 'tuman' in the edition 'ua' yet; it will be linked when it arrives.",
        }
    ]
    missing = dict.fromkeys(("id", "href", "language", "headline", "status"))
    assert first["translations"] == [{**missing, "edition": "ua", "source_id": "tuman"}]
    assert await shown(desk, first) == []
    since = await latest(desk)
    second = await desk.make(source_id="tuman", **UA)
    assert linked(second) == [first["id"]]
    assert await shown(desk, first) == [second["id"]]
    assert await log(desk, since) == [("article.updated", first["id"]), ("article.published", second["id"])]


async def test_patch_names_the_complete_group(desk: Desk) -> None:
    first, second = await desk.make(**EN), await desk.make(**UA)
    third = await desk.make(language="fr", translations=[first["id"], second["id"]], **EN)
    group = await desk.read(first)
    assert linked(group) == [third["id"], second["id"]]
    unchanged = await desk.edit(group, {"translations": group["translations"]})
    assert unchanged["revision"] == group["revision"]
    assert (await desk.edit(group, {"lead": "Only this."}))["translations"] == group["translations"]
    left = await desk.edit(group, {"translations": [second["id"]]})
    assert linked(left) == [second["id"]]
    assert await shown(desk, third) == []
    empties: tuple[list[str] | None, ...] = ([], None)
    for empty in empties:
        await desk.edit(first, {"translations": [second["id"], third["id"]]})
        assert linked(await desk.edit(second, {"translations": empty})) == []
        assert await shown(desk, second) == []
        assert await shown(desk, first) == [third["id"]]


async def test_whole_article_may_be_sent_back(desk: Desk) -> None:
    first = await desk.make(source_id="fog", translations=[{"edition": "ua", "source_id": "later"}], **EN)
    await desk.make(translations=[first["id"]], **UA)
    read = await desk.read(first)
    assert len(read["translations"]) == 2
    saved = await desk.edit(read, {**read, "lead": "New."})
    assert saved["translations"] == read["translations"]


async def test_push_replaces_the_references_of_the_article(desk: Desk) -> None:
    first = await desk.make(source_id="fog", **EN)
    given = {"headline": "Туман", "translations": [{"edition": "global", "source_id": "fog"}], **UA}
    assert linked((await desk.push("tuman", given, edition="ua")).json()) == [first["id"]]
    again = (await desk.push("tuman", given, edition="ua")).json()
    assert again["revision"] == 1
    # The other side says nothing, and the link remains.
    await desk.push("fog", {"headline": "Fog", **EN})
    assert len(await shown(desk, first)) == 1
    del given["translations"]
    assert linked((await desk.push("tuman", given, edition="ua")).json()) == []
    assert await shown(desk, first) == []


async def test_groups_join_and_have_one_article_for_each_edition_and_language(desk: Desk) -> None:
    first, second = await desk.make(**EN), await desk.make(**UA)
    await desk.edit(first, {"translations": [second["id"]]})
    other = await desk.make(**EN)
    french = await desk.make(language="FR", translations=[other["id"]], **EN)
    response = await desk.send(
        "PATCH", f"/articles/{french['id']}", {"translations": [second["id"], other["id"], first["id"]]}, if_match="*"
    )
    assert wrong(response) == {
        "translations": f"The articles {first['id']} and {other['id']} are of the same edition and language: a story "
        "has one article for each edition and language."
    }
    assert linked(await desk.read(second)) == [first["id"]]
    response = await desk.send("PATCH", f"/articles/{french['id']}", {"translations": [second["id"]]}, if_match="*")
    assert wrong(response) == {
        "translations": "The list must have all articles of the group: those that it names are also linked with "
        f"{first['id']}."
    }
    joined = await desk.edit(french, {"translations": [second["id"], first["id"]]})
    assert linked(joined) == [first["id"], second["id"]]
    assert linked(await desk.read(other)) == []
    response = await desk.send("PATCH", f"/articles/{french['id']}", {"language": "en-gb"}, if_match="*")
    assert list(wrong(response)) == ["language"]


async def test_language_of_an_edition_parts_no_translations(desk: Desk, database: Database) -> None:
    first, second = await desk.make(**EN), await desk.make(language="de-AT", **EN)
    await desk.edit(second, {"translations": [first["id"]]})
    response = await desk.send("PATCH", "/editions/global", {"language": "DE-at"})
    assert wrong(response) == {
        "language": f"The articles {first['id']} and {second['id']} are translations of each other and would both be "
        "in 'DE-at': give the first a `language`, or take it out of the group."
    }
    with pytest.raises(InvalidInputError, match=first["id"]):
        await database.write(import_entry, edition("global", language="de-at"), may_make_default=False, now=NOW)
    await desk.edit(first, {"language": "en-GB"})
    await desk.done("PATCH", "/editions/global", {"language": "de-AT"})
    page = (await desk.client.get(f"/v1/articles/{first['id']}")).json()
    assert [each["language"] for each in page["translations"]] == ["de-AT"]
    await database.read(check_invariants)


async def test_conflicting_arrival_is_not_linked_and_has_a_warning(desk: Desk) -> None:
    first = await desk.make(source_id="fog", translations=[{"edition": "ua", "source_id": "two"}], **EN)
    second = await desk.make(source_id="one", translations=[first["id"]], **UA)
    await desk.push("two", {"headline": "Two", **UA}, edition="ua")
    response = await desk.push("two", {"headline": "Two", **UA}, edition="ua")
    assert response.json()["translations"] == []
    assert linked(await desk.read(first))[0] == second["id"]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ([{}], "translations.0"),
        ([{"edition": "ua"}], "translations.0"),
        ([{"id": "no id"}], "translations.0.id"),
        ([{"source_id": ""}], "translations.0.source_id"),
        ([{"source_id": "x", "editions": "ua"}], "translations.0.editions"),
        ([5], "translations.0"),
        ("fog", "translations"),
        (["x"] * 101, "translations"),
    ],
)
async def test_invalid_reference_is_named(desk: Desk, given: Any, where: str) -> None:
    response = await desk.send("POST", "/articles", {"headline": "Fog", "translations": given})
    assert list(wrong(response)) == [where]


async def test_transitions_of_a_translation_are_updates_of_the_others(desk: Desk) -> None:
    first = await desk.make(source_id="fog", **EN)
    second = await desk.make(source_id="tuman", edition="ua", translations=[first["id"]])
    assert await shown(desk, first) == []
    since = await latest(desk)
    await desk.publish(second)
    assert await shown(desk, first) == [second["id"]]
    await desk.edit(second, {"lead": "Shown by no other page."})
    await desk.edit(second, {"headline": "Туман над портом"})
    await desk.edit(second, {"slug": "tuman-nad-portom"})
    await desk.edit(second, {"section": "kultura"})
    page = (await desk.client.get(f"/v1/articles/{first['id']}")).json()["translations"][0]
    assert (page["headline"], page["url"]) == ("Туман над портом", "https://courier.example/tuman-nad-portom")
    await desk.withdraw(second)
    assert await shown(desk, first) == []
    await desk.restore(second)
    assert await shown(desk, first) == [second["id"]]
    mine, others = "article.updated", first["id"]
    kinds = ["published", "updated", "updated", "updated", "updated", "withdrawn", "restored"]
    changes = await log(desk, since)
    assert [kind for kind, article in changes if article == second["id"]] == [f"article.{kind}" for kind in kinds]
    assert [each for each in changes if each[1] == others] == [(mine, others)] * 6


async def test_deleted_and_erased_articles_leave_their_group(desk: Desk) -> None:
    first, second = await desk.make(source_id="fog", **EN), await desk.make(source_id="tuman", edition="ua")
    third = await desk.make(language="fr", translations=[first["id"], {"edition": "ua", "source_id": "tuman"}], **EN)
    assert linked(await desk.read(first)) == [third["id"], second["id"]]
    assert (await desk.send("DELETE", f"/articles/{second['id']}")).status_code == 204
    assert linked(await desk.read(first)) == [third["id"]]
    assert [each["source_id"] for each in (await desk.read(third))["translations"]] == ["fog", "tuman"]
    again = await desk.make(source_id="tuman", edition="ua")
    assert linked(again) == [first["id"], third["id"]]


async def test_articles_remain_linked_when_the_draft_between_them_is_deleted(desk: Desk) -> None:
    first = await desk.make(source_id="fog", **EN)
    second = await desk.make(source_id="tuman", **UA)
    between = await desk.make(
        source_id="brume", status="draft", language="fr", translations=[first["id"], {"id": second["id"]}]
    )
    assert (await shown(desk, first), await shown(desk, second)) == ([second["id"]], [first["id"]])
    since = await latest(desk)
    assert (await desk.send("DELETE", f"/articles/{between['id']}")).status_code == 204
    assert (await shown(desk, first), await shown(desk, second)) == ([second["id"]], [first["id"]])
    assert linked(await desk.read(first)) == [second["id"]]
    assert await log(desk, since) == []


async def test_translations_are_in_lists_by_fields_alone(desk: Desk) -> None:
    first = await desk.make(**EN)
    second = await desk.make(translations=[first["id"]], edition="ua", published_at=YESTERDAY)
    plain = (await desk.client.get("/v1/articles?edition=*")).json()["items"]
    assert not any("translations" in each for each in plain)
    for path in ("/v1/articles", "/v1/export"):
        response = await desk.client.get(f"{path}?edition=*&fields=translations")
        assert second["id"] in response.text
    items = (await desk.client.get("/v1/articles?edition=*&fields=translations")).json()["items"]
    assert [[each["id"] for each in item["translations"]] for item in items] == [[second["id"]], [first["id"]]]


async def test_scheduled_translation_shortens_max_age(desk: Desk) -> None:
    first = await desk.make(**EN)
    second = await desk.make(edition="ua", translations=[first["id"]])
    path = f"/v1/articles/{first['id']}"
    assert "max-age=30" in (await desk.client.get(path)).headers["cache-control"]
    await desk.publish(second, at="2026-11-20T12:00:10Z")
    for each in (path, "/feeds/global/rss.xml", "/v1/articles?fields=translations"):
        assert "max-age=10" in (await desk.client.get(each)).headers["cache-control"], each
    await desk.publish(second, at=TOMORROW)
    assert "max-age=30" in (await desk.client.get(path)).headers["cache-control"]


async def test_drafter_cannot_change_what_public_articles_show(desk: Desk, drafter: Desk) -> None:
    first, second = await desk.make(**EN), await desk.make(**UA)
    await desk.edit(first, {"translations": [second["id"]]})
    draft = await drafter.make(language="fr", translations=[first["id"]])
    assert set(linked(draft)) == {first["id"], second["id"]}
    response = await drafter.send("PATCH", f"/articles/{draft['id']}", {"translations": [first["id"]]}, if_match="*")
    assert response.status_code == 403
    assert await shown(desk, first) == [second["id"]]
    assert linked(await drafter.edit(draft, {"translations": []})) == []
    assert await shown(desk, first) == [second["id"]]


async def test_key_of_one_edition_parts_no_articles_of_others(
    desk: Desk, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    first, second = await desk.make(**EN), await desk.make(**UA)
    third = await desk.make(language="fr", translations=[first["id"], second["id"]], **EN)
    bound = Desk(client, await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH, editions=["ua"]))
    response = await bound.send("PATCH", f"/articles/{second['id']}", {"translations": [first["id"]]}, if_match="*")
    assert response.status_code == 403
    assert linked(await bound.edit(second, {"translations": []})) == []
    assert await shown(desk, first) == [third["id"]]
    assert len(linked(await bound.edit(second, {"translations": [first["id"], third["id"]]}))) == 2
