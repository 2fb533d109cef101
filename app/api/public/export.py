"""Bulk export of public articles from one snapshot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import Request, Response

from app.api.dependencies import get_database, services_of
from app.api.http.jsonl_response import JsonLinesResponse
from app.api.http.query_params import parse_query
from app.api.openapi.document import operation
from app.api.router import make_router
from app.errors import BusyError
from app.queries.articles import public_export
from app.schemas.article import SparseArticleItem
from app.schemas.examples import reading
from app.schemas.params import ExportParams
from app.schemas.types import MAX_SEQ_DIGITS
from app.services import MAX_EXPORTS

AS_OF = "dayline-as-of"

router = make_router("Changes")


@router.get(
    "/export",
    summary="Export articles (JSON Lines)",
    response_class=JsonLinesResponse,
    **operation(
        ExportParams,
        SparseArticleItem,
        reading.ARTICLE_ITEM,
        errors=(404, 422, 503),
        cacheable=False,
        media_type=JsonLinesResponse.media_type,
        headers={
            "Dayline-As-Of": {
                "description": "The last change in the export: continue with `/v1/changes?since=` from it.",
                "schema": {"type": "string", "pattern": "^[0-9]+$", "maxLength": MAX_SEQ_DIGITS},
                "example": "184213",
            }
        },
    ),
)
async def export_articles(request: Request) -> Response:
    """Export every public article under the filters, oldest first, one JSON object a line, from one snapshot.

    With `id`, in the order of the ids. A process serves four exports at a time; an export is interrupted after an hour,
    or where a client takes longer than a minute to read 64 KiB. An interrupted export ends as an error of HTTP (no last
    chunk in HTTP/1.1, a reset stream in HTTP/2), never as a short success: resume with `from` set to the last
    `published_at` that arrived, which repeats the articles of that instant (replace them by `id`), and follow the
    changes since the first `Dayline-As-Of`.
    """
    params = parse_query(request, ExportParams)
    database = get_database(request)
    async with AsyncExitStack() as held:
        if params.id:
            first = await database.read_in_thread(public_export.export_by_ids, params)
            return JsonLinesResponse(first.lines, None, headers=_headers(first), resources=held.pop_all())
        await held.enter_async_context(_turn(services_of(request).export_slots))
        read_next = await held.enter_async_context(database.stream(public_export.export_articles, params))
        begun = await read_next()
        assert begun is not None  # noqa: S101 - an export yields at least one chunk, which may be empty

        async def read_lines() -> bytes | None:
            portion = await read_next()
            return None if portion is None else portion.lines

        return JsonLinesResponse(begun.lines, read_lines, headers=_headers(begun), resources=held.pop_all())


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    if turns.locked():
        raise BusyError(f"{MAX_EXPORTS} exports are in progress in this process already.", retry_after=5)
    async with turns:
        yield


def _headers(portion: public_export.ExportChunk) -> dict[str, str]:
    return {AS_OF: str(portion.as_of), "access-control-expose-headers": "Link, Dayline-As-Of"}
