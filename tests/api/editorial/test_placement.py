"""Publication, bump, withdrawal and restoration: the article's state, and the public responses that show it."""

from typing import Any

import httpx
import orjson

from app import clock
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from tests.api.editorial.editor_client import NOTICE, TODAY, TOMORROW, YESTERDAY, Desk, Json, comparable, wrong
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

HOUR_US = 3_600 * SECOND_US
LATER = "2026-11-22T10:00:00Z"


async def test_public_time_may_be_now_past_or_future(desk: Desk) -> None:
    now = await desk.publish(await desk.make(source_id="now"))
    assert now["published_at"] == now["first_published_at"] == "2026-11-20T14:00:00.000000+02:00"
    past = await desk.publish(await desk.make(source_id="past"), YESTERDAY)
    assert past["published_at"] == past["first_published_at"] == "2026-11-19T12:00:00.000000+02:00"
    later = await desk.publish(await desk.make(source_id="later"), TOMORROW)
    assert (later["status"], later["first_published_at"]) == ("scheduled", None)
    moved = await desk.publish(later, LATER)
    assert (moved["published_at"], moved["version"]) == ("2026-11-22T12:00:00.000000+02:00", 0)
    undated = await desk.done("DELETE", f"/articles/{moved['id']}/publication")
    assert (undated["status"], undated["published_at"]) == ("draft", None)
    saves = (await desk.done("GET", f"/articles/{later['id']}/revisions"))["items"]
    assert [each["action"] for each in saves] == ["unscheduled", "scheduled", "scheduled", "created"]
    for at in ("tomorrow", 5, "2026-11-20", "9999-01-01T00:00:00Z"):
        assert "at" in wrong(await desk.send("PUT", f"/articles/{later['id']}/publication", {"at": at}))
    assert "bogus" in wrong(await desk.send("PUT", f"/articles/{later['id']}/publication", {"bogus": 1}))


async def test_bump_changes_the_public_time_only(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=YESTERDAY, lead="A")
    await desk.make(source_id="b", published_at=TODAY)
    address = f"/articles/{made['id']}/bump"
    errors = wrong(await desk.send("PUT", address, {"at": "2026-11-20T12:00:00.000001Z"}))
    assert list(errors) == ["at"]
    note = {"type": "update", "text": "The council has voted."}
    bumped = await desk.done("PUT", address, {"note": note})
    assert bumped["published_at"] == "2026-11-20T14:00:00.000000+02:00"
    for name in ("published_at", "notes", "url"):
        assert made.pop(name) is not None
        bumped.pop(name)
    assert comparable(bumped) == comparable(made)
    order = [item["id"] for item in (await desk.client.get("/v1/articles")).json()["items"]]
    assert order[0] == made["id"]
    back = await desk.done("PUT", address, {"at": "2026-11-18T10:00:00Z"})
    assert (back["published_at"], back["first_published_at"]) == (
        "2026-11-18T12:00:00.000000+02:00",
        "2026-11-19T12:00:00.000000+02:00",
    )
    events = (await desk.client.get(f"/v1/articles/{made['slug']}/history")).json()["items"]
    assert [(each["type"], each["note"]) for each in events] == [
        ("bump", None),
        ("update", "The council has voted."),
        ("publication", None),
    ]
    same = await desk.done("PUT", address, {"at": "2026-11-18T10:00:00Z"})
    assert same["revision"] == back["revision"]


async def everywhere(client: httpx.AsyncClient, article: Json) -> dict[str, Any]:
    """Return the public responses in which the article appears."""
    found = {}
    for address in (
        "/v1/timeline?total=true",
        "/v1/timeline/2026-11-20",
        "/v1/timeline/calendar",
        "/v1/articles",
        "/v1/articles?tag=trams&section=city&author=oleh-raida&label=opinion",
        f"/v1/articles?id={article['id']}",
        "/v1/tags/trams/articles",
        "/v1/sections/city/articles",
        "/v1/authors/oleh-raida/articles",
        "/v1/articles/neighbour",
        "/v1/articles/neighbour/related",
        f"/v1/articles/{article['id']}?body=text",
        f"/v1/articles/{article['id']}/related",
        "/v1/articles/old-name",
        "/v1/articles/new-name",
    ):
        response = await client.get(address)
        content = orjson.loads(response.content) if response.content else response.headers["location"]
        if isinstance(content, dict):
            content.pop("as_of", None)
            content.pop("newer", None)
        found[address] = (response.status_code, content)
    return found


async def withdrawable(desk: Desk) -> Json:
    """Create a public article that is in every list, with an old slug, beside one that refers to it."""
    names: Json = {"section": "city", "tags": ["trams"], "authors": ["oleh-raida"], "label": "opinion"}
    made = await desk.make(source_id="a", slug="old-name", published_at=YESTERDAY, body=SECRET, **names)
    made = await desk.edit(made, {"slug": "new-name"})
    made = await desk.done("PUT", f"/articles/{made['id']}/bump", {"at": TODAY})
    await desk.make(slug="neighbour", headline="Beside", published_at="2026-11-20T10:30:00Z", related=["a"], **names)
    return made


SECRET = [{"type": "paragraph", "html": "Nobody may read this afterwards."}]


async def test_withdrawn_article_disappears_and_is_restored_in_place(desk: Desk) -> None:
    made = await withdrawable(desk)
    before = await everywhere(desk.client, made)
    with clock.frozen(NOW + HOUR_US):
        withdrawn = await desk.withdraw(made)
    assert withdrawn["withdrawal"] == {**NOTICE, "at": "2026-11-20T15:00:00.000000+02:00"}
    assert (withdrawn["version"], withdrawn["published_at"]) == (made["version"], made["published_at"])
    for address, (status, content) in (await everywhere(desk.client, made)).items():
        if address.startswith(("/v1/articles/new-name", "/v1/articles/old-name", f"/v1/articles/{made['id']}")):
            assert (status, content["notice"], content["id"]) == (410, NOTICE["notice"], made["id"])
        else:
            assert status == 200
            assert made["id"] not in str(content), address
        assert "Nobody may read" not in str(content)
        assert "lawyers" not in str(content)
    check_problem(await desk.client.get("/v1/articles/new-name/history"), "article-withdrawn")
    with clock.frozen(NOW + 2 * HOUR_US):
        restored = await desk.restore(withdrawn)
    assert comparable(restored) == comparable(made)
    after = await everywhere(desk.client, made)
    assert drop_versions(after) == drop_versions(before)
    events = (await desk.client.get("/v1/articles/new-name/history")).json()["items"]
    assert [each["type"] for each in events] == ["restoration", "withdrawal", "bump", "update", "publication"]
    assert NOTICE["notice"] not in str(events)


def drop_versions(node: Any) -> Any:
    """Return the same without the numbers that a restoration increases."""
    if isinstance(node, dict):
        return {name: drop_versions(value) for name, value in node.items() if name not in {"version", "notice"}}
    return [drop_versions(each) for each in node] if isinstance(node, list | tuple) else node


async def test_change_feed_reports_public_transitions_only(desk: Desk) -> None:
    start = (await desk.client.get("/v1/changes?since=0&limit=200")).json()["as_of"]
    made = await desk.make(source_id="a")
    await desk.edit(made, {"lead": "A"})
    await desk.publish(made, TOMORROW)
    await desk.done("DELETE", f"/articles/{made['id']}/publication")
    feed = (await desk.client.get(f"/v1/changes?since={start}")).json()
    assert (feed["items"], feed["as_of"]) == ([], start)
    await desk.publish(made, YESTERDAY)
    await desk.edit(made, {"lead": "B"})
    await desk.done("PUT", f"/articles/{made['id']}/bump", {})
    await desk.withdraw(made)
    await desk.restore(made)
    feed = (await desk.client.get(f"/v1/changes?since={start}")).json()
    listed = [(each["type"], each["article"]["id"]) for each in feed["items"]]
    kinds = ("published", "updated", "bumped", "withdrawn", "restored")
    assert listed == [(f"article.{kind}", made["id"]) for kind in kinds]
    assert [each["seq"] for each in feed["items"]] == list(range(start + 1, start + 6))


async def test_withdrawal_texts_are_optional_and_editable(desk: Desk) -> None:
    made = await desk.make_in(ArticleStatus.WITHDRAWN)
    with clock.frozen(NOW + HOUR_US):
        again = await desk.withdraw(made, notice="Another notice.")
        same = await desk.withdraw(made, notice="Another notice.")
    assert again["withdrawal"] == {
        "reason": None,
        "notice": "Another notice.",
        "at": "2026-11-20T14:00:00.000000+02:00",
    }
    assert same["revision"] == again["revision"]
    assert (await desk.client.get(f"/v1/articles/{made['id']}")).json()["notice"] == "Another notice."
    silent = await desk.make(source_id="silent", published_at=TODAY)
    await desk.done("PUT", f"/articles/{silent['id']}/withdrawal")
    assert (await desk.client.get(f"/v1/articles/{silent['id']}")).json()["notice"] is None
    for withdrawal in ({"notice": 5}, {"reason": "\x00"}, {"at": TODAY}):
        assert list(wrong(await desk.send("PUT", f"/articles/{silent['id']}/withdrawal", withdrawal))) == list(
            withdrawal
        )


async def test_due_article_is_published_on_time_by_the_scheduler(desk: Desk) -> None:
    made = await desk.make(source_id="a", published_at=TOMORROW, tags=["trams"])
    assert (await desk.client.get(f"/v1/articles/{made['slug']}")).status_code == 404
    with clock.frozen(NOW + 23 * HOUR_US):
        await desk.client._transport.app.state.services.scheduler._tick()  # type: ignore[attr-defined]  # the scheduler, at once
        page = (await desk.client.get(f"/v1/articles/{made['slug']}")).json()
        due = await desk.read(made)
    assert page["published_at"] == due["published_at"] == made["published_at"]
    assert (due["status"], due["modified_by"], due["version"]) == ("published", "schedule", 1)
