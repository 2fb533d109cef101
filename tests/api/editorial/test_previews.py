"""Previews: a temporary URL that shows an unpublished article to those who have it."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text

from app import clock
from app.actions.keys import get_or_create_signing_secret
from app.db.database import Database, open_database
from app.domain.api_key import ApiKeyScope
from app.domain.instant import SECOND_US
from app.domain.preview_token import Preview, make_token
from app.domain.tsid import parse_id
from app.main import create_app
from app.queries.keys import find_signing_secret
from app.settings import ReadAccess, Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.contract import operations, validator
from tests.api.newsroom import IMAGE
from tests.conftest import NOW, Store, api_document, running
from tests.records import article, author, label, section, tag
from tests.statements import counted

DRAFT, LATER, PUBLIC, GONE, NOBODY = (f"0677y7hzc3m1{letter}" for letter in "abcde")
HOUR_US = 3_600 * SECOND_US
UNPUBLISHED = "A sentence of the draft"


def link_of(article_id: str) -> str:
    return f"/v1/editorial/articles/{article_id}/preview"


@pytest.fixture
async def filed(edition_kyiv: None, store: Store) -> None:
    """Create a draft with every member, a scheduled, a public and a withdrawn article.

    Two more public articles are beside them.
    """
    assert edition_kyiv is None
    rich: dict[str, Any] = {
        "lead": "A lead.",
        "label": "opinion",
        "section": "city",
        "tags": ["trams"],
        "authors": ["oleh-raida"],
        "image": IMAGE,
        "related": ["older", "later"],
        "body": [{"type": "paragraph", "html": f"<em>{UNPUBLISHED}</em>."}],
    }
    await store(
        label("opinion", "OPINION", disclaimer="Columns speak for their authors."),
        section("city", "City"),
        tag("trams", "Trams"),
        author("oleh-raida", "Oleh Raida", bio="Oleh Raida drives."),
        article("2026-11-19T10:00:00Z", source_id="older"),
        article("2026-11-20T11:00:00Z", source_id="newer"),
        article(None, id=DRAFT, source_id="draft", headline="Draft of trams", **rich),
        article("2026-11-21T10:00:00Z", id=LATER, source_id="later", headline="Later", **rich),
        article("2026-11-20T10:00:00Z", id=PUBLIC, source_id="public", headline="Public", **rich),
        article(
            "2026-11-19T11:00:00Z",
            id=GONE,
            source_id="gone",
            status="withdrawn",
            withdrawal={"reason": "A secret of the desk.", "notice": "The figures were wrong."},
            body=rich["body"],
        ),
    )


@pytest.fixture
async def desk(make_key: MakeKey) -> dict[str, str]:
    """Return the header fields with a key that may write."""
    return as_key(await make_key(ApiKeyScope.ARTICLES_WRITE))


async def link(client: httpx.AsyncClient, desk: dict[str, str], article_id: str, query: str = "") -> str:
    """Create a preview link and return its path."""
    response = await client.get(link_of(article_id) + query, headers=desk)
    assert response.status_code == 200, response.text
    return str(response.json()["href"])


@pytest.mark.usefixtures("filed")
async def test_preview_link_requires_an_editorial_key(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    assert (await client.get(link_of(DRAFT))).status_code == 401
    assert (await client.get(link_of(DRAFT), headers=as_key("dl_forged"))).status_code == 401
    others = [scope for scope in ApiKeyScope if not scope.startswith("articles:")]
    wrong = await client.get(link_of(DRAFT), headers=as_key(await make_key(*others)))
    assert wrong.status_code == 403
    for scope in (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH):
        right = await client.get(link_of(DRAFT), headers=as_key(await make_key(scope)))
        assert right.status_code == 200
        assert right.headers["cache-control"] == "private, no-store"


@pytest.mark.usefixtures("filed")
async def test_preview_link_has_its_expiry_in_the_editions_zone(
    client: httpx.AsyncClient, desk: dict[str, str]
) -> None:
    usual = (await client.get(link_of(DRAFT), headers=desk)).json()
    assert usual["expires_at"] == "2026-11-20T15:00:00.000000+02:00"
    assert (await client.get(usual["href"])).json()["preview"] == {"expires_at": usual["expires_at"]}
    longest = (await client.get(link_of(DRAFT) + "?expires_in=604800", headers=desk)).json()
    assert longest["expires_at"] == "2026-11-27T14:00:00.000000+02:00"
    for wrong in ("0", "604801", "-1", "1.5", "soon", ""):
        refused = await client.get(link_of(DRAFT), params={"expires_in": wrong}, headers=desk)
        assert refused.status_code == 422, wrong
        assert [each["where"] for each in refused.json()["errors"]] == ["expires_in"]


@pytest.mark.usefixtures("filed")
async def test_preview_link_requires_a_publishable_article(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    assert (await client.get(link_of(NOBODY), headers=desk)).status_code == 404
    assert (await client.get(link_of("not-an-id"), headers=desk)).status_code == 404
    gone = await client.get(link_of(GONE), headers=desk)
    assert (gone.status_code, gone.json()["type"]) == (410, "/problems/article-withdrawn")


@pytest.mark.usefixtures("filed")
async def test_preview_of_a_draft_is_dated_now_and_needs_no_key(
    client: httpx.AsyncClient, desk: dict[str, str]
) -> None:
    address = await link(client, desk, DRAFT)
    response = await client.get(address)
    assert response.status_code == 200
    page = response.json()
    assert (page["status"], page["id"], page["headline"], page["version"]) == ("draft", DRAFT, "Draft of trams", 1)
    assert page["published_at"] == page["first_published_at"] == "2026-11-20T14:00:00.000000+02:00"
    assert page["local"]["text"] == "Friday, 20 November 2026 at 14:00"
    assert [each["name"] for each in page["authors"]] == ["Oleh Raida"]
    assert page["label"]["disclaimer"] == "Columns speak for their authors."
    assert page["image"]["url"] == IMAGE["url"]
    assert page["body"] == [{"type": "paragraph", "html": f"<em>{UNPUBLISHED}</em>."}]
    assert "Story older" in [each["headline"] for each in page["related"]]
    assert page["neighbours"]["previous"]["headline"] == "Story newer"
    assert page["neighbours"]["next"] is None
    with clock.frozen(NOW + 60 * SECOND_US):
        assert (await client.get(address)).json()["published_at"] == "2026-11-20T14:01:00.000000+02:00"


@pytest.mark.usefixtures("filed")
async def test_preview_of_a_scheduled_article_has_its_date(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    page = (await client.get(await link(client, desk, LATER))).json()
    assert (page["status"], page["published_at"]) == ("scheduled", "2026-11-21T12:00:00.000000+02:00")
    assert page["first_published_at"] == "2026-11-21T12:00:00.000000+02:00"
    assert page["neighbours"]["previous"]["headline"] == "Story newer"


@pytest.mark.usefixtures("filed")
async def test_preview_of_a_public_article_equals_its_page(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    address = await link(client, desk, PUBLIC)
    for form in ("blocks", "rich", "html", "text", "none"):
        page = (await client.get(f"{address}?body={form}")).json()
        assert (page.pop("status"), page.pop("preview")["expires_at"]) == (
            "published",
            "2026-11-20T15:00:00.000000+02:00",
        )
        assert page == (await client.get(f"/v1/articles/{PUBLIC}?body={form}")).json()


@pytest.mark.usefixtures("filed")
async def test_preview_names_no_other_unpublished_article(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    page = (await client.get(await link(client, desk, DRAFT))).json()
    named = {each["headline"] for each in page["related"]}
    assert named <= {"Story older", "Story newer", "Public"}


@pytest.mark.usefixtures("filed")
async def test_preview_is_not_cacheable_or_indexable(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    response = await client.get(await link(client, desk, DRAFT), headers={"origin": "https://front.example"})
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["x-robots-tag"] == "noindex"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["etag"] == '"1"'


@pytest.mark.usefixtures("filed")
async def test_preview_follows_edits(client: httpx.AsyncClient, desk: dict[str, str], store: Store) -> None:
    address = await link(client, desk, DRAFT)
    await store(article(None, id=DRAFT, source_id="draft", headline="Second thoughts"))
    response = await client.get(address)
    assert (response.json()["headline"], response.headers["etag"]) == ("Second thoughts", '"2"')


@pytest.mark.usefixtures("filed")
async def test_altered_preview_token_is_not_found(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    address = await link(client, desk, DRAFT)
    path, token = address.rsplit("/", 1)
    forged = [f"{token[:i]}{'A' if token[i] != 'A' else 'B'}{token[i + 1 :]}" for i in range(len(token))]
    for bent in (*forged, token[:-1], f"{token}A", f"{token}=", "nothing", "%00", "é"):
        response = await client.get(f"{path}/{bent}")
        assert response.status_code == 404, bent
        assert response.json()["type"] == "/problems/not-found"
        assert response.headers["cache-control"] == "private, no-store"
        assert UNPUBLISHED not in response.text


@pytest.mark.usefixtures("filed")
async def test_no_preview_token_is_valid_before_the_first_link(client: httpx.AsyncClient) -> None:
    for secret in (b"", b"\0" * 32):
        token = make_token(secret, Preview(parse_id(DRAFT), NOW + HOUR_US))
        assert (await client.get(f"/v1/editorial/previews/{token}")).status_code == 404


@pytest.mark.usefixtures("filed")
async def test_expired_preview_is_410(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    address = await link(client, desk, DRAFT, "?expires_in=60")
    with clock.frozen(NOW + 60 * SECOND_US - 1):
        assert (await client.get(address)).status_code == 200
    with clock.frozen(NOW + 60 * SECOND_US):
        response = await client.get(address)
        assert (response.status_code, response.json()["type"]) == (410, "/problems/preview-expired")
        assert UNPUBLISHED not in response.text


@pytest.mark.usefixtures("filed")
async def test_withdrawal_ends_a_preview(client: httpx.AsyncClient, desk: dict[str, str], store: Store) -> None:
    address = await link(client, desk, PUBLIC)
    taken_back = {"status": "withdrawn", "withdrawal": {"reason": "A secret.", "notice": "It was wrong."}}
    await store(article("2026-11-20T10:00:00Z", id=PUBLIC, source_id="public", headline="Public", **taken_back))
    response = await client.get(address)
    assert (response.status_code, response.json()["notice"]) == (410, "It was wrong.")
    assert response.json()["type"] == "/problems/article-withdrawn"
    assert "secret" not in response.text


@pytest.mark.usefixtures("filed")
async def test_deleted_article_has_no_preview(
    client: httpx.AsyncClient, desk: dict[str, str], database: Database
) -> None:
    address = await link(client, desk, DRAFT)

    def delete(connection: Connection) -> None:
        connection.execute(text("DELETE FROM articles WHERE id = :id"), {"id": parse_id(DRAFT)})

    await database.write(delete)
    assert (await client.get(address)).status_code == 404


@pytest.mark.usefixtures("filed")
async def test_preview_does_not_publish_a_draft(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    await client.get(await link(client, desk, DRAFT))
    slug = (await client.get(await link(client, desk, DRAFT))).json()["slug"]
    for key in (DRAFT, slug):
        assert (await client.get(f"/v1/articles/{key}", headers=desk)).status_code == 404
    for address in ("/v1/articles?body=blocks", f"/v1/articles?id={DRAFT}", "/v1/timeline", "/v1/tags/trams/articles"):
        assert DRAFT not in (await client.get(address)).text


@pytest.mark.usefixtures("filed")
async def test_preview_needs_no_key_with_keyed_reading(
    client: httpx.AsyncClient, desk: dict[str, str], database_address: str
) -> None:
    address = await link(client, desk, DRAFT)
    async with running(create_app(Settings(database_url=database_address, read_access=ReadAccess.API_KEY))) as keyed:
        assert (await keyed.get(f"/v1/articles/{PUBLIC}")).status_code == 401
        assert (await keyed.get(address)).json()["headline"] == "Draft of trams"


@pytest.mark.usefixtures("filed")
async def test_preview_runs_a_fixed_number_of_statements(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    for article_id in (DRAFT, LATER, PUBLIC):
        address = await link(client, desk, article_id)
        with counted() as statements:
            assert (await client.get(address)).status_code == 200
        assert len(statements) == 6, statements  # the secret, article, edition, tags, authors, items beside it


@pytest.mark.usefixtures("filed")
async def test_preview_rejects_an_unknown_parameter(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    for address in (link_of(DRAFT), await link(client, desk, DRAFT)):
        response = await client.get(f"{address}?edition=global", headers=desk)
        assert [each["where"] for each in response.json()["errors"]] == ["edition"]


@pytest.mark.usefixtures("filed")
async def test_responses_follow_the_document(client: httpx.AsyncClient, desk: dict[str, str]) -> None:
    document = api_document()
    responses = {each.name: each.spec["responses"] for each in operations(document)}
    for article_id in (DRAFT, LATER, PUBLIC):
        made = (await client.get(link_of(article_id), headers=desk)).json()
        shown = (await client.get(made["href"])).json()
        for name, body in (("get_preview_link", made), ("get_preview", shown)):
            schema = responses[name]["200"]["content"]["application/json"]["schema"]
            assert [each.message for each in validator(document, schema).iter_errors(body)] == []


async def test_concurrent_processes_share_the_signing_secret(database_address: str) -> None:
    databases = [open_database(database_address) for _ in range(4)]
    try:
        secrets = await asyncio.gather(*(each.write(get_or_create_signing_secret) for each in databases))
        assert len(set(secrets)) == 1
        assert len(secrets[0]) == 32
        assert await databases[0].read(find_signing_secret) == secrets[0]
    finally:
        for each in databases:
            await each.close()
