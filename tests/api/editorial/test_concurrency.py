"""Concurrent editors: one succeeds for each revision, and lists show the articles as they are."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from app.domain.api_key import ApiKeyScope
from tests.api.conftest import MakeKey
from tests.api.editorial.editor_client import TODAY, Desk, Json, saved
from tests.conftest import NOW, opened

EDITORS = 20
ROUNDS, ROUNDS_SOAK = 2, 50
MOVES, MOVES_SOAK = 40, 1_000
NUMBERS = ("revision", "version", "status", "published_at")


@pytest.fixture
async def instances(
    catalogue: None, database_address: str, make_key: MakeKey, frozen_clock: int
) -> AsyncIterator[list[Desk]]:
    """Create an editor at each of two apps over the same database."""
    assert (catalogue, frozen_clock) == (None, NOW)
    token = await make_key(ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(opened(database_address, number=number)) for number in range(2)]
        yield [Desk(client, token) for client in clients]


async def compete(desks: list[Desk], rounds: int) -> None:
    """Change the same article from the same revision as several editors, in rounds; exactly one succeeds in each."""
    article = await desks[0].make(source_id="a", published_at=TODAY)
    here = f"/articles/{article['id']}"
    for number in range(1, rounds + 1):
        attempts = [
            desks[editor % len(desks)].send("PATCH", here, {"lead": f"{number}: {editor}"}, if_match=f'"{number}"')
            for editor in range(EDITORS)
        ]
        responses = await asyncio.gather(*attempts)
        assert Counter(response.status_code for response in responses) == {200: 1, 412: EDITORS - 1}
        winner = next(response for response in responses if response.status_code == 200)
        assert winner.headers["etag"] == f'"{number + 1}"'
        for desk in desks:
            assert await desk.read(article) == saved(winner)
    saves = (await desks[0].done("GET", f"{here}/revisions?limit=200"))["items"]
    assert [each["revision"] for each in saves] == list(range(rounds + 1, 0, -1))
    leads = [(await desks[0].done("GET", f"{here}/revisions/{each}"))["content"]["lead"] for each in (2, rounds + 1)]
    assert [lead.split(":")[0] for lead in leads] == ["1", str(rounds)]


async def test_one_of_twenty_editors_wins_each_revision(desk: Desk) -> None:
    await compete([desk], ROUNDS)


async def test_one_of_twenty_editors_of_two_processes_wins_each_revision(instances: list[Desk]) -> None:
    await compete(instances, ROUNDS)


@pytest.mark.soak
async def test_one_of_twenty_editors_wins_each_of_many_revisions(instances: list[Desk]) -> None:
    await compete(instances, ROUNDS_SOAK)


async def test_one_of_many_creates_the_same_article(instances: list[Desk]) -> None:
    given = {"headline": "Once", "source_id": "a", "tags": ["new-tag"], "published_at": TODAY}
    posts = [instances[n % 2].send("POST", "/articles", given) for n in range(8)]
    pushes = [instances[n % 2].push("b", {"headline": "Once", "tags": ["new-tag"]}) for n in range(8)]
    responses = await asyncio.gather(*posts, *pushes)
    assert Counter(response.status_code for response in responses[:8]) == {201: 1, 409: 7}
    assert Counter(response.status_code for response in responses[8:]) == {201: 1, 200: 7}
    assert len({response.json()["id"] for response in responses[8:]}) == 1
    assert {response.json()["revision"] for response in responses[8:]} == {1}


async def shuffle(desks: list[Desk], moves: int) -> None:
    """Publish, schedule, bump, withdraw, restore and edit a few articles concurrently; lists and statuses agree."""
    dice = random.Random(21)
    made = [await desks[0].make(source_id=str(n), tags=["trams"], section="city") for n in range(5)]

    async def move() -> int:
        here, desk = f"/articles/{dice.choice(made)['id']}", dice.choice(desks)
        day = f"2026-11-{dice.randint(10, 25)}T10:00:00Z"
        verbs: list[tuple[str, str, Json | None]] = [
            ("PUT", "/publication", {}),
            ("PUT", "/publication", {"at": day}),
            ("DELETE", "/publication", None),
            ("PUT", "/bump", {"at": min(day, TODAY)}),
            ("PUT", "/withdrawal", {"notice": day}),
            ("DELETE", "/withdrawal", None),
            ("PATCH", "", {"tags": dice.choice((["trams"], ["fog"], [])), "slug": f"slug-{dice.randint(1, 9)}"}),
        ]
        method, tail, body = dice.choice(verbs)
        response = await desk.send(method, f"{here}{tail}", body, if_match="*")
        assert response.status_code in {200, 409, 422}, response.text
        return response.status_code

    counted: Counter[int] = Counter()
    for _ in range(moves // 10):
        counted.update(await asyncio.gather(*(move() for _ in range(10))))
        for desk in desks:
            await check_lists(desk, made)
    assert counted[200] > moves / 4
    log = (await desks[0].client.get("/v1/changes?since=0&limit=200&edition=*")).json()["items"]
    numbers = [each["seq"] for each in log]
    assert numbers == sorted(set(numbers))


async def check_lists(desk: Desk, made: list[Json]) -> None:
    """Check that the timeline, the lists and the pages show the articles as they are."""
    now = [await desk.read(each) for each in made]
    public = [each for each in now if each["status"] == "published"]
    ordered = [each["id"] for each in sorted(public, key=lambda each: (each["published_at"], each["id"]), reverse=True)]
    days = (await desk.client.get("/v1/timeline")).json()["days"]
    assert [item["id"] for day in days for item in day["items"]] == ordered
    for tag in (None, "trams", "fog"):
        query = "section=city" if tag is None else f"tag={tag}"
        items = (await desk.client.get(f"/v1/articles?{query}")).json()["items"]
        wanted = {each["id"] for each in public if tag is None or tag in each["tags"]}
        assert {item["id"] for item in items} == wanted
        assert len(items) == len(wanted)
    expected = {"published": 200, "withdrawn": 410, "draft": 404, "scheduled": 404}
    for each in now:
        page = await desk.client.get(f"/v1/articles/{each['id']}")
        assert page.status_code == expected[each["status"]]
        save = (await desk.done("GET", f"/articles/{each['id']}/revisions?limit=1"))["items"][0]
        assert [save[name] for name in NUMBERS] == [each[name] for name in NUMBERS]


async def test_lists_are_exact_after_concurrent_writes(instances: list[Desk]) -> None:
    await shuffle(instances, MOVES)


@pytest.mark.soak
async def test_lists_are_exact_after_long_concurrent_writes(instances: list[Desk]) -> None:
    await shuffle(instances, MOVES_SOAK)


async def test_concurrent_publication_and_withdrawal_are_serialised(instances: list[Desk]) -> None:
    for number in range(4):
        made = await instances[0].make(source_id=f"a{number}", tags=["trams"], section="city")
        here = f"/articles/{made['id']}"
        published, withdrawn = await asyncio.gather(
            instances[0].send("PUT", f"{here}/publication", {}), instances[1].send("PUT", f"{here}/withdrawal", {})
        )
        now = await instances[0].read(made)
        assert published.status_code == 200
        outcome = (withdrawn.status_code, now["status"], now["revision"])
        assert outcome in {(200, "withdrawn", 3), (409, "published", 2)}
        for desk in instances:
            await check_lists(desk, [now])
        await instances[0].withdraw(made)
