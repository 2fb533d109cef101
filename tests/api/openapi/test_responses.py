"""The document compared with the running API: it accepts and returns what is described, and nothing beyond."""

import re
from typing import Any

import httpx
import pytest

from app.api.http.private_responses import CROSS_ORIGIN_PRIVATE
from tests.api.contract import Json, Operation, operations, validator
from tests.api.newsroom import ADDRESSES, FOREIGN

DOCUMENTED = ("ETag", "Dayline-As-Of", "Cache-Control", "Last-Modified", "Access-Control-Allow-Origin")
"""Header fields that are documented wherever they are sent."""
BY_SETTING = {"RateLimit", "RateLimit-Policy"}
"""Header fields that are sent, and then exposed, only where a setting limits requests."""
SAFELISTED = {"Cache-Control", "Last-Modified", "Access-Control-Allow-Origin"}
"""Header fields that browsers show to scripts, or use, without exposing them."""
EXPORT = "export_articles"
"""Operation that returns JSON Lines."""
VALUES = {
    "url": "https://courier.example/news/trams-return",
    "edition": "global",
    "section": "city",
    "tag": "trams",
    "author": "iryna-dovhan",
    "label": "opinion",
    "format": "article",
    "language": "en-GB",
    "heading_language": "uk",
    "featured": "true",
    "access": "free",
    "from": "2026-11-01",
    "to": "2026-12-01",
    "exclude": "plain-news",
    "id": "0677y7hzc3m1d",
    "fields": "headline",
    "tz": "Asia/Kathmandu",
    "links": "absolute",
    "order": "name",
    "newest_day": "2026-11-19",
    "total": "true",
    "subsections": "true",
    "body": "text",
    "limit": "7",
    "since": "0",
    "wait": "0",
}
MORE = {
    "get_service": ["/v1"],
    "get_timeline": ["/v1/timeline", "/v1/timeline?tz=America/St_Johns&total=true", "/v1/timeline?fields=time"],
    "get_day": ["/v1/timeline/2026-11-19?total=true", "/v1/timeline/2030-01-01", "/v1/timeline/2026-11-20?edition=ua"],
    "get_calendar": ["/v1/timeline/calendar?from=2026-11-01&to=2027-11-01"],
    "get_article": [
        *(f"/v1/articles/trams-return?body={form}" for form in ("blocks", "rich", "html", "text", "none")),
        "/v1/articles/plain-news",
        "/v1/articles/lamps?edition=ua",
    ],
    "list_articles": ["/v1/articles?edition=*&body=blocks&limit=50", "/v1/articles?fields=local,tags,authors"],
    "list_changes": ["/v1/changes?edition=*&limit=200&tag=fog", "/v1/changes?fields=time&wait=1&tag=trams&limit=200"],
    "list_editions": ["/v1/editions"],
    "list_labels": ["/v1/labels", "/v1/labels?edition=ua"],
    "get_liveness": ["/health/live"],
    "get_readiness": ["/health/ready"],
}


@pytest.fixture
async def document(reader: httpx.AsyncClient) -> Json:
    """Return the document as it is served."""
    found: Json = (await reader.get("/openapi.json")).json()
    return found


def reading(document: Json) -> list[Operation]:
    """Return the public operations whose responses end."""
    readable = [each for each in operations(document) if each.name != "stream_changes"]
    return [each for each in readable if each.method == "get" and not each.path.startswith("/v1/editorial")]


def path_of(operation: Operation) -> str:
    """Return the path of an operation without its parameters."""
    return ADDRESSES.get(operation.name, operation.path).partition("?")[0]


async def test_real_responses_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        [content] = operation.spec["responses"]["200"]["content"].values()
        schema = content["schema"]
        if operation.name == EXPORT or schema.get("type") == "string":  # test_export.py, test_feed_documents.py
            continue
        for address in [
            *([ADDRESSES[operation.name]] if operation.name in ADDRESSES else []),
            *MORE.get(operation.name, []),
        ]:
            received = await reader.get(address)
            assert received.status_code == 200, address
            errors = [
                f"{list(each.absolute_path)}: {each.message[:300]}"
                for each in validator(document, schema).iter_errors(received.json())
            ]
            assert errors == [], address


async def test_real_problems_follow_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    provoked = {
        "400": "/v1/timeline?cursor=torn",
        "404": "/v1/articles/nothing-here",
        "410": "/v1/articles/taken-back",
        "422": "/v1/articles?limit=0&bogus=1",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, address in provoked.items():
        received = await reader.get(address)
        assert str(received.status_code) == status
        assert list(validator(document, schema).iter_errors(received.json())) == [], address


async def test_documented_parameters_are_accepted_and_no_others(reader: httpx.AsyncClient, document: Json) -> None:
    everything = {name for each in operations(document) for name in each.query} | {"q", "since", "sort", "offset"}
    for operation in reading(document):
        if not operation.path.startswith("/v1"):  # feeds ignore unknown parameters
            continue
        for name in sorted(everything):
            value = await value_of(reader, operation, name)
            params = {**required_query(operation), **needed_with(name), name: value}
            received = await reader.get(path_of(operation), params=params)
            refused = (
                [each["where"] for each in received.json().get("errors", [])] if received.status_code == 422 else []
            )
            accepted = [] if name in operation.query else [name]
            assert [each for each in refused if each not in needed_with(name)] == accepted, (operation.path, name)


def required_query(operation: Operation) -> dict[str, str]:
    """Return the query parameters without which an operation is refused."""
    return {name: VALUES[name] for name, parameter in operation.query.items() if parameter.get("required")}


def needed_with(name: str) -> dict[str, str]:
    """Return the query parameters without which this one is refused."""
    return {"edition": "*", "tz": "UTC"} if name == "heading_language" else {}


async def value_of(reader: httpx.AsyncClient, operation: Operation, name: str) -> str:
    if name != "cursor" or "cursor" not in operation.query:
        return VALUES.get(name, "1")
    return str((await reader.get(path_of(operation), params={"limit": "1"})).json()["next"]["cursor"])


async def test_documented_bounds_are_those_of_the_parser(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        for name, parameter in operation.query.items():
            if name in {"part", "since"}:  # the pages of news, and the log, end before
                continue
            for value, accepted in edges(parameter["schema"], VALUES.get(name, "1")):
                params = {**required_query(operation), **needed_with(name), name: value}
                received = await reader.get(path_of(operation), params=params)
                case = (operation.path, name, str(value)[:80], received.text[:200])
                assert received.status_code == (200 if accepted else 422), case
                if not accepted:
                    assert {each["where"] for each in received.json()["errors"]} == {name}, case


def edges(schema: Json, usual: str) -> list[tuple[Any, bool]]:
    """Yield values at the bounds of a schema and just beyond, and whether they are accepted."""
    named = schema.get("items", schema).get("enum")
    if named is not None:
        return [*((each, True) for each in named), ("nothing-of-the-kind", False)]
    if schema["type"] == "integer":
        low, high = schema["minimum"], schema.get("maximum")
        most = [] if high is None else [(high, True), (high + 1, False)]
        return [(low, True), *most, (low - 1, False), ("some", False), ("", False)]
    if schema["type"] == "boolean":
        return [("true", True), ("false", True), ("maybe", False), ("", False)]
    if schema["type"] == "array":
        most = schema["maxItems"]
        return [([usual] * most, True), ([usual] * (most + 1), False)]
    if schema.get("format") == "date":
        return [(usual, True), ("2026-02-30", False), ("today", False), ("", False)]
    return []


async def test_documented_defaults_are_those_of_the_parser(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        plain = await reader.get(path_of(operation))
        for name, parameter in operation.query.items():
            default = parameter["schema"].get("default")
            if default in (None, []):
                continue
            requested = await reader.get(path_of(operation), params={name: str(default).lower()})
            if operation.name == EXPORT:
                assert requested.content == plain.content
                continue
            if operation.name in FOREIGN:  # every document has its own URL
                assert requested.status_code == plain.status_code == 200
                continue
            assert without_addresses(requested.json()) == without_addresses(plain.json()), (operation.path, name)


def without_addresses(body: Json) -> Json:
    """Return a response without the URLs that repeat the parameters."""
    return {name: value for name, value in body.items() if name not in {"next", "previous", "newer"}}


async def test_documented_header_fields_are_sent(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        response = await reader.get(ADDRESSES.get(operation.name, operation.path))
        assert response.status_code == 200, operation.path
        fields = operation.spec["responses"]["200"].get("headers", {})
        sent = {name for name in DOCUMENTED if name in response.headers}
        assert fields.keys() - {"Link"} - BY_SETTING == sent, operation.path
        assert "link" not in response.headers or "Link" in fields, operation.path
        for name in fields.keys() & {*sent, *({"Link"} & {each.title() for each in response.headers})}:
            assert validator(document, fields[name]["schema"]).is_valid(response.headers[name]), (operation.path, name)
        if "no-store" in fields["Cache-Control"]["example"]:
            assert "no-store" in response.headers["cache-control"], operation.path
        else:
            assert response.headers["cache-control"].startswith("public, max-age="), operation.path


async def test_documented_caching_of_problems_is_that_of_responses(reader: httpx.AsyncClient, document: Json) -> None:
    by_name = {each.name: each for each in operations(document)}
    for status, address in {"404": "/v1/articles/nothing-here", "410": "/v1/articles/taken-back"}.items():
        response = await reader.get(address)
        fields = by_name["get_article"].spec["responses"][status]["headers"]
        assert str(response.status_code) == status
        for name in ("Cache-Control", "Access-Control-Allow-Origin"):
            assert response.headers[name] == fields[name]["example"], (address, name)


async def test_documented_header_fields_are_exposed_to_scripts(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        documented = operation.spec["responses"]["200"].get("headers", {}).keys()
        if operation.path.startswith("/health"):
            continue
        response = await reader.get(ADDRESSES.get(operation.name, operation.path), headers={"authorization": "nothing"})
        assert response.status_code == 200, "without keyed reading any Authorization is accepted"
        assert response.headers["access-control-allow-origin"] == "*", operation.path
        exposed = {each.strip() for each in response.headers["access-control-expose-headers"].split(",")}
        assert documented - SAFELISTED - BY_SETTING <= exposed, operation.path
    of_writes = {
        name
        for operation in operations(document)
        if operation.path.startswith("/v1/editorial")
        for response in operation.spec["responses"].values()
        for name in response.get("headers", {})
    }
    assert of_writes - SAFELISTED <= set(CROSS_ORIGIN_PRIVATE["access-control-expose-headers"].split(", "))


async def test_entries_document_the_links_to_their_alternates(reader: httpx.AsyncClient, document: Json) -> None:
    found = set()
    for operation in reading(document):
        response = operation.spec["responses"]["200"]
        if "Last-Modified" in response.get("headers", {}):
            found.add(operation.name)
            example = response["content"]["application/json"]["example"]["alternates"][0]["href"]
            assert f"<{example}>" in response["headers"]["Link"]["example"], operation.path
            received = await reader.get(ADDRESSES.get(operation.name, operation.path))
            links = re.findall("<(.+?)>", received.headers["link"])
            assert links == [each["href"] for each in received.json()["alternates"]], operation.path
    assert found == {"get_edition", "get_author", "get_section", "get_tag"}


async def test_lists_document_the_link_to_their_next_page(reader: httpx.AsyncClient, document: Json) -> None:
    for operation in reading(document):
        headers = operation.spec["responses"]["200"].get("headers", {})
        if "cursor" in operation.query:
            assert "Link" in headers, operation.path
            response = await reader.get(path_of(operation), params={"limit": "1"})
            assert "link" in response.headers or response.json()["next"] is None, operation.path
