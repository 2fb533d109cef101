"""Erased articles are not created again by a repeated request, a push, an import or a preview."""

import pytest
from sqlalchemy import Connection, func, select

from app.actions.articles.erasure import erase_article
from app.actions.articles.upsert import upsert_articles
from app.actions.idempotency import RETENTION_US, prune_stored_responses
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from app.errors import ArticleErasedError
from app.models.article import articles
from app.models.idempotency_key import idempotency_keys
from tests.api.editorial.editor_client import TODAY, Desk, Json
from tests.conftest import NOW
from tests.records import article

DAY_LATER = NOW + RETENTION_US + 1
PUBLIC = {"headline": "Fog over the harbour", "published_at": TODAY}
DRAFT = {"headline": "Fog over the harbour"}


async def erase(database: Database, made: Json) -> None:
    await database.write(erase_article, parse_id(made["id"]), now=NOW, editor=COMMAND_ACTOR)


async def count_with_text(database: Database) -> int:
    """Count the articles that are not tombstones."""
    living = select(func.count()).select_from(articles).where(articles.c.erased_at.is_(None))
    return await database.read(lambda connection: connection.execute(living).scalar_one())


@pytest.mark.parametrize("body", [PUBLIC, DRAFT], ids=["public", "draft"])
async def test_repeated_request_for_an_erased_article_is_410(desk: Desk, database: Database, body: Json) -> None:
    made = await desk.done("POST", "/articles", body, idempotency_key="a-1")
    await erase(database, made)
    for _ in range(2):
        again = await desk.send("POST", "/articles", body, idempotency_key="a-1")
        assert (again.status_code, again.json()["type"]) == (410, "/problems/article-gone"), again.text
        assert "idempotent-replayed" not in again.headers
    assert await count_with_text(database) == 0


async def test_repeated_request_is_410_a_day_later(desk: Desk, database: Database) -> None:
    made = await desk.done("POST", "/articles", PUBLIC, idempotency_key="a-1")
    await desk.done("POST", "/articles", {"headline": "Another"}, idempotency_key="a-2")
    await erase(database, made)
    assert await database.write(prune_stored_responses, before=DAY_LATER) == 1
    assert (await desk.send("POST", "/articles", PUBLIC, idempotency_key="a-1")).status_code == 410
    assert (await desk.send("POST", "/articles", {"headline": "Another"}, idempotency_key="a-2")).status_code == 201


async def test_erasure_leaves_only_the_idempotency_key(desk: Desk, database: Database) -> None:
    made = await desk.done("POST", "/articles", PUBLIC, idempotency_key="a-1")
    await erase(database, made)
    row = await database.read(lambda connection: connection.execute(select(idempotency_keys)).one())
    assert (row.key, bytes(row.request_hash), bytes(row.body), row.headers, row.article_id) == (
        "a-1",
        b"",
        b"",
        "{}",
        None,
    )


async def test_idempotency_key_of_an_erased_article_creates_no_other(desk: Desk, database: Database) -> None:
    made = await desk.done("POST", "/articles", PUBLIC, idempotency_key="a-1")
    await erase(database, made)
    assert (await desk.send("POST", "/articles", {"headline": "Another"}, idempotency_key="a-1")).status_code == 410
    assert (await desk.send("POST", "/articles", {"headline": "Another"}, idempotency_key="a-2")).status_code == 201


@pytest.mark.parametrize("key", ["a-1", "a-2"])
async def test_erased_source_id_is_rejected_by_every_write(
    desk: Desk, drafter: Desk, database: Database, key: str
) -> None:
    body = {**PUBLIC, "source_id": "cms:41"}
    made = await desk.done("POST", "/articles", body, idempotency_key="a-1")
    preview = await desk.done("GET", f"/articles/{made['id']}/preview")
    await erase(database, made)
    again = await desk.send("POST", "/articles", body, idempotency_key=key)
    assert again.status_code == (410 if key == "a-1" else 409)
    other_editor = await drafter.send("POST", "/articles", {**DRAFT, "source_id": "cms:41"}, idempotency_key="a-1")
    assert other_editor.status_code == 409
    pushed = await desk.send("PUT", "/editions/global/articles/cms:41", PUBLIC)
    assert (pushed.status_code, "erased" in pushed.text) == (409, True)
    assert (await desk.send("GET", f"/articles/{made['id']}/preview")).status_code == 410
    assert (await desk.client.get(preview["href"])).status_code == 410
    assert await count_with_text(database) == 0


@pytest.mark.parametrize("known_by", ["id", "source_id"])
async def test_import_does_not_recreate_an_erased_article(desk: Desk, database: Database, known_by: str) -> None:
    made = await desk.done("POST", "/articles", {**PUBLIC, "source_id": "cms:41"})
    await erase(database, made)
    line = article(TODAY, edition="global", **{known_by: made[known_by]})

    def bring(connection: Connection) -> list[object]:
        return list(upsert_articles(connection, [line], now=NOW).outcomes)

    [outcome] = await database.write(bring)
    assert isinstance(outcome, ArticleErasedError)
    assert await count_with_text(database) == 0


async def test_repeated_erasure_does_not_change_the_key(desk: Desk, database: Database) -> None:
    made = await desk.done("POST", "/articles", PUBLIC, idempotency_key="a-1")
    await erase(database, made)
    await erase(database, made)
    assert (await desk.send("POST", "/articles", PUBLIC, idempotency_key="a-1")).status_code == 410
