"""The OpenAPI document, and its operations in Markdown."""

import asyncio

import orjson
from fastapi import APIRouter, Request, Response

from app.api.http.media_types import MARKDOWN
from app.api.http.responses import static_response
from app.net.base_path import href_of
from app.pages.operations_markdown import render_operations

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def show_openapi(request: Request) -> Response:
    """Return the OpenAPI document; a thread builds it, since that takes half a second that others must not wait."""
    document = await asyncio.to_thread(request.app.openapi)
    return static_response(orjson.dumps(document), media_type="application/json")


@router.get("/openapi.md")
async def show_operations(request: Request) -> Response:
    """Return the operations of the document in Markdown."""
    document = await asyncio.to_thread(request.app.openapi)
    text = render_operations(document, document_href=href_of("/openapi.json"))
    return static_response(text.encode(), media_type=MARKDOWN)
