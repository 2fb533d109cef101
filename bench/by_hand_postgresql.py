"""FastAPI written by hand on PostgreSQL: a pool of asyncpg, no ORM, no models. BENCH_DATABASE is the URL."""
# ruff: noqa: D103, FAST003, S608 - forty lines as a first version has them; the SQL contains no input

import os

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

ITEM = "a.id, a.slug, headline, a.published_at, a.updated_at, l.code AS label, l.text AS label_text, s.slug AS section"
BADGES = "LEFT JOIN labels l ON l.id = label_id LEFT JOIN sections s ON s.id = section_id"
PAGE = f"""SELECT {ITEM} FROM listings p JOIN articles a ON a.id = article_id {BADGES}
    WHERE p.edition_id = 1 AND kind = 0 AND facet_id = 0 AND (p.published_at, article_id) < ($1, $2)
    ORDER BY p.published_at DESC, article_id DESC LIMIT 20"""
ONE = f"""SELECT {ITEM}, lead, blocks AS body FROM articles a JOIN article_bodies ON article_id = a.id {BADGES}
    WHERE a.edition_id = 1 AND a.slug = $1"""
TAGS = "SELECT slug, name FROM article_tags, tags WHERE id = tag_id AND article_id = $1 ORDER BY position"
WHO = "SELECT slug, name, bio FROM article_authors, authors WHERE id = author_id AND article_id = $1 ORDER BY position"


async def connect() -> None:
    app.state.db = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=10, max_size=10)


app = FastAPI(on_startup=[connect])


@app.get("/timeline")
async def timeline(request: Request) -> Response:
    rows = await app.state.db.fetch(PAGE, *map(int, request.query_params["before"].split("-")))
    return Response(orjson.dumps({"items": [*map(dict, rows)]}), media_type="application/json")


@app.get("/articles/{slug}")
async def article(request: Request) -> Response:
    async with app.state.db.acquire() as db:
        found = dict(await db.fetchrow(ONE, request.path_params["slug"]))
        tags, who = await db.fetch(TAGS, found["id"]), await db.fetch(WHO, found["id"])
    found |= {"body": orjson.loads(found["body"]), "tags": [*map(dict, tags)], "authors": [*map(dict, who)]}
    return Response(orjson.dumps(found), media_type="application/json")
