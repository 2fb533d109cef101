"""Publishing through the Python client: drafts, revisions, withdrawals, repeated requests."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.domain.api_key import ApiKeyScope
from dayline_client import (
    ArticleWithdrawnError,
    AsyncDayline,
    ConflictError,
    EmbargoedError,
    ForbiddenError,
    GoneError,
    IdempotencyKeyReusedError,
    InvalidInputError,
    NotFoundError,
    PreconditionFailedError,
    UnauthenticatedError,
)
from tests.api.conftest import MakeKey

pytestmark = [
    pytest.mark.usefixtures("newsroom"),
    pytest.mark.parametrize("database_address", ["sqlite"], indirect=True),  # the client does not depend on it
]
DRAFT: dict[str, Any] = {"headline": "The lamp ferry sails again", "section": "city", "tags": ["trams"]}


class LossyTransport(httpx.AsyncBaseTransport):
    """Network that loses the first responses, after the server has processed their requests."""

    def __init__(self, inner: httpx.AsyncBaseTransport, losses: int) -> None:
        self._inner = inner
        self._losses = losses
        self.keys: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.keys.add(request.headers.get("idempotency-key", ""))
        response = await self._inner.handle_async_request(request)
        if self._losses:
            self._losses -= 1
            raise httpx.ReadError("the response is lost")
        return response


@pytest.fixture
async def editor(client: httpx.AsyncClient, make_key: MakeKey) -> AsyncDayline:
    key = await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH)
    return AsyncDayline("http://dayline.test", key, transport=client._transport)


async def test_article_is_written_published_corrected_and_withdrawn(editor: AsyncDayline) -> None:
    draft = await editor.create_article({**DRAFT, "body": [{"type": "paragraph", "html": "It <blink>sails</blink>."}]})
    assert (draft["status"], [each["code"] for each in draft["warnings"]]) == ("draft", ["element-dropped"])
    with pytest.raises(NotFoundError):
        await editor.article(draft["slug"])
    edited = await editor.update_article(draft["id"], {"lead": "On Thursday."}, revision=draft["revision"])
    with pytest.raises(PreconditionFailedError):
        await editor.update_article(draft["id"], {"lead": "On Friday."}, revision=draft["revision"])
    published = await editor.publish_article(draft["id"], revision=edited["revision"])
    assert (await editor.article(published["slug"]))["lead"] == "On Thursday."
    withdrawn = await editor.withdraw_article(draft["id"], reason="Denied.", notice="We could not stand by it.")
    with pytest.raises(ArticleWithdrawnError) as raised:
        await editor.article(published["slug"])
    assert (raised.value.id, raised.value.notice) == (draft["id"], "We could not stand by it.")
    restored = await editor.restore_article(draft["id"], revision=withdrawn["revision"])
    found = await editor.editorial_article(draft["id"])
    assert (found["status"], found["revision"]) == ("published", restored["revision"])


async def test_lost_responses_create_one_article(
    client: httpx.AsyncClient, make_key: MakeKey, editor: AsyncDayline
) -> None:
    key = await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH)
    network = LossyTransport(client._transport, losses=3)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    lossy = AsyncDayline("http://dayline.test", key, transport=network, sleep=sleep)
    created = await lossy.publish(DRAFT)
    assert created["status"] == "published"
    assert (len(network.keys), len(pauses)) == (1, 3)
    found = await editor.get("/v1/editorial/articles", q=DRAFT["headline"])
    assert [each["id"] for each in found["items"]] == [created["id"]]


async def test_idempotency_key_may_be_given(editor: AsyncDayline) -> None:
    first = await editor.publish(DRAFT, idempotency_key="cms-41")
    assert await editor.publish(DRAFT, idempotency_key="cms-41") == first
    with pytest.raises(IdempotencyKeyReusedError):
        await editor.publish({**DRAFT, "lead": "Other."}, idempotency_key="cms-41")


async def test_publication_time_schedules_an_article(editor: AsyncDayline) -> None:
    later = datetime(2026, 11, 25, 9, tzinfo=UTC)
    scheduled = await editor.publish({**DRAFT, "published_at": later})
    draft = await editor.create_article(DRAFT)
    also = await editor.publish_article(draft["id"], at=later)
    assert (scheduled["status"], also["status"]) == ("scheduled", "scheduled")
    embargoed = await editor.create_article({**DRAFT, "embargoed_until": later.isoformat()})
    with pytest.raises(EmbargoedError) as raised:
        await editor.publish_article(embargoed["id"])
    assert raised.value.embargoed_until == "2026-11-25T11:00:00.000000+02:00"


async def test_upsert_creates_and_replaces(editor: AsyncDayline) -> None:
    created = await editor.upsert_article("global", "wire/7 ü", {**DRAFT, "status": "published"})
    again = await editor.upsert_article("global", "wire/7 ü", {**DRAFT, "headline": "It sailed"})
    assert (again["id"], again["source_id"], again["headline"]) == (created["id"], "wire/7 ü", "It sailed")


async def test_other_requests_take_any_address(editor: AsyncDayline) -> None:
    draft = await editor.create_article(DRAFT)
    assert await editor.request("DELETE", f"/v1/editorial/articles/{draft['id']}") is None
    with pytest.raises(NotFoundError):
        await editor.editorial_article(draft["id"])


async def test_refused_writes_name_the_reason(
    editor: AsyncDayline, dayline: AsyncDayline, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    with pytest.raises(UnauthenticatedError):
        await dayline.publish(DRAFT)
    writer = AsyncDayline(
        "http://dayline.test", await make_key(ApiKeyScope.ARTICLES_WRITE), transport=client._transport
    )
    with pytest.raises(ForbiddenError):
        await writer.publish(DRAFT)
    with pytest.raises(InvalidInputError) as invalid:
        await editor.publish({**DRAFT, "section": "nowhere"})
    assert invalid.value.errors[0]["where"] == "section"
    with pytest.raises(InvalidInputError):
        await editor.create_article(
            {**DRAFT, "body": [{"type": "paragraph", "html": "<script>x</script>"}]}, strict=True
        )
    with pytest.raises(GoneError):
        await dayline.article("taken-back")
    await editor.create_article({**DRAFT, "source_id": "cms:1"})
    with pytest.raises(ConflictError):
        await editor.create_article({**DRAFT, "source_id": "cms:1"})
