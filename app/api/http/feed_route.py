"""The route class of feeds, which ignores unknown parameters: readers and mailings add their own to addresses."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response

from app.api.http.route import OrdinaryRoute
from app.errors import NotFoundError
from app.invalidation.canonical_query import FEED_PARAMETERS, drop_unknown_parameters
from app.schemas.params import EVERY_EDITION, QueryParams

P = TypeVar("P", bound=QueryParams)


class FeedRoute(OrdinaryRoute):
    """A route of which everything but its own parameters is removed from the query string, such as `utm_source`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the removal."""
        handle, known = super().get_route_handler(), FEED_PARAMETERS & self.query_parameters.keys()

        async def run(request: Request) -> Response:
            query = drop_unknown_parameters(request.scope["query_string"].decode("latin-1"), known)
            return await handle(Request({**request.scope, "query_string": query.encode("latin-1")}, request.receive))

        return run


def params_of_edition(params: P, edition: str) -> P:
    """Return the parameters with the edition in the path; NotFoundError for `*`, which names all editions."""
    if edition == EVERY_EDITION:
        raise NotFoundError("A feed belongs to one edition: replace * by its slug.")
    return params.model_copy(update={"edition": edition})
