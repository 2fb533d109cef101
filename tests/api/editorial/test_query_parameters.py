"""Query parameters of the editorial API: `strict` of writes, and suggestions for unknown fields."""

import pytest

from tests.api.editorial.editor_client import Desk


@pytest.mark.parametrize("query", ["edition=ua", "strikt=true", "strict=yes", "strict=true&strict=true"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_write_of_an_article_refuses_parameters_other_than_strict(desk: Desk, method: str, query: str) -> None:
    made = await desk.make(source_id="x")
    path = {"POST": "/articles", "PATCH": f"/articles/{made['id']}", "PUT": "/editions/global/articles/x"}[method]

    refused = await desk.send(method, f"{path}?{query}", {"headline": "Another"}, if_match="*")

    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["where"] == query.partition("=")[0]
    assert (await desk.read(made))["headline"] == "Story x"
    assert len((await desk.done("GET", "/articles?edition=*"))["items"]) == 1


async def test_unknown_field_names_the_nearest_one(desk: Desk) -> None:
    for path in ("/v1/editorial/articles", "/v1/articles"):
        refused = await desk.client.get(f"{path}?fields=headine", headers=desk.headers)
        message = "'headine' is not a field of the items. Did you mean 'headline'?"
        assert refused.json()["errors"] == [{"where": "fields", "message": message}]


async def test_unknown_field_that_resembles_none_names_them_all(desk: Desk) -> None:
    refused = await desk.client.get("/v1/timeline?fields=zzz")
    [error] = refused.json()["errors"]
    assert error["message"].startswith("'zzz' is not a field of the items. Fields: access, authors, ")
