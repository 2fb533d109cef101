"""Addresses of articles by the identifiers of another system, and the transitions below them."""

import pytest

from tests.api.editorial.editor_client import NOTICE, TODAY, TOMORROW, YESTERDAY, Desk, wrong
from tests.api.http.test_problems import check_problem

EDITION = "/editions/global/articles"


async def test_article_is_published_bumped_withdrawn_and_restored_by_source_id(desk: Desk) -> None:
    here = f"{EDITION}/desk/2026/41"
    await desk.done("PUT", here, {"headline": "Night trams return"})
    scheduled = await desk.done("PUT", f"{here}/publication", {"at": TOMORROW})
    assert (scheduled["status"], scheduled["source_id"]) == ("scheduled", "desk/2026/41")
    assert (await desk.done("DELETE", f"{here}/publication"))["status"] == "draft"
    assert (await desk.done("PUT", f"{here}/publication", {"at": YESTERDAY}))["status"] == "published"
    bumped = await desk.done("PUT", f"{here}/bump", {"at": TODAY})
    assert bumped["published_at"] == "2026-11-20T12:00:00.000000+02:00"
    withdrawn = await desk.done("PUT", f"{here}/withdrawal", NOTICE)
    assert (withdrawn["status"], withdrawn["withdrawal"]["notice"]) == ("withdrawn", NOTICE["notice"])
    restored = await desk.done("DELETE", f"{here}/withdrawal")
    assert restored["status"] == "published"
    response = await desk.send("GET", here)
    assert response.json() == restored == await desk.read(restored)
    assert response.headers["etag"] == f'"{restored["revision"]}"'


async def test_only_articles_that_were_never_public_are_deleted_by_source_id(desk: Desk) -> None:
    await desk.make(source_id="draft")
    await desk.make(source_id="public", published_at=TODAY)
    assert (await desk.send("DELETE", f"{EDITION}/draft", if_match='"9"')).status_code == 412
    assert (await desk.send("DELETE", f"{EDITION}/draft")).status_code == 204
    check_problem(await desk.send("GET", f"{EDITION}/draft"), "not-found")
    check_problem(await desk.send("DELETE", f"{EDITION}/public"), "conflict")
    assert (await desk.done("GET", f"{EDITION}/public"))["status"] == "published"


async def test_unknown_source_ids_and_editions_are_not_found(desk: Desk) -> None:
    await desk.make(source_id="a")
    for path in (f"{EDITION}/b", "/editions/ua/articles/a", "/editions/nowhere/articles/a"):
        for method, tail, body in (
            ("GET", "", None),
            ("DELETE", "", None),
            ("PUT", "/publication", {}),
            ("PUT", "/bump", {}),
            ("PUT", "/withdrawal", {}),
            ("DELETE", "/withdrawal", None),
            ("DELETE", "/publication", None),
        ):
            response = await desk.send(method, f"{path}{tail}", body)
            check_problem(response, "not-found")
            assert ("edition 'nowhere'" in response.json()["detail"]) is ("nowhere" in path)


async def test_transitions_by_source_id_check_the_revision(desk: Desk) -> None:
    await desk.make(source_id="a", published_at=TODAY)
    for tail in ("publication", "bump", "withdrawal"):
        response = await desk.send("PUT", f"{EDITION}/a/{tail}", {}, if_match='"7"')
        check_problem(response, "precondition-failed")


@pytest.mark.parametrize("tail", ["publication", "bump", "withdrawal"])
async def test_article_sent_to_a_transition_is_named_once(desk: Desk, tail: str) -> None:
    await desk.make(source_id="a")
    errors = wrong(await desk.send("PUT", f"{EDITION}/a/{tail}", {"headline": "A", "lead": "B", "body": []}))
    assert list(errors) == [""]
    assert errors[""].startswith("Must not be an article: the members here are ")


@pytest.mark.parametrize("ending", ["publication", "withdrawal", "bump"])
async def test_new_source_id_must_not_end_like_an_address(desk: Desk, ending: str) -> None:
    response = await desk.send("POST", "/articles", {"headline": "A", "source_id": f"cms/41/{ending}"})
    assert "source_id" in wrong(response)
    assert (await desk.make(source_id=f"cms/41/{ending}s"))["source_id"] == f"cms/41/{ending}s"
