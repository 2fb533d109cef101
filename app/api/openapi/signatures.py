"""Additions to the document of an `OrdinaryRoute` beyond FastAPI's own: scopes, problems, models."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from app.api.auth.scopes import RequireScopes
from app.api.http.route import OrdinaryRoute

SCHEME = "key"
_AUTHORIZATION = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_BODY = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)

Problems = Callable[[Iterable[int]], Mapping[int | str, dict[str, Any]]]


def describe_signature(spec: dict[str, Any], route: OrdinaryRoute, problems: Problems) -> None:
    """Add the scopes and problems of the guards, and remove what the models of the signature describe more exactly.

    FastAPI writes a parameter that may be left out as "a string or null", and names the models of bodies after their
    route.
    """
    statuses: list[int] = []
    scopes = [scope for each in route.guards if isinstance(each, RequireScopes) for scope in each.scopes]
    if scopes:
        spec["security"] = [{SCHEME: [scope.value]} for scope in scopes]
        statuses += _AUTHORIZATION
    if spec.pop("requestBody", None) is not None:
        statuses += _BODY
    added = {str(status): problem for status, problem in problems(statuses).items()}
    spec["responses"] = dict(sorted({**added, **spec["responses"]}.items()))
    if "parameters" in spec:
        spec["parameters"] = [
            _plain(each) if each["in"] == "header" else each for each in spec["parameters"] if each["in"] != "query"
        ]


def _plain(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a header field as one schema, described once, with one example."""
    schema = {**parameter["schema"]}
    for option in schema.pop("anyOf", []):
        schema |= option if option.get("type") != "null" else {}
    schema.pop("description", None)
    return {**parameter, "example": schema.pop("examples")[0], "schema": schema}
