"""Revisions: each save stored, compared and paged; and what of them is public."""

from app import clock
from app.domain import article_members
from app.domain.article_status import ArticleStatus
from app.domain.instant import SECOND_US
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json, wrong
from tests.api.editorial.test_creation import FULL
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW

CONTENT = (
    *("slug", "label", "headline", "lead", "dateline", "section", "sections", "tags", "authors"),
    *("updated_at", "expires_at"),
    *("source", "image", "rights", "related", *article_members.NAMES, "body"),
)
NOTE = {"type": "correction", "text": "The last tram leaves at 00:40."}
UNSAID = "The sentence nobody should have printed."


def content_of(article: Json) -> Json:
    return {name: article[name] for name in CONTENT}


async def changed_article(desk: Desk) -> tuple[Json, list[Json]]:
    """Change an article in every way; return it and its content after each save."""
    made = await desk.make(**FULL)
    after = [made]
    here = f"/articles/{made['id']}"
    edits: list[tuple[str, str, Json | None]] = [
        ("PATCH", here, {"headline": "Night trams", "lead": UNSAID}),
        ("PUT", f"{here}/publication", {"at": TOMORROW}),
        ("PATCH", here, {"tags": ["fog"], "authors": []}),
        ("PUT", f"{here}/publication", {"at": YESTERDAY}),
        ("PATCH", here, {"slug": "by-hand", "note": NOTE}),
        ("PUT", f"{here}/bump", {"at": TODAY}),
        ("PATCH", here, {"body": [{"type": "paragraph", "html": "All of it <em>new</em>."}], "lead": "A lead."}),
        ("PUT", f"{here}/withdrawal", {"notice": "Gone."}),
        ("PATCH", here, {"image": None, "source": None}),
        ("DELETE", f"{here}/withdrawal", None),
        ("PATCH", here, {"note": {"type": "update", "text": "Again."}}),
        ("PUT", f"/editions/global/articles/{made['source_id']}", {"headline": "Pushed again"}),
    ]
    for number, (method, path, body) in enumerate(edits, start=1):
        with clock.frozen(NOW + number * SECOND_US):
            after.append(await desk.done(method, path, body, if_match="*"))
    return made, after


async def test_each_revision_records_actor_action_and_time(desk: Desk) -> None:
    made, after = await changed_article(desk)
    saves = (await desk.done("GET", f"/articles/{made['id']}/revisions"))["items"]
    assert [each["revision"] for each in saves] == list(range(len(after), 0, -1))
    for save, article in zip(reversed(saves), after, strict=True):
        assert save["href"] == f"{made['href']}/revisions/{article['revision']}"
        for name in ("revision", "version", "status", "published_at"):
            assert save[name] == article[name]
        assert (save["at"], save["actor"]) == (article["modified_at"], article["modified_by"])
    done = [each["action"] for each in reversed(saves)]
    first = ["created", "edited", "scheduled", "edited", "published", "edited"]
    assert done == [*first, "bumped", "edited", "withdrawn", "edited", "restored", "edited", "edited"]
    assert [each["version"] for each in reversed(saves)] == [0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 5, 6, 7]


async def test_revision_content_is_that_of_its_time(desk: Desk) -> None:
    made, after = await changed_article(desk)
    for article in after:
        address = f"/articles/{made['id']}/revisions/{article['revision']}"
        shown = await desk.done("GET", address)
        assert shown["content"] == content_of(article), article["revision"]
        assert shown["against"] == (article["revision"] - 1 or None)
    for number in (0, len(after) + 1, 2**31, 10**30, "x"):
        response = await desk.send("GET", f"/articles/{made['id']}/revisions/{number}")
        assert response.status_code in {404, 422}, number
    check_problem(await desk.send("GET", f"/articles/{made['id']}/revisions/{len(after) + 1}"), "not-found")


async def test_revision_diff_compares_two_revisions(desk: Desk) -> None:
    made, after = await changed_article(desk)

    async def different(number: int, query: str = "") -> list[str]:
        shown = await desk.done("GET", f"/articles/{made['id']}/revisions/{number}{query}")
        return sorted(each["member"] for each in shown["differences"])

    assert await different(1) == []
    assert await different(2) == ["headline", "lead", "slug"]
    assert await different(3) == ["published_at", "status"]
    assert await different(4) == ["authors", "tags"]
    assert await different(7) == ["published_at"]
    assert await different(9) == ["status"]
    assert await different(12) == []
    assert await different(9, "?against=9") == []
    assert await different(2, "?against=4") == ["authors", "published_at", "status", "tags"]
    for query in ("?against=99", "?against=0", "?against=x", "?bogus=1"):
        wrong(await desk.send("GET", f"/articles/{made['id']}/revisions/2{query}"))
    shown = await desk.done("GET", f"/articles/{made['id']}/revisions/{len(after)}?against=1")
    headline = next(each for each in shown["differences"] if each["member"] == "headline")
    assert (headline["before"], headline["after"]) == (after[0]["headline"], after[-1]["headline"])


async def test_revisions_are_paged(desk: Desk) -> None:
    made, after = await changed_article(desk)
    other = await desk.make(source_id="other")
    for limit in (1, 2, 5, 12, 13, 200):
        address, found = f"/articles/{made['id']}/revisions?limit={limit}", []
        while address:
            page = await desk.done("GET", address)
            found += [each["revision"] for each in page["items"]]
            address = page["next"]["href"].removeprefix("/v1/editorial") if page["next"] else ""
            assert len(page["items"]) <= limit
        assert found == list(range(len(after), 0, -1))
    cursor = (await desk.done("GET", f"/articles/{made['id']}/revisions?limit=1"))["next"]["cursor"]
    response = await desk.send("GET", f"/articles/{other['id']}/revisions?cursor={cursor}")
    check_problem(response, "cursor-mismatch")
    check_problem(await desk.send("GET", f"/articles/{made['id']}/revisions?cursor=torn"), "cursor-invalid")


async def test_history_lists_public_revisions_without_text(desk: Desk) -> None:
    made, after = await changed_article(desk)
    response = await desk.client.get(f"/v1/articles/{made['id']}/history")
    events = response.json()["items"]
    assert [(each["type"], each["version"]) for each in events] == [
        ("update", 7),
        ("update", 6),
        ("restoration", 5),
        ("withdrawal", 4),
        ("update", 4),
        ("bump", 3),
        ("correction", 2),
        ("publication", 1),
    ]
    assert {name for each in events for name in each} == {"type", "at", "version", "published_at", "note"}
    text = response.text
    for unsaid in (UNSAID, "Gone.", "Night trams", "key:", after[0]["headline"], "All of it"):
        assert unsaid not in text
    page = await desk.client.get(f"/v1/articles/{made['id']}/history?limit=3")
    following = (await desk.client.get(page.json()["next"]["href"])).json()
    assert [*page.json()["items"], *following["items"]] == events[:6]


async def test_unpublished_article_has_revisions_and_no_history(desk: Desk) -> None:
    for status in ArticleStatus:
        made = await desk.make_in(status, source_id=status)
        response = await desk.client.get(f"/v1/articles/{made['id']}/history")
        expected = {ArticleStatus.PUBLISHED: 200, ArticleStatus.WITHDRAWN: 410}.get(status, 404)
        assert response.status_code == expected
        assert (await desk.send("GET", f"/articles/{made['id']}/revisions")).status_code == 200


async def test_revisions_of_an_unknown_article_are_404(desk: Desk) -> None:
    for key in ("0677y7hzc3m1d", "a-slug"):
        for tail in ("", "/1"):
            check_problem(await desk.send("GET", f"/articles/{key}/revisions{tail}"), "not-found")
