"""The operations in Markdown: all of the document, with parameters, bodies and scopes."""

from app.pages.operations_markdown import METHODS, render_operations
from tests.conftest import api_document

TEXT = render_operations(api_document(), document_href="/openapi.json")


def test_markdown_has_every_operation_once() -> None:
    expected = {
        f"### {method.upper()} {path}"
        for path, operations in api_document()["paths"].items()
        for method in METHODS
        if method in operations
    }
    headings = [line for line in TEXT.splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(expected)


def test_markdown_describes_parameters_bodies_scopes_and_statuses() -> None:
    [section] = [each for each in TEXT.split("\n### ") if each.startswith("POST /v1/editorial/articles\n")]
    assert "- `Idempotency-Key` (header): " in section
    assert "- Body: `application/json`, schema `ArticleCreate`\n" in section
    assert "- API key with `articles:write` or `articles:publish`\n" in section
    assert "- Statuses: 201, " in section
    [public] = [each for each in TEXT.split("\n### ") if each.startswith("GET /v1/timeline/{day}\n")]
    assert "- `day` (path, required): " in public
    assert "API key" not in public
