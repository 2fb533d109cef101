"""Endpoints with ordinary signatures: the order of their checks, their bodies, and what their signatures name."""

import threading
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, Depends, FastAPI, Query, Request
from fastapi.routing import iter_route_contexts
from pydantic import AfterValidator, BaseModel, ConfigDict

from app.api.http.merge_patch import MergePatchOf
from app.api.http.private_responses import private_response
from app.api.http.problems import install_exception_handlers
from app.api.http.request_body import MAX_BODY_BYTES, MAX_INLINE_BYTES
from app.api.http.responses import TypedResponse
from app.api.http.route import Guard, OrdinaryRoute
from app.api.router import include_routers, ordinary_router
from app.errors import PreconditionRequiredError

JSON = {"content-type": "application/json"}
BODIES = (b"{", b"[]", b'{"name": 1}', b'{"name": "a", "name": "b"}', b"x" * (MAX_BODY_BYTES + 1))


def name_thread(value: str) -> str:
    return f"{value} in {threading.current_thread().name}"


class Note(BaseModel):
    """Note that records in which thread it was validated."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Annotated[str, AfterValidator(name_thread)]
    text: str = ""


class Params(BaseModel):
    """The parameters of a list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    tag: list[str] = []
    limit: int = 5


class NeedsPrecondition(Guard):
    """Guard of a test."""

    async def check(self, request: Request) -> str:
        if "if-match" not in request.headers:
            raise PreconditionRequiredError("If-Match is missing.")
        return request.headers["if-match"]


def make_app() -> FastAPI:
    router = ordinary_router("Notes", prefix="/notes")

    @router.post("", status_code=201)
    async def create_note(note: Note, precondition: Annotated[str, Depends(NeedsPrecondition())]) -> TypedResponse[Any]:
        return private_response({"name": note.name, "precondition": precondition}, status=201)

    @router.patch("")
    async def edit_note(patch: Annotated[dict[str, Any], Body(), MergePatchOf(Note)]) -> TypedResponse[Any]:
        return private_response(patch)

    @router.get("")
    async def list_notes(params: Annotated[Params, Query()]) -> TypedResponse[Any]:
        return private_response(params.model_dump())

    @router.get("/{number}")
    async def get_note(number: int) -> TypedResponse[Any]:
        return private_response({"number": number})

    app = FastAPI(openapi_url=None)
    include_routers(app, [router])
    install_exception_handlers(app)
    return app


async def send_request(method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_app()), base_url="http://dayline.test") as client:
        return await client.request(method, path, **options)


def wrong(response: httpx.Response) -> dict[str, str]:
    """Return the messages of a 422 by location."""
    assert response.status_code == 422
    return {each["where"]: each["message"] for each in response.json()["errors"]}


@pytest.mark.parametrize("body", BODIES)
async def test_guard_refuses_a_request_before_its_body_is_read(body: bytes) -> None:
    response = await send_request("POST", "/notes", content=body, headers=JSON)
    assert response.status_code == 428
    assert response.headers["content-type"] == "application/problem+json"


async def test_query_string_is_checked_before_the_body_is_read() -> None:
    response = await send_request("POST", "/notes?limit=1", content=b"{", headers=JSON | {"if-match": "*"})
    assert wrong(response) == {"limit": "Unknown query parameter."}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [(BODIES[0], JSON, 422), (BODIES[4], JSON, 413), (b"{}", {"content-type": "text/plain"}, 415)],
)
async def test_body_is_read_by_the_rules_of_the_application(body: bytes, headers: dict[str, str], status: int) -> None:
    assert (
        await send_request("POST", "/notes", content=body, headers=headers | {"if-match": "*"})
    ).status_code == status


async def test_absent_body_is_an_empty_object_for_any_media_type() -> None:
    for headers in ({}, JSON, {"content-type": "text/plain"}):
        assert wrong(await send_request("POST", "/notes", headers=headers | {"if-match": "*"})) == {
            "name": "Is required."
        }


@pytest.mark.parametrize(("size", "is_inline"), [(10, True), (MAX_INLINE_BYTES, False)])
async def test_body_that_is_large_is_validated_in_a_thread(size: int, *, is_inline: bool) -> None:
    note = {"name": "a", "text": "x" * size}
    response = await send_request("POST", "/notes", json=note, headers={"if-match": "*"})
    assert response.status_code == 201
    assert (response.json()["name"] == f"a in {threading.current_thread().name}") == is_inline
    assert wrong(await send_request("POST", "/notes", json=note | {"a": 1}, headers={"if-match": "*"})) == {
        "a": "Unknown field."
    }


async def test_merge_patch_reaches_the_endpoint_as_it_was_sent() -> None:
    patch = {"name": None, "more": [{"a": None}]}
    assert (await send_request("PATCH", "/notes", json=patch)).json() == patch


async def test_query_parameters_are_refused_where_they_repeat_or_are_unknown() -> None:
    assert (await send_request("GET", "/notes?tag=a&tag=b&limit=7")).json() == {"tag": ["a", "b"], "limit": 7}
    assert wrong(await send_request("GET", "/notes?limit=1&limit=2")) == {
        "limit": "The parameter may be given only once."
    }
    assert wrong(await send_request("GET", "/notes?tga=a")) == {"tga": "Unknown query parameter. Did you mean 'tag'?"}
    assert wrong(await send_request("GET", "/notes?limit=%00")) == {"limit": "Contains a control character."}
    assert list(wrong(await send_request("GET", "/notes?limit=x&tga=a"))) == ["limit", "tga"]


async def test_path_parameter_of_the_wrong_type_is_named() -> None:
    assert list(wrong(await send_request("GET", "/notes/x"))) == ["number"]


def test_types_of_a_route_are_those_of_its_signature() -> None:
    found = [each.original_route for each in iter_route_contexts(make_app().routes)]
    create, edit, browse, _ = (each for each in found if isinstance(each, OrdinaryRoute))
    assert (create.types.query, create.types.body, create.types.response) == (None, Note, Any)
    assert edit.types.body is Note
    assert browse.types.query is Params
    assert list(browse.query_parameters) == ["tag", "limit"]
