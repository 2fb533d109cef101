"""Query parameters of writes of articles: `strict`, and no other."""

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
