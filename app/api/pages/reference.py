"""The API reference: a page that starts Scalar's script, and the script."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.api.http.path_params import UNKNOWN_URL
from app.api.http.responses import redirect_response, static_response
from app.api.pages.assets import asset_href
from app.api.pages.page_route import PageRoute
from app.api.pages.scalar import SCALAR_PATH, scalar_response
from app.errors import NotFoundError
from app.net.base_path import href_of
from app.pages.reference import ReferenceLinks, render_reference

router = APIRouter(include_in_schema=False, route_class=PageRoute)

REFERENCE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the API reference, where keys are typed: no inline script, no `eval`, no other host.

Scalar inserts style sheets, and numbers lines of code by attributes whose values vary: inline styles are allowed. They
can load nothing from other hosts.
"""


@router.get("/docs")
async def get_reference() -> Response:
    """Return the API reference, for reading and trying."""
    links = ReferenceLinks(
        style=asset_href("reference.css"),
        icon=asset_href("icon.svg"),
        script=asset_href("reference.js"),
        scalar=href_of(SCALAR_PATH),
        document=href_of("/openapi.json"),
    )
    return static_response(render_reference(links), media_type="text/html", content_policy=REFERENCE_POLICY)


@router.get("/docs/{rest:path}")
async def redirect_to_reference(request: Request, rest: str) -> Response:
    """Redirect from the address with a slash at its end; no other is below the reference."""
    if rest:
        raise NotFoundError(UNKNOWN_URL)
    return redirect_response(request.scope, "/docs")


@router.get("/assets/scalar.{digest}.js")
async def get_scalar(request: Request, digest: str) -> Response:
    """Return the script of Scalar.

    During an upgrade a page of one version may ask a process of the other for its script: it is redirected.
    """
    if f"/assets/scalar.{digest}.js" != SCALAR_PATH:
        return redirect_response(request.scope, SCALAR_PATH)
    return await scalar_response(request)
