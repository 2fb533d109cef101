"""Creation of articles: accepted members, the response, and errors that name the member."""

from typing import Any

import httpx
import orjson

from app.actions.articles.upsert import upsert_articles
from app.api.http.request_body import MAX_BODY_BYTES
from app.db.database import Connection, Database
from app.domain.tsid import is_id
from app.errors import InvalidInputError
from tests.api.editorial.editor_client import ARTICLES, TODAY, TOMORROW, YESTERDAY, Desk, saved, wrong
from tests.api.http.test_problems import check_problem
from tests.api.newsroom import EXAMPLE_BODY, IMAGE, RIGHTS
from tests.conftest import NOW
from tests.records import article

FULL: dict[str, Any] = {
    "source_id": "cms:41",
    "headline": "Нічні трамваї повертаються",
    "lead": "After eleven years.",
    "dateline": "PORT VELA, Nov 20",
    "label": "exclusive",
    "section": "city",
    "tags": ["trams", "fog"],
    "authors": ["oleh-raida", "iryna-dovhan"],
    "source": {"name": "Lume Tramways", "url": "https://tramways.example/night"},
    "image": IMAGE,
    "rights": RIGHTS,
    "related": ["cms:40", "cms:7"],
    "body": EXAMPLE_BODY,
}


async def test_new_article_is_a_draft_with_location_and_etag(desk: Desk) -> None:
    response = await desk.send("POST", "/articles", FULL)
    made = saved(response)
    assert response.status_code == 201
    assert response.headers["location"] == made["href"] == f"{ARTICLES}/{made['id']}"
    assert (response.headers["etag"], response.headers["cache-control"]) == ('"1"', "private, no-store")
    assert is_id(made["id"])
    assert (made["edition"], made["status"], made["version"], made["revision"]) == ("global", "draft", 0, 1)
    assert made["slug"] == "nichni-tramvai-povertaiutsia"
    assert (made["published_at"], made["first_published_at"], made["withdrawal"]) == (None, None, None)
    assert made["created_at"] == made["modified_at"] == "2026-11-20T14:00:00.000000+02:00"
    assert made["modified_by"].startswith("key:")
    for name, given in FULL.items():
        if name not in {"image", "body"}:
            assert made[name] == given
    assert [block["type"] for block in made["body"]] == [block["type"] for block in EXAMPLE_BODY]
    again = await desk.send("GET", f"/articles/{made['id']}")
    assert (again.json(), again.headers["etag"]) == (made, '"1"')


DATED: list[tuple[dict[str, Any], str, str | None, int]] = [
    ({}, "draft", None, 0),
    ({"status": "draft"}, "draft", None, 0),
    ({"published_at": TOMORROW}, "scheduled", "2026-11-21T12:00:00.000000+02:00", 0),
    ({"published_at": TOMORROW, "status": "scheduled"}, "scheduled", "2026-11-21T12:00:00.000000+02:00", 0),
    ({"published_at": TODAY}, "published", "2026-11-20T12:00:00.000000+02:00", 1),
    ({"published_at": "2026-11-20T12:00:00.000001Z"}, "scheduled", "2026-11-20T14:00:00.000001+02:00", 0),
    ({"published_at": "2026-11-20T12:00:00.000000Z"}, "published", "2026-11-20T14:00:00.000000+02:00", 1),
    ({"published_at": TODAY, "status": "published"}, "published", "2026-11-20T12:00:00.000000+02:00", 1),
    ({"status": "published"}, "published", "2026-11-20T14:00:00.000000+02:00", 1),
    ({"published_at": TODAY, "status": "draft"}, "draft", "2026-11-20T12:00:00.000000+02:00", 0),
    ({"published_at": TOMORROW, "status": "draft"}, "draft", "2026-11-21T12:00:00.000000+02:00", 0),
]


async def test_date_and_status_determine_the_state(desk: Desk) -> None:
    for members, status, published_at, version in DATED:
        made = await desk.make(**members)
        assert (made["status"], made["published_at"], made["version"]) == (status, published_at, version)
        public = await desk.client.get(f"/v1/articles/{made['id']}")
        assert public.status_code == (200 if status == "published" else 404)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"published_at": TOMORROW, "status": "published"}, "published_at"),
    ({"status": "scheduled"}, "published_at"),
    ({"status": "scheduled", "published_at": TODAY}, "published_at"),
    *(({"status": "withdrawn", "published_at": each}, "status") for each in (None, TODAY, TOMORROW)),
    ({"status": "gone"}, "status"),
    ({"published_at": "20 November"}, "published_at"),
    ({"published_at": 1_795_000_000}, "published_at"),
    ({"published_at": "0999-01-01T00:00:00Z"}, "published_at"),
    ({"section": "nowhere"}, "section"),
    ({"section": "kultura"}, "section"),
    ({"label": "rumour"}, "label"),
    ({"authors": ["oleh-raida", "nobody"]}, "authors"),
    ({"edition": "atlantis"}, "edition"),
    ({"edition": "*"}, "edition"),
    ({"headline": " "}, "headline"),
    ({"headline": None}, "headline"),
    ({"slug": "Not A Slug"}, "slug"),
    ({"slug": "0677y7hzc3m1d"}, "slug"),
    ({"id": "not-an-id"}, "id"),
    ({"tags": [" "]}, "tags.0"),
    ({"body": [{"type": "paragraph"}]}, "body.0.html"),
    ({"body": [{"type": "paragraph", "html": "a", "bogus": 1}]}, "body.0.bogus"),
    ({"image": {"url": "ftp://media.example/a.png", "alt": ""}}, "image.url"),
    ({"kind": "tag"}, "kind"),
    ({"old_slugs": ["was-here"]}, "old_slugs"),
    ({"revisions": []}, "revisions"),
    ({"erased_at": None}, "erased_at"),
    ({"version": 3}, "version"),
    ({"bogus": 1}, "bogus"),
]


async def test_invalid_members_are_named_and_nothing_is_created(desk: Desk) -> None:
    for members, where in REFUSED:
        response = await desk.send("POST", "/articles", {"headline": "A", **members})
        assert list(wrong(response)) == [where], members
    assert (await desk.done("GET", "/articles"))["items"] == []


async def test_every_unknown_reference_is_reported_at_once(desk: Desk) -> None:
    given = {"headline": "A", "section": "nowhere", "label": "rumour", "authors": ["nobody", "oleh-raida"]}
    errors = wrong(await desk.send("POST", "/articles", given))
    assert errors == {
        "section": "There is no section 'nowhere'.",
        "label": "There is no label 'rumour'.",
        "authors": "There is no author 'nobody'.",
    }


UNREAD: list[tuple[bytes, dict[str, str], str]] = [
    (b"{", {}, "invalid-input"),
    (b"[]", {}, "invalid-input"),
    (b'"text"', {}, "invalid-input"),
    (b"", {}, "invalid-input"),
    (b'{"headline": "\\ud800"}', {}, "invalid-input"),
    (b'{"headline": "\\u0000"}', {}, "invalid-input"),
    (b'{"headline": "\xff"}', {}, "invalid-input"),
    (b'{"headline": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", {}, "invalid-input"),
    (b'{"headline": "A"}', {"content-type": "text/plain"}, "unsupported-media-type"),
    (b'{"headline": "A"}', {"content-type": "application/json; charset=koi8-u"}, "unsupported-media-type"),
    (b'{"headline": "A"}', {"content-encoding": "gzip"}, "unsupported-media-type"),
    (b" " * (MAX_BODY_BYTES + 1), {}, "content-too-large"),
]


async def test_body_must_be_a_json_object_within_the_limit(desk: Desk) -> None:
    for content, headers, kind in UNREAD:
        all_headers = {**desk.headers, "content-type": "application/json", **headers}
        response = await desk.client.post(ARTICLES, content=content, headers=all_headers)
        check_problem(response, kind)
        assert response.headers["cache-control"] == "private, no-store"


async def test_existing_article_is_not_created_again(desk: Desk) -> None:
    made = await desk.make(source_id="cms:41", headline="First")
    for again in (
        {"headline": "Second", "source_id": "cms:41"},
        {"headline": "Second", "id": made["id"]},
        {"headline": "Second", "id": made["id"], "edition": "ua"},
    ):
        response = await desk.send("POST", "/articles", again)
        check_problem(response, "conflict")
        assert made["id"] in response.json()["detail"]
    assert (await desk.read(made))["headline"] == "First"
    elsewhere = await desk.make(source_id="cms:41", headline="Third", edition="ua")
    assert elsewhere["id"] != made["id"]


async def test_article_may_be_created_with_id_and_slug(desk: Desk) -> None:
    made = await desk.make(id="0677y7hzc3m1d", slug="night-trams", headline="Trams")
    assert (made["id"], made["slug"]) == ("0677y7hzc3m1d", "night-trams")
    errors = wrong(await desk.send("POST", "/articles", {"headline": "Other", "slug": "night-trams"}))
    assert list(errors) == ["slug"]


async def test_equal_headlines_get_distinct_slugs(desk: Desk) -> None:
    slugs = {(await desk.make(headline="Weather")).get("slug") for _ in range(4)}
    assert len(slugs) == 4
    assert "weather" in slugs
    assert all(str(slug).startswith("weather") for slug in slugs)


async def test_new_tag_is_listed_with_its_first_public_article(desk: Desk, drafter: Desk) -> None:
    draft = await drafter.make(source_id="a", tags=["night-fog"])
    assert draft["tags"] == ["night-fog"]
    assert await listed_tags(desk.client) == []
    assert (await desk.client.get("/v1/tags/night-fog")).status_code == 404
    await desk.make(source_id="b", published_at=TOMORROW, tags=["night-fog"])
    assert await listed_tags(desk.client) == []
    await desk.publish(draft)
    assert await listed_tags(desk.client) == ["night-fog"]
    assert (await desk.client.get("/v1/tags/night-fog")).json()["name"] == "night-fog"
    await desk.make(source_id="c", published_at=YESTERDAY, tags=["at-once"])
    assert "at-once" in await listed_tags(desk.client)


async def listed_tags(client: httpx.AsyncClient) -> list[str]:
    return [each["slug"] for each in (await client.get("/v1/tags")).json()["items"]]


async def test_note_of_a_new_public_article_is_shown(desk: Desk) -> None:
    note = {"type": "clarification", "text": "First published on paper."}
    made = await desk.make(published_at=TODAY, note=note)
    assert [(each["type"], each["text"]) for each in made["notes"]] == [("clarification", "First published on paper.")]
    draft = await desk.make(source_id="draft", note=note)
    assert draft["notes"] == []


async def test_repeated_request_is_executed_once_with_equal_responses(desk: Desk) -> None:
    body = {"headline": "Once", "published_at": TODAY}
    first = await desk.send("POST", "/articles", body, idempotency_key="a-1")
    second = await desk.send("POST", "/articles", body, idempotency_key="a-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.content, first.headers["location"], first.headers["etag"]) == (
        second.content,
        second.headers["location"],
        second.headers["etag"],
    )
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len((await desk.done("GET", "/articles"))["items"]) == 1
    other = await desk.send("POST", "/articles", {**body, "headline": "Twice"}, idempotency_key="a-1")
    check_problem(other, "idempotency-key-reused")
    assert len((await desk.done("GET", "/articles"))["items"]) == 1


async def test_rejected_request_may_be_repeated_with_its_idempotency_key(desk: Desk) -> None:
    given = {"headline": "Patience", "section": "harbour"}
    wrong(await desk.send("POST", "/articles", given, idempotency_key="b-1"))
    await desk.done("POST", "/sections", {"edition": "global", "slug": "harbour", "name": "Harbour"})
    response = await desk.send("POST", "/articles", given, idempotency_key="b-1")
    assert (response.status_code, response.json()["section"]) == (201, "harbour")


async def test_idempotency_key_is_scoped_by_api_key(desk: Desk, drafter: Desk) -> None:
    body = {"headline": "Shared"}
    one = await desk.send("POST", "/articles", body, idempotency_key="c-1")
    other = await drafter.send("POST", "/articles", body, idempotency_key="c-1")
    assert one.json()["id"] != other.json()["id"]


async def test_creation_requires_an_edition(desk: Desk, database: Database) -> None:
    def clear(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM sections")
        connection.exec_driver_sql("DELETE FROM editions")

    await database.write(clear)
    assert "edition" in wrong(await desk.send("POST", "/articles", {"headline": "A"}))


async def test_body_of_many_blocks_round_trips(desk: Desk) -> None:
    blocks = [{"type": "paragraph", "text": f"{number} < {number + 1} & so on"} for number in range(500)]
    made = await desk.make(body=blocks)
    assert [block["html"] for block in made["body"]][7] == "7 &lt; 8 &amp; so on"
    assert len(made["body"]) == 500
    assert orjson.dumps(made["body"]) == orjson.dumps((await desk.read(made))["body"])


async def test_body_has_one_limit_for_requests_and_imports(desk: Desk, database: Database) -> None:
    block = {"type": "paragraph", "html": "я" * 50_000}
    largest = await desk.make(source_id="a", body=[block] * 20)
    edited = await desk.done("PATCH", f"/articles/{largest['id']}", {**largest, "lead": "A"}, if_match="*")
    assert edited["lead"] == "A", "what was returned can be sent back"
    response = await desk.send("POST", "/articles", {"headline": "A", "body": [block] * 21})
    assert "body" in wrong(response)
    assert "2,097,152 bytes" in response.text
    record = article(edition="global", body=[block] * 21)
    [outcome] = (await database.write(upsert_articles, [record], now=NOW)).outcomes
    assert isinstance(outcome, InvalidInputError)
