"""Guard of query strings: FastAPI would use the last of repeated values, and ignore undeclared parameters."""

from typing import get_origin

from fastapi import Request

from app.api.http.path_params import check_path
from app.api.http.query_params import collect_parameters, unknown_parameter
from app.api.http.route import Guard, OrdinaryRoute
from app.errors import InvalidInputError


class QueryGuard(Guard):
    """Dependency that rejects a query string that is malformed, repeats a single parameter, or is not expected."""

    async def check(self, request: Request) -> None:
        """InvalidInputError names each parameter; NotFoundError for a path with control characters."""
        check_path(request.scope)
        raw: bytes = request.scope["query_string"]
        if not raw:
            return
        route: OrdinaryRoute = request.scope["route"]
        declared = route.query_parameters
        lists = [name for name, kind in declared.items() if get_origin(kind) is list]
        collected = collect_parameters(raw.decode("latin-1"), lists)
        unknown = [] if route.types.query is not None else [name for name in collected if name not in declared]
        if unknown:  # a model of the query refuses them itself, with its other errors
            raise InvalidInputError(*(unknown_parameter(name, declared) for name in unknown))
