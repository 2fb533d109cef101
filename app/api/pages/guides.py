"""Guides: the documentation of this release as pages and in Markdown, their search, and `llms.txt`.

The parser of Markdown and the highlighter are loaded by the first request for a page, in a thread.
"""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from app import documentation
from app.api.dependencies import services_of
from app.api.http.media_types import MARKDOWN, VARY, choose_representation
from app.api.http.responses import redirect_response, static_response
from app.api.pages.assets import page_response
from app.api.pages.page_route import PageRoute
from app.api.pages.problems import list_problem_entries
from app.domain.url import ascii_site
from app.errors import NotFoundError
from app.net.base_path import links_below
from app.pages.layout import HtmlPage

if TYPE_CHECKING:
    from app.pages.search_index import SearchEntry

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MAX_RENDERED: Final = 32
"""Rendered pages that a process holds, beside the response cache, which keyed reading disables."""
_ENDING: Final = ".md"


@router.get("/guides")
async def list_guides(request: Request) -> Response:
    """Return the index of the guides by task, as a page or in Markdown."""
    return await _respond(request, documentation.INDEX)


@router.get("/guides/search.json")
async def get_search_index(request: Request) -> Response:
    """Return everything that the search of the guides finds; a thread builds it, which takes a second."""
    app, base_path = request.app, services_of(request).settings.base_path
    return static_response(await asyncio.to_thread(_build_search_index, app, base_path), media_type="application/json")


@router.get("/guides/{name:path}")
async def get_guide(request: Request, name: str) -> Response:
    """Return a guide as a page or in Markdown, or a file that guides link; redirect from a slash at the end."""
    if not name or (name.endswith("/") and name[:-1] in documentation.list_pages()):
        return redirect_response(request.scope, f"/guides/{name}".rstrip("/"))
    if name in documentation.list_examples():
        return static_response(documentation.list_examples()[name].read_bytes(), media_type="text/plain")
    if name.endswith(_ENDING):
        return _markdown_response(name.removesuffix(_ENDING))
    if name == documentation.INDEX:
        raise _not_found(name)
    return await _respond(request, name)


@router.get("/llms.txt")
async def get_llms_txt(request: Request) -> Response:
    """Return the index for language models."""
    settings = services_of(request).settings
    origin = "" if settings.public_url is None else ascii_site(settings.public_url)
    text = await asyncio.to_thread(_render_llms_txt, origin)
    return static_response(text.encode(), media_type="text/plain")


async def _respond(request: Request, name: str) -> Response:
    if choose_representation(request) == MARKDOWN:
        return _markdown_response(name, vary=True)
    if name not in documentation.list_pages():
        raise _not_found(name)
    page = await asyncio.to_thread(_build_page, name, services_of(request).settings.base_path)
    return page_response(page, extra_headers=VARY)


def _markdown_response(name: str, *, vary: bool = False) -> Response:
    path = documentation.list_pages().get(name)
    if path is None:
        raise _not_found(name)
    return static_response(path.read_bytes(), media_type=MARKDOWN, extra_headers=VARY if vary else None)


def _not_found(name: str) -> NotFoundError:
    return NotFoundError(f"There is no guide '{name[:80]}'.")


@lru_cache(maxsize=MAX_RENDERED)
def _build_page(name: str, base_path: str) -> HtmlPage:
    from app.pages.guide_index import parse_index  # noqa: PLC0415 - loads the parser of Markdown
    from app.pages.guides import build_guide_page, build_index_page  # noqa: PLC0415 - as above

    pages, files = documentation.list_pages(), documentation.list_examples()
    index = parse_index(pages[documentation.INDEX].read_text("utf-8"))
    with links_below(base_path):
        if name == documentation.INDEX:
            return build_index_page(index, pages=pages, files=files)
        return build_guide_page(name, pages[name].read_text("utf-8"), index, pages=pages, files=files)


def _build_search_index(app: FastAPI, base_path: str) -> bytes:
    from app.pages import search_index  # noqa: PLC0415 - loads the parser of Markdown

    with links_below(base_path):
        entries = [
            *_list_guide_entries(base_path),
            *search_index.list_operation_entries(app.openapi()),
            *search_index.list_problem_entries(list_problem_entries()),
        ]
    return orjson.dumps(entries)


@lru_cache(maxsize=1)
def _list_guide_entries(base_path: str) -> "list[SearchEntry]":
    from app.pages import search_index  # noqa: PLC0415 - loads the parser of Markdown

    names = documentation.list_pages().keys() - {documentation.INDEX}
    with links_below(base_path):
        return [
            entry
            for name in sorted(names)
            for entry in search_index.list_guide_entries(name, documentation.list_pages()[name].read_text("utf-8"))
        ]


def _render_llms_txt(origin: str) -> str:
    from app.pages.guide_index import parse_index  # noqa: PLC0415 - loads the parser of Markdown
    from app.pages.llms_txt import render_llms_txt  # noqa: PLC0415 - as above

    index = parse_index(documentation.list_pages()[documentation.INDEX].read_text("utf-8"))
    return render_llms_txt(index, origin=origin)
