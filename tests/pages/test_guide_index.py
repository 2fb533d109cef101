"""The index of the guides: parsed from the page that lists them by task, and the addresses of its links."""

from typing import Any

from app.net.base_path import links_below
from app.pages.guide_index import GuideLink, make_resolver, parse_index
from app.pages.guides import build_index_page
from app.pages.llms_txt import render_llms_txt
from app.pages.search_index import list_guide_entries, list_operation_entries

SOURCE = """# Documentation

| task | page |
|---|---|
| **Read** | |
| show the news | [Reading](reading.md), [its days](reading.md#days) |
| change it | [CONTRIBUTING](../CONTRIBUTING.md) |
| **Run** | |
| read from `Python` | [Python: `dayline-client`](reading.md) |
| look up why | [Decisions](#decisions) |

## Decisions
1. [A folder is a layer](decisions/0001-layers.md)
"""
INDEX = parse_index(SOURCE)
PAGES = {"README", "reading", "decisions/0001-layers"}


def test_index_has_groups_with_tasks_and_decisions() -> None:
    read, run = INDEX.groups
    assert (read.name, [task.task for task in read.tasks]) == ("Read", ["show the news", "change it"])
    assert read.tasks[0].guides == [GuideLink("Reading", "reading.md"), GuideLink("its days", "reading.md#days")]
    assert [each.name for each in read.list_guides()] == ["reading", "reading"]
    assert [each.name for each in run.list_guides()] == ["reading"]
    assert INDEX.decisions == [GuideLink("A folder is a layer", "decisions/0001-layers.md")]


def test_relative_links_lead_to_guides_below_the_base_path() -> None:
    resolve = make_resolver("decisions/0001-layers", pages=PAGES, files={"nginx.conf"})
    with links_below("/api"):
        assert resolve("../reading.md#days") == "/api/guides/reading#days"
        assert resolve("../README.md") == "/api/guides"
        assert resolve("../nginx.conf") == "/api/guides/nginx.conf"
        assert resolve("#here") == "#here"
        assert resolve("https://www.rfc-editor.org/rfc/rfc9457") == "https://www.rfc-editor.org/rfc/rfc9457"
    assert resolve("../../README.md") is None
    assert resolve("../missing.md") is None


def test_index_page_links_each_guide_by_its_task() -> None:
    content = str(build_index_page(INDEX, pages=PAGES, files=()).content)
    assert '<dt>Show the news</dt><dd><span><a href="/guides/reading">Reading</a></span>' in content
    assert '<span class="elsewhere" title="In the source repository">CONTRIBUTING</span>' in content
    assert '<a href="#decisions">Decisions</a>' in content
    assert "<dt>Read from <code>Python</code></dt>" in content
    assert '<a href="/guides/reading">Python: <code>dayline-client</code></a>' in content
    assert '<a href="/guides/decisions/0001-layers">A folder is a layer</a>' in content


def test_llms_txt_lists_the_guides_in_markdown() -> None:
    text = render_llms_txt(INDEX, origin="https://news.example")
    assert text.startswith("# Dayline\n\n> ")
    assert "\n- [OpenAPI document](https://news.example/openapi.json): " in text
    assert "\n## Read\n\n- [Reading](https://news.example/guides/reading.md): show the news\n" in text
    assert "CONTRIBUTING" not in text
    assert text.endswith("(https://news.example/guides/decisions/0001-layers.md): a decision on the design\n")


def test_search_finds_sections_of_guides_and_the_beginning_of_decisions() -> None:
    source = "# Reading\nThe news.\n\n## Days\nBy zone.\n"
    top, days = list_guide_entries("reading", source)
    assert top == {"title": "Reading", "page": "Reading", "href": "/guides/reading", "text": "The news."}
    assert days == {"title": "Days", "page": "Reading", "href": "/guides/reading#days", "text": "By zone."}
    [decision] = list_guide_entries("decisions/0001-layers", source)
    assert (decision["page"], decision["text"]) == ("Decision", "The news.")


def test_search_finds_operations_by_their_summary_and_parameters() -> None:
    operation: dict[str, Any] = {"summary": "List tags", "tags": ["Catalogue"], "description": "By `slug`."}
    limit = {"name": "limit", "in": "query", "description": "Entries on a page.", "schema": {"maximum": 200}}
    operation["parameters"] = [{"$ref": "#/components/parameters/limit"}]
    [entry] = list_operation_entries(
        {"paths": {"/v1/tags": {"parameters": [], "get": operation}}, "components": {"parameters": {"limit": limit}}}
    )
    assert (entry["title"], entry["page"], entry["text"]) == (
        "List tags",
        "GET /v1/tags",
        "By slug. limit (maximum 200): Entries on a page.",
    )
    assert entry["href"] == "/docs#tag/catalogue/GET/v1/tags"
