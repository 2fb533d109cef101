"""The API reference for people, which loads nothing from other hosts, and the OpenAPI document."""

import asyncio
from functools import cache
from importlib.resources import files

import orjson
from fastapi import APIRouter, Request, Response

from app.api.http.responses import static_response
from app.errors import NotFoundError
from app.net.base_path import href_of

router = APIRouter(include_in_schema=False)

ASSETS_PATH = "/docs/assets"
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "reference.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "icon.svg": "image/svg+xml",
}
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#0b57d0'/>"
    "<path d='M4 4v8M7 5h6M7 8h6M7 11h4' stroke='#fff' stroke-width='1.5'/></svg>"
)
REFERENCE = {
    "dom_id": "#swagger-ui",
    "deepLinking": True,
    "showExtensions": True,
    "showCommonExtensions": True,
    "validatorUrl": None,  # the badge would send the document's address to another site
    "docExpansion": "list",
    "defaultModelsExpandDepth": 0,
    "displayRequestDuration": True,
}
REFERENCE_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dayline API reference</title>
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="icon" href="{assets}/icon.svg">
<div id="swagger-ui"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/reference.js"></script>
</html>
"""
NOWHERE = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
REFERENCE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " + NOWHERE
)
"""Content-Security-Policy of the API reference, where keys are typed: no inline script, no other host."""


@router.get("/docs")
async def get_api_docs() -> Response:
    """Return the API reference, for reading and trying."""
    page = REFERENCE_PAGE.format(assets=href_of(ASSETS_PATH))
    return static_response(page.encode(), media_type="text/html", content_policy=REFERENCE_POLICY)


@router.get(f"{ASSETS_PATH}/{{name}}")
async def get_docs_asset(name: str) -> Response:
    """Return a file of the API reference."""
    if name not in ASSETS:
        raise NotFoundError("No resource has this URL.")
    own = {"icon.svg": ICON, "reference.js": _reference_script()}
    return static_response(own[name].encode() if name in own else _read_asset(name), media_type=ASSETS[name])


def _reference_script() -> str:
    options = {"url": href_of("/openapi.json"), **REFERENCE}
    return f"SwaggerUIBundle({orjson.dumps(options).decode()})\n"


@cache
def _read_asset(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()


@router.get("/openapi.json")
async def show_openapi(request: Request) -> Response:
    """Return the OpenAPI document; a thread builds it, since that takes half a second that others must not wait."""
    document = await asyncio.to_thread(request.app.openapi)
    return static_response(orjson.dumps(document), media_type="application/json")
