"""Operations that declare their types beside their signature: few, public, and in agreement with what they parse."""

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from app.api.http import query_params
from app.api.http.private_responses import is_editorial_path
from app.api.http.route import OrdinaryRoute
from app.api.openapi.operations import OperationExtras, query_parameters, types_of
from app.api.router import iter_routes
from app.schemas.params import NoParams
from tests.api.contract import Json, operations
from tests.api.newsroom import ADDRESSES
from tests.conftest import app_of

MAX_DECLARED = 25


def described_routes() -> list[APIRoute]:
    """Return the routes in the document."""
    contexts = iter_route_contexts(list(iter_routes(app_of(0)[0])))
    found = [each.original_route for each in contexts]
    return [each for each in found if isinstance(each, APIRoute) and each.include_in_schema]


DECLARED = [each for each in described_routes() if isinstance(each.openapi_extra, OperationExtras)]


def test_types_are_declared_by_public_reads_alone() -> None:
    for route in described_routes():
        if isinstance(route.openapi_extra, OperationExtras):
            assert route.methods == {"GET"}, route.path
            assert route.path == "/v1" or route.path.startswith("/v1/"), route.path
            assert not is_editorial_path(route.path), route.path
        else:
            assert isinstance(route, OrdinaryRoute), route.path
            assert route.openapi_extra is None, route.path
    assert len(DECLARED) <= MAX_DECLARED


@pytest.mark.parametrize("route", DECLARED, ids=lambda route: route.name)
async def test_declared_parameters_are_those_that_are_parsed(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, route: APIRoute
) -> None:
    parsed: list[type[BaseModel]] = []
    parse = query_params.parse_query_string

    def recorded(query: str, model: type[BaseModel]) -> Any:
        parsed.append(model)
        return parse(query, model)

    monkeypatch.setattr(query_params, "parse_query_string", recorded)
    path = ADDRESSES.get(route.name, route.path).partition("?")[0]
    response = await reader.get(path, params={"no_such_parameter": "1"})
    assert isinstance(route.openapi_extra, OperationExtras)
    declared = route.openapi_extra.types.query or NoParams
    assert (response.status_code, parsed) == (422, [declared])
    assert response.json()["errors"][0]["where"] == "no_such_parameter"


async def test_parameters_of_the_document_are_those_of_the_signature_and_the_model(reader: httpx.AsyncClient) -> None:
    document: Json = (await reader.get("/openapi.json")).json()
    described = {each.name: each for each in operations(document)}
    for route in described_routes():
        types = types_of(route)
        assert types is not None
        model = types.query
        in_path = set(route.param_convertors)
        wanted = {each["name"] for each in query_parameters(model)} - in_path if model is not None else set()
        assert described[route.name].query.keys() == wanted, route.path
        named = {each["name"] for each in described[route.name].spec.get("parameters", []) if each["in"] == "path"}
        assert named == in_path == {each.alias for each in route.dependant.path_params}, route.path
