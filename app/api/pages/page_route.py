"""The route class of pages: an address below them that no resource has is a page for browsers, too."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.http.media_types import HTML, VARY, negotiate
from app.api.http.path_params import check_path
from app.api.http.problems import handle_error
from app.api.http.responses import NO_CACHE
from app.api.pages.assets import page_response
from app.errors import NotFoundError
from app.pages.problems import build_not_found_page
from app.server.refusals import PROBLEM_TYPE

NOT_FOUND_TYPES: Final = (PROBLEM_TYPE, HTML)


class PageRoute(APIRoute):
    """A route whose 404 is a page in the layout for clients that prefer HTML, else problem details."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's own handler with the negotiation of its 404."""
        handle = super().get_route_handler()

        async def run(request: Request) -> Response:
            try:
                check_path(request.scope)
                return await handle(request)
            except NotFoundError as error:
                if negotiate(request.scope, NOT_FOUND_TYPES) == HTML:
                    response = page_response(
                        build_not_found_page(error.detail), cache_control=NO_CACHE, extra_headers=VARY
                    )
                    response.status_code = HTTPStatus.NOT_FOUND
                    del response.headers["etag"]
                    return response
                response = await handle_error(request, error)
                response.headers.add_vary_header("Accept")
                return response

        return run
