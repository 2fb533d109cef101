"""Every transition of an article, and its deletion, from each of the four statuses."""

from app.domain.article_status import ArticleStatus
from tests.api.editorial.editor_client import NOTICE, YESTERDAY, Desk, Json, saved
from tests.api.http.test_problems import check_problem

DRAFT, SCHEDULED, PUBLISHED, WITHDRAWN = ArticleStatus
LATER = "2026-11-22T10:00:00Z"

TABLE: list[tuple[str, str, Json | None, dict[ArticleStatus, tuple[int, ArticleStatus]]]] = [
    (
        "PUT",
        "publication",
        {},
        {
            DRAFT: (200, PUBLISHED),
            SCHEDULED: (200, PUBLISHED),
            PUBLISHED: (200, PUBLISHED),
            WITHDRAWN: (409, WITHDRAWN),
        },
    ),
    (
        "PUT",
        "publication",
        {"at": LATER},
        {
            DRAFT: (200, SCHEDULED),
            SCHEDULED: (200, SCHEDULED),
            PUBLISHED: (409, PUBLISHED),
            WITHDRAWN: (409, WITHDRAWN),
        },
    ),
    (
        "PUT",
        "publication",
        {"at": YESTERDAY},
        {
            DRAFT: (200, PUBLISHED),
            SCHEDULED: (200, PUBLISHED),
            PUBLISHED: (409, PUBLISHED),
            WITHDRAWN: (409, WITHDRAWN),
        },
    ),
    (
        "DELETE",
        "publication",
        None,
        {DRAFT: (200, DRAFT), SCHEDULED: (200, DRAFT), PUBLISHED: (409, PUBLISHED), WITHDRAWN: (409, WITHDRAWN)},
    ),
    (
        "PUT",
        "bump",
        {},
        {
            DRAFT: (409, DRAFT),
            SCHEDULED: (409, SCHEDULED),
            PUBLISHED: (200, PUBLISHED),
            WITHDRAWN: (409, WITHDRAWN),
        },
    ),
    (
        "PUT",
        "withdrawal",
        NOTICE,
        {
            DRAFT: (409, DRAFT),
            SCHEDULED: (200, DRAFT),
            PUBLISHED: (200, WITHDRAWN),
            WITHDRAWN: (200, WITHDRAWN),
        },
    ),
    (
        "DELETE",
        "withdrawal",
        None,
        {
            DRAFT: (409, DRAFT),
            SCHEDULED: (409, SCHEDULED),
            PUBLISHED: (200, PUBLISHED),
            WITHDRAWN: (200, PUBLISHED),
        },
    ),
]


async def test_each_transition_is_applied_or_rejected_by_status(desk: Desk) -> None:
    for method, resource, body, expected in TABLE:
        for before, (status, after) in expected.items():
            made = await desk.make_in(before)
            response = await desk.send(method, f"/articles/{made['id']}/{resource}", body)
            case = (method, resource, body, before)
            assert response.status_code == status, (case, response.text)
            now = await desk.read(made)
            assert now["status"] == after, case
            if status == 409:
                check_problem(response, "conflict")
                assert now == made, case
            else:
                assert saved(response) == now
                assert response.headers["etag"] == f'"{now["revision"]}"'
                moved = (before, made["published_at"]) != (after, now["published_at"])
                assert now["revision"] == made["revision"] + moved, case
            await clear(desk, made)


async def clear(desk: Desk, article: Json) -> None:
    """Delete it where that is possible, so that the next one gets the same slug."""
    await desk.send("DELETE", f"/articles/{article['id']}")


async def test_only_never_public_articles_are_deleted(desk: Desk) -> None:
    for status in ArticleStatus:
        made = await desk.make_in(status, source_id=status)
        response = await desk.send("DELETE", f"/articles/{made['id']}")
        if status in {DRAFT, SCHEDULED}:
            assert (response.status_code, response.content) == (204, b"")
            check_problem(await desk.send("GET", f"/articles/{made['id']}"), "not-found")
            check_problem(await desk.send("GET", f"/articles/{made['id']}/revisions"), "not-found")
            again = await desk.make(source_id=status)
            assert (again["slug"], again["revision"]) == (made["slug"], 1)
        else:
            check_problem(response, "conflict")
            assert await desk.read(made) == made
    check_problem(await desk.send("DELETE", "/articles/0677y7hzc3m1d"), "not-found")


async def test_every_transition_honours_if_match(desk: Desk) -> None:
    for method, resource, body, _ in TABLE:
        made = await desk.make_in(PUBLISHED)
        response = await desk.send(method, f"/articles/{made['id']}/{resource}", body, if_match='"7"')
        check_problem(response, "precondition-failed")
    draft = await desk.make()
    check_problem(await desk.send("DELETE", f"/articles/{draft['id']}", if_match='"7"'), "precondition-failed")
    assert (await desk.send("DELETE", f"/articles/{draft['id']}", if_match='"1"')).status_code == 204


async def test_draft_whose_expiry_has_passed_has_a_warning_and_is_not_published(desk: Desk) -> None:
    made = await desk.make(expires_at="2026-11-20T10:00:00Z")
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("expires_at", "expiry-passed")]
    refused = await desk.send("PUT", f"/articles/{made['id']}/publication", {})
    assert "expired at 2026-11-20T12:00:00.000000+02:00" in check_problem(refused, "conflict")["detail"]
    await desk.edit(made, {"expires_at": None})
    assert desk.warnings == []
