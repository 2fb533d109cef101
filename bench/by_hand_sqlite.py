"""FastAPI written by hand on SQLite: one connection, no ORM, no models. BENCH_DATABASE is the file."""
# ruff: noqa: D103, FAST003, S608 - forty lines as a first version has them; the SQL contains no input

import os
import sqlite3

import orjson
from fastapi import FastAPI, Request, Response

ITEM = ("id", "slug", "headline", "published_at", "updated_at", "label", "label_text", "section")
COLUMNS = "a.id, a.slug, a.headline, a.published_at, a.updated_at, l.code, l.text, s.slug"
BADGES = "LEFT JOIN labels l ON l.id = a.label_id LEFT JOIN sections s ON s.id = a.section_id"
PAGE = f"""SELECT {COLUMNS} FROM listings p JOIN articles a ON a.id = p.article_id {BADGES}
    WHERE p.edition_id = 1 AND p.kind = 0 AND p.facet_id = 0 AND (p.published_at, p.article_id) < (?, ?)
    ORDER BY p.published_at DESC, p.article_id DESC LIMIT 20"""
ONE = f"""SELECT {COLUMNS}, a.lead, b.blocks FROM articles a JOIN article_bodies b ON b.article_id = a.id {BADGES}
    WHERE a.edition_id = 1 AND a.slug = ?"""
TAGS = "SELECT slug, name FROM article_tags JOIN tags ON id = tag_id WHERE article_id = ? ORDER BY position"
AUTHORS = """SELECT slug, name, bio FROM article_authors JOIN authors ON id = author_id
    WHERE article_id = ? ORDER BY position"""
db = sqlite3.connect(f"file:{os.environ['BENCH_DATABASE']}?mode=ro", uri=True, isolation_level=None)
db.execute("PRAGMA cache_size = -32768")
app = FastAPI()


@app.get("/timeline")
async def timeline(request: Request) -> Response:
    at, _, number = request.query_params["before"].partition("-")
    items = [dict(zip(ITEM, row, strict=True)) for row in db.execute(PAGE, (int(at), int(number)))]
    return Response(orjson.dumps({"items": items}), media_type="application/json")


@app.get("/articles/{slug}")
async def article(request: Request) -> Response:
    *item, lead, blocks = db.execute(ONE, (request.path_params["slug"],)).fetchone()
    found = dict(zip(ITEM, item, strict=True)) | {"lead": lead, "body": orjson.loads(blocks)}
    found["tags"] = [{"slug": slug, "name": name} for slug, name in db.execute(TAGS, item[:1])]
    found["authors"] = [{"slug": slug, "name": name, "bio": bio} for slug, name, bio in db.execute(AUTHORS, item[:1])]
    return Response(orjson.dumps(found), media_type="application/json")
