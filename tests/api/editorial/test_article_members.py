"""Members of an article beside its text, from the editorial API to the public one, and into revisions and feeds."""

import json
from typing import Any

import pytest

from app.actions.articles.erasure import erase_article
from app.db.database import Database
from app.domain import article_members
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from app.importers.json_lines import parse_line
from app.schemas.article import Article, ArticleDetails, ArticleItem, TextLength
from app.schemas.editorial import EditorialArticle
from app.schemas.interchange import Content
from tests.actions.articles.test_content_hash import VALUES
from tests.api.editorial.editor_client import TODAY, YESTERDAY, Desk, Json, wrong
from tests.conftest import NOW
from tests.importers.conftest import export_bytes

BODY = [{"type": "paragraph", "text": "Nobody sails by ear, and nobody should."}]
EXTRA = '{"z":18446744073709551617,"a":[1.10,1E+2],"b":{"c":null}}'
IMAGE = {"url": "https://bilder.straße.example/f.jpg", "alt": "Fog"}
GIVEN: Json = {
    **VALUES,
    "canonical_url": "https://straße.example/nebel",
    "social": {"title": "Fog", "image": IMAGE},
    "extra": {"a": 1},
}


def test_every_member_of_the_table_is_in_records_and_responses() -> None:
    public = {member.name for member in article_members.MEMBERS if member.is_public}
    assert set(article_members.NAMES) <= Content.model_fields.keys()
    assert set(article_members.NAMES) <= EditorialArticle.__annotations__.keys()
    assert public <= Article.__annotations__.keys()
    assert {"editor_note", "embargoed_until"} == set(article_members.NAMES) - public
    assert not {"editor_note", "embargoed_until"} & Article.__annotations__.keys()
    assert public & ArticleItem.__annotations__.keys() == article_members.LISTED
    beside = {*TextLength.__annotations__, "translations", "expires_at"}
    assert ArticleDetails.__annotations__.keys() == {*article_members.SELECTABLE, *beside}


async def test_members_given_are_members_read(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, body=BODY, **GIVEN)
    image: Json = {
        **dict.fromkeys(("caption", "credit", "width", "height", "licence", "focal_point", "asset_id")),
        "renditions": [],
    }
    expected = {
        **GIVEN,
        "seo": {"title": None, "description": None, "noindex": True},
        "social": {"title": "Fog", "description": None, "image": {**IMAGE, **image}},
    }
    assert {name: made[name] for name in GIVEN} == expected
    assert (made["word_count"], made["reading_minutes"]) == (7, 1)
    article = (await desk.client.get(f"/v1/articles/{made['id']}")).json()
    shown = {name: article[name] for name in GIVEN if name in Article.__annotations__}
    del expected["editor_note"], expected["embargoed_until"]
    expected["canonical_url"] = "https://xn--strae-oqa.example/nebel"
    expected["social"]["image"]["url"] = "https://bilder.xn--strae-oqa.example/f.jpg"
    assert shown == expected
    assert "editor_note" not in article
    assert article["alternates"][0] == {
        "rel": "canonical",
        "type": "text/html",
        "href": "https://xn--strae-oqa.example/nebel",
    }


async def test_members_omitted_are_null_or_false(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY)
    article = (await desk.client.get(f"/v1/articles/{made['id']}")).json()
    for member in article_members.MEMBERS:
        assert made[member.name] == member.empty
        if member.is_public:
            assert article[member.name] == member.empty
    assert (article["word_count"], article["reading_minutes"]) == (0, 0)


async def test_lists_have_kicker_and_access_and_the_others_by_fields(desk: Desk) -> None:
    await desk.make(published_at=TODAY, body=BODY, **GIVEN)
    await desk.make(published_at=YESTERDAY)
    items = (await desk.client.get("/v1/articles")).json()["items"]
    assert [(item["kicker"], item["access"]) for item in items] == [("Port", "paid"), (None, None)]
    assert not items[0].keys() & ArticleDetails.__annotations__.keys()
    fields = ",".join(ArticleDetails.__annotations__)
    items = (await desk.client.get(f"/v1/articles?fields={fields}")).json()["items"]
    for item in items:
        article = (await desk.client.get(item["href"])).json()
        assert item == {name: article[name] for name in ("id", "href", *ArticleDetails.__annotations__)}
    exported = (await desk.client.get("/v1/export?fields=extra")).text.splitlines()
    assert [json.loads(line)["extra"] for line in exported] == [None, {"a": 1}]
    assert (await desk.client.get("/v1/timeline?fields=extra")).status_code == 422
    assert (await desk.client.get("/v1/articles?fields=editor_note")).status_code == 422


async def test_timeline_items_have_no_new_member(desk: Desk) -> None:
    await desk.make(published_at=TODAY, **GIVEN)
    [item] = (await desk.client.get("/v1/timeline")).json()["days"][0]["items"]
    assert not item.keys() & set(article_members.NAMES)


async def test_extra_has_its_order_and_its_numbers_everywhere(desk: Desk, database: Database) -> None:
    sent = f'{{"source_id":"a","headline":"Numbers","published_at":"{TODAY}","extra":{EXTRA}}}'
    headers = {**desk.headers, "content-type": "application/json"}
    created = await desk.client.post("/v1/editorial/articles", content=sent, headers=headers)
    assert created.status_code == 201, created.text
    here = f"/v1/editorial/articles/{created.json()['id']}"
    read = [f"/v1/articles/{created.json()['id']}", "/v1/articles?fields=extra", "/v1/export?fields=extra"]
    texts = [(await desk.client.get(path)).text for path in read]
    texts += [(await desk.client.get(path, headers=desk.headers)).text for path in (here, f"{here}/revisions/1")]
    texts += [created.text, (await database.read_in_thread(export_bytes)).decode()]
    assert [text for text in texts if EXTRA not in text] == []
    patch = '{"extra":{"a":null,"b":{"d":2e3}}}'
    patched = await desk.client.patch(here, content=patch, headers={**headers, "if-match": "*"})
    assert '"extra":{"z":18446744073709551617,"b":{"c":null,"d":2e3}}' in patched.text
    revision = await desk.client.get(f"{here}/revisions/2", headers=desk.headers)
    [difference] = [each for each in revision.json()["differences"] if each["member"] == "extra"]
    assert difference["after"] == {"z": 18446744073709551617, "b": {"c": None, "d": 2000}}
    assert f'"before":{EXTRA}' in revision.text


async def test_merge_patch_changes_one_member_of_an_object(desk: Desk) -> None:
    made = await desk.make(**GIVEN)
    after = await desk.edit(made, {"seo": {"title": "Fog", "noindex": None}, "social": None, "featured": None})
    assert after["seo"] == {"title": "Fog", "description": None, "noindex": False}
    assert (after["social"], after["featured"], after["kicker"]) == (None, False, "Port")
    emptied = await desk.edit(after, {"seo": {"title": None}, "extra": None})
    assert (emptied["seo"], emptied["extra"]) == (None, None)


async def test_whole_article_sent_back_changes_nothing(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, body=BODY, **GIVEN)
    assert await desk.edit(made, made) == made


async def test_push_of_the_same_members_changes_nothing(desk: Desk) -> None:
    first = (await desk.push("cms:1", {"headline": "A", **GIVEN})).json()
    again = (await desk.push("cms:1", {"headline": "A", **GIVEN})).json()
    assert first == again
    emptied = (await desk.push("cms:1", {"headline": "A"})).json()
    assert {name: emptied[name] for name in article_members.NAMES} == article_members.EMPTY


async def test_each_member_is_a_difference_between_revisions(desk: Desk) -> None:
    made = await desk.make()
    await desk.edit(made, GIVEN)
    revision = await desk.done("GET", f"/articles/{made['id']}/revisions/2")
    assert {each["member"] for each in revision["differences"]} == set(GIVEN)
    assert revision["content"]["extra"] == {"a": 1}
    first = await desk.done("GET", f"/articles/{made['id']}/revisions/1")
    assert {name: first["content"][name] for name in article_members.NAMES} == article_members.EMPTY


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("urgency", 0),
        ("urgency", 10),
        ("urgency", 2.5),
        ("urgency", "3"),
        ("featured", "yes"),
        ("access", "members"),
        ("language", "en_GB"),
        ("canonical_url", "/relative"),
        ("canonical_url", "javascript:alert(1)"),
        ("kicker", " "),
        ("seo", {"robots": "none"}),
        ("social", {"image": {"url": "https://media.example/a.jpg"}}),
        ("extra", [1]),
        ("word_count", 3),
    ],
)
async def test_invalid_members_are_refused_by_name(desk: Desk, member: str, value: Any) -> None:
    refused = await desk.send("POST", "/articles", {"headline": "A", member: value})
    assert refused.status_code == 422
    assert [each["where"].split(".")[0] for each in refused.json()["errors"]] == [member]


async def test_preview_has_the_members_of_a_draft(desk: Desk) -> None:
    made = await desk.make(body=BODY, **GIVEN)
    link = await desk.done("GET", f"/articles/{made['id']}/preview")
    page = (await desk.client.get(link["href"])).json()
    assert (page["subheadline"], page["extra"], page["word_count"]) == (GIVEN["subheadline"], {"a": 1}, 7)
    assert "editor_note" not in page


async def test_sitemaps_omit_texts_of_other_pages(desk: Desk) -> None:
    for name, members in (
        ("own", {}),
        ("agency", {"canonical_url": "https://a.example/"}),
        ("quiet", {"seo": {"noindex": True}}),
    ):
        await desk.make(source_id=name, headline=f"Story {name}", published_at=TODAY, **members)
    for path in ("sitemap/2026-W47.xml", "news-sitemap.xml"):
        sitemap = (await desk.client.get(f"/feeds/global/{path}")).text
        assert [name for name in ("own", "agency", "quiet") if f"/story-{name}<" in sitemap] == ["own"]
    assert "story-agency" in (await desk.client.get("/feeds/global/rss.xml")).text


async def test_language_of_a_text_is_in_the_feed(desk: Desk) -> None:
    await desk.make(published_at=TODAY, language="uk", byline="Від редакції")
    item = (await desk.client.get("/feeds/global/feed.json")).json()["items"][0]
    assert (item["language"], item["authors"]) == ("uk", [{"name": "Від редакції"}])


async def test_erasure_empties_every_member(desk: Desk, database: Database) -> None:
    made = await desk.make(source_id="a", published_at=TODAY, body=BODY, **GIVEN)
    await database.write(erase_article, parse_id(made["id"]), now=NOW, editor=COMMAND_ACTOR)
    erased = await desk.read(made)
    assert {name: erased[name] for name in article_members.NAMES} == article_members.EMPTY
    assert erased["word_count"] == 0
    line = (await database.read_in_thread(export_bytes)).splitlines()[-1]
    assert parse_line(line).record.kind == "article"


@pytest.mark.parametrize(
    "licence", ["javascript:alert(1)", "JavaScript: x", "data:text/html,x", "ftp://media.example/l"]
)
async def test_licence_is_a_name_or_a_web_address(desk: Desk, licence: str) -> None:
    image = {"url": "https://media.example/a.jpg", "alt": ""}
    for good in ("CC BY 4.0", "Press: free use", "https://creativecommons.org/licenses/by/4.0/"):
        made = await desk.make(image={**image, "licence": good})
        assert made["image"]["licence"] == good
    refused = await desk.send("POST", "/articles", {"headline": "A", "image": {**image, "licence": licence}})
    assert list(wrong(refused)) == ["image.licence"]


async def test_unknown_type_of_block_suggests_the_nearest(desk: Desk) -> None:
    refused = await desk.send("POST", "/articles", {"headline": "A", "body": [{"type": "paragrph", "text": "A"}]})
    assert wrong(refused)["body.0"].endswith("Did you mean 'paragraph'?")
