"""The OpenAPI document."""

import asyncio

import orjson
from fastapi import APIRouter, Request, Response

from app.api.http.responses import static_response

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def show_openapi(request: Request) -> Response:
    """Return the OpenAPI document; a thread builds it, since that takes half a second that others must not wait."""
    document = await asyncio.to_thread(request.app.openapi)
    return static_response(orjson.dumps(document), media_type="application/json")
