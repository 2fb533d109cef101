"""Merges of tags and authors: every response follows at once, and moving the articles changes none of them."""

import pytest
from sqlalchemy import Connection, func, select

from app import clock
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.db.database import Database
from app.domain.list_filter import Facet
from app.models.article_links import article_authors, article_tags
from app.models.author import authors
from app.models.listing import listings
from app.models.tag import tags
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem

READS = (
    "/articles?edition=global&author=lost",
    "/articles?edition=global&author=left&tag=fogs",
    "/articles?edition=*&author=left&author=third",
    "/timeline?edition=global&author=lost&total=true",
    "/timeline?edition=global&tag=fogs&tag=trams&author=left",
    "/timeline/calendar?edition=global&author=lost&tag=fogs",
    "/authors?edition=global",
    "/authors/left?edition=global",
    "/authors/left/articles?edition=global",
    "/tags/fog/articles?edition=global",
    "/export?edition=global&author=lost&body=none",
    "/changes?edition=global&author=lost",
    "/changes?edition=global&author=left&tag=fogs",
)


async def _fill(desk: Desk) -> list[Json]:
    for slug in ("lost", "left", "third"):
        await desk.done("POST", "/authors", {"slug": slug, "name": slug.title()})
    await desk.done("POST", "/tags", {"slug": "fogs", "name": "Fogs", "aliases": ["Mist"]})
    members: list[Json] = [
        {"authors": ["lost"], "published_at": YESTERDAY},
        {"authors": ["left"], "tags": ["fogs"], "published_at": TODAY},
        {"authors": ["lost", "third", "left"], "tags": ["fogs", "fog"], "published_at": TODAY},
        {"authors": ["third", "lost"], "tags": ["trams", "fogs"], "published_at": TODAY},
        {"authors": ["lost"], "tags": ["fogs"], "published_at": TOMORROW},
        {"authors": ["lost", "left"]},
    ]
    return [await desk.make(source_id=f"m{number}", **each) for number, each in enumerate(members)]


async def _merge(database: Database, kind: Facet, name: str, into: str) -> None:
    await database.write(merge_entries, kind, name, into, expected=None, now=clock.now(), actor="test", at_once=0)


async def _read(desk: Desk, made: list[Json], turn: int) -> list[object]:
    """Return every public and editorial view; a turn has another limit, past cached responses."""
    found: list[object] = []
    for path in READS:
        limit = "" if "/calendar" in path or "/authors/left?" in path or "/export" in path else f"&limit={60 + turn}"
        response = await desk.client.get(f"/v1{path}{limit}")
        assert response.status_code == 200, response.text
        found.append(response.text.replace(f"limit={60 + turn}", "limit"))
    found += [await desk.read(each) for each in made]
    listed = await desk.done("GET", f"/articles?edition=global&author=lost&limit={60 + turn}")
    return [*found, listed]


async def _pending(database: Database) -> int:
    def count(connection: Connection) -> int:
        tables = (authors, tags)
        return sum(
            connection.execute(select(func.count()).where(table.c.merged_into.is_not(None))).scalar_one()
            for table in tables
        )

    return await database.read(count)


async def test_moving_articles_of_merged_entries_changes_no_response(desk: Desk, database: Database) -> None:
    made = await _fill(desk)
    await _merge(database, Facet.AUTHOR, "lost", "left")
    await _merge(database, Facet.TAG, "fogs", "fog")
    pending = await _read(desk, made, 0)
    first = (await desk.client.get("/v1/articles?edition=global&author=lost")).json()["items"]
    assert [[each["slug"] for each in item["authors"]] for item in first] == [
        ["third", "left"],
        ["left", "third"],
        ["left"],
        ["left"],
    ]
    assert [[each["slug"] for each in item["tags"]] for item in first][:2] == [["trams", "fog"], ["fog"]]
    turn = 0
    while await database.write(rewrite_merged_links, most=2):
        turn += 1
        assert await _read(desk, made, turn) == pending
    assert await _read(desk, made, turn + 1) == pending
    assert await _pending(database) == 0

    def leftovers(connection: Connection) -> int:
        known_authors, known_tags = select(authors.c.id), select(tags.c.id)
        return sum(
            connection.execute(select(func.count()).where(*conditions)).scalar_one()
            for conditions in (
                (article_authors.c.author_id.not_in(known_authors),),
                (article_tags.c.tag_id.not_in(known_tags),),
                (listings.c.kind == int(Facet.AUTHOR), listings.c.facet_id.not_in(known_authors)),
                (listings.c.kind == int(Facet.TAG), listings.c.facet_id.not_in(known_tags)),
            )
        )

    assert await database.read(leftovers) == 0


async def test_merge_is_one_change_and_invalidates_what_names_either(desk: Desk) -> None:
    await _fill(desk)
    paths = ("/articles?author=lost&edition=global", "/articles?author=left&edition=global", "/authors?edition=global")
    before = [(await desk.client.get(f"/v1{path}")).json()["items"] for path in paths]
    assert [len(each) for each in before[:2]] == [3, 2]
    since = (await desk.client.get("/v1/changes")).json()["as_of"]
    merged = await desk.done("PUT", "/authors/lost/merge", {"into": "left"})
    assert (merged["slug"], merged["former_slugs"], merged["listed"]) == ("left", ["lost"], True)
    after = [(await desk.client.get(f"/v1{path}")).json()["items"] for path in paths]
    assert [len(each) for each in after[:2]] == [4, 4]
    assert "lost" not in [each["slug"] for each in after[2]]
    for name in ("lost", "left"):
        [change] = (await desk.client.get(f"/v1/changes?since={since}&author={name}")).json()["items"]
        assert (change["type"], change["article"]) == ("author.merged", None)
        assert change["entry"]["merged"] == {"from": "lost", "into": "left"}
        assert change["entry"]["href"].startswith("/v1/authors/left")
    moved = await desk.client.get("/v1/authors/lost/articles?limit=2", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/authors/left/articles?limit=2")
    again = await desk.done("PUT", "/authors/lost/merge", {"into": "left"})
    assert again["revision"] == merged["revision"]
    assert len((await desk.client.get(f"/v1/changes?since={since}")).json()["items"]) == 1


async def test_names_of_a_merged_tag_find_the_other(desk: Desk) -> None:
    await _fill(desk)
    merged = await desk.done("PUT", "/tags/fogs/merge", {"into": "fog"})
    assert merged["aliases"] == ["Fogs", "Mist"]
    for name in ("fogs", "Fogs", "mist", "fog"):
        assert (await desk.make(tags=[name], headline=f"By {name}"))["tags"] == ["fog"]


@pytest.mark.parametrize("path", ["/articles", "/timeline"])
async def test_walk_that_began_under_the_merged_name_continues(desk: Desk, database: Database, path: str) -> None:
    await _fill(desk)
    page = (await desk.client.get(f"/v1{path}?edition=global&author=lost&limit=1")).json()
    other = (await desk.client.get(f"/v1{path}?edition=global&author=lost&author=left&limit=1")).json()
    await _merge(database, Facet.AUTHOR, "lost", "left")
    await _merge(database, Facet.AUTHOR, "left", "third")
    for _ in range(2):
        for name, start in (("lost", page), ("third", page), ("lost&author=left", other)):
            cursor, seen = start["next"]["cursor"], 1
            while cursor is not None:
                response = await desk.client.get(f"/v1{path}?edition=global&author={name}&limit=1&cursor={cursor}")
                assert response.status_code == 200, response.text
                following = response.json()
                cursor, seen = following["next"] and following["next"]["cursor"], seen + 1
            assert seen == 4
        while await database.write(rewrite_merged_links, most=10):
            pass
    assert await _pending(database) == 0


async def test_articles_of_a_merged_author_change_state_before_they_are_moved(desk: Desk, database: Database) -> None:
    made = await _fill(desk)
    await _merge(database, Facet.AUTHOR, "lost", "left")
    since = (await desk.client.get("/v1/changes")).json()["as_of"]
    await desk.withdraw(made[0])
    await desk.edit(made[3], {"headline": "Edited"})
    await desk.publish(made[4])
    await desk.publish(made[5])
    while await database.write(rewrite_merged_links, most=10):
        pass
    changes = (await desk.client.get(f"/v1/changes?since={since}&author=left&edition=global")).json()["items"]
    assert {each["article"]["id"] for each in changes} == {made[number]["id"] for number in (0, 3, 4, 5)}
    listed = (await desk.client.get("/v1/articles?author=left&edition=global")).json()["items"]
    assert {each["id"] for each in listed} == {made[number]["id"] for number in (1, 2, 3, 4, 5)}
    for each in made[1:]:
        await desk.withdraw(each)
    assert (await desk.client.get("/v1/authors/left")).status_code == 404


async def test_impossible_merges_are_refused(desk: Desk) -> None:
    await _fill(desk)
    assert "into" in wrong(await desk.send("PUT", "/authors/lost/merge", {"into": "lost"}))
    assert "into" in wrong(await desk.send("PUT", "/authors/lost/merge", {"into": "nobody"}))
    check_problem(await desk.send("PUT", "/authors/nobody/merge", {"into": "left"}), "not-found")
    check_problem(
        await desk.send("PUT", "/authors/lost/merge", {"into": "left"}, if_match='"7"'), "precondition-failed"
    )
    await desk.done("PUT", "/authors/lost/merge", {"into": "left"})
    assert "into" in wrong(await desk.send("PUT", "/authors/left/merge", {"into": "lost"}))
    check_problem(await desk.send("DELETE", "/authors/left"), "conflict")
    check_problem(await desk.send("GET", "/authors/lost"), "not-found")
