"""Files of the pages, at addresses that contain a digest of their content, so that caches store them for good."""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response

from app.api.http.path_params import UNKNOWN_URL
from app.api.http.responses import IMMUTABLE, PUBLIC, static_response
from app.errors import NotFoundError
from app.net.base_path import href_of
from app.pages.layout import HtmlPage, Site, render_page

router = APIRouter(include_in_schema=False)

MEDIA_TYPES: Final = {
    "icon.svg": "image/svg+xml",
    "page.css": "text/css",
    "reference.css": "text/css",
    "reference.js": "text/javascript",
    "search.js": "text/javascript",
}
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of all pages: files of this installation, no inline style or script."""
_NAME: Final = re.compile(r"([a-z]+)\.([0-9a-f]{12})\.([a-z]+)")


def page_response(
    page: HtmlPage, *, cache_control: str = PUBLIC, extra_headers: Mapping[str, str] | None = None
) -> Response:
    """Return a page in the one layout."""
    site = Site(
        version=version("dayline"),
        style_href=asset_href("page.css"),
        icon_href=asset_href("icon.svg"),
        script_href=asset_href("search.js"),
    )
    return static_response(
        render_page(site, page),
        media_type="text/html",
        content_policy=PAGE_POLICY,
        cache_control=cache_control,
        extra_headers=extra_headers,
    )


def asset_href(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    stem, _, ending = name.partition(".")
    return href_of(f"/assets/{stem}.{_digest(name)}.{ending}")


@router.get("/favicon.ico")
async def get_favicon() -> Response:
    """Return the icon at the address that browsers request for documents that name none, such as JSON."""
    return static_response(_read("icon.svg"), media_type=MEDIA_TYPES["icon.svg"])


@router.get("/assets/{name}")
async def get_asset(name: str) -> Response:
    """Return a file of the pages.

    During an upgrade a page of one version may ask a process of the other for its file: it gets the present one, which
    caches do not store for good.
    """
    found = _NAME.fullmatch(name)
    file = "" if found is None else f"{found[1]}.{found[3]}"
    if found is None or file not in MEDIA_TYPES:
        raise NotFoundError(UNKNOWN_URL)
    cache_control = IMMUTABLE if found[2] == _digest(file) else PUBLIC
    return static_response(_read(file), media_type=MEDIA_TYPES[file], cache_control=cache_control)


@cache
def _read(name: str) -> bytes:
    return (files("app.pages") / "assets" / name).read_bytes()


@cache
def _digest(name: str) -> str:
    return sha256(_read(name)).hexdigest()[:12]
