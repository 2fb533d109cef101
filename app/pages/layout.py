"""The one layout of all pages: head, masthead, main content and footer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.net.base_path import href_of
from app.pages.html import Markup, element, join

SECTIONS: Final = {"/guides": "Guides", "/docs": "Reference", "/problems": "Problems"}
"""Sections of the masthead, by address."""


@dataclass(frozen=True, slots=True)
class Site:
    """Properties of all pages: the version of Dayline, and the addresses of their files."""

    version: str
    style_href: str
    icon_href: str
    script_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """One page: its title, a description for search engines, and its content.

    `section` is the section of the masthead that it belongs to. `links` are further elements of the head. A page with
    a `script` loads the script of the search.
    """

    title: str
    description: str
    content: Markup
    section: str | None = None
    layout: str = "page"
    links: tuple[Markup, ...] = field(default=())
    script: bool = False


def render_page(site: Site, page: HtmlPage) -> bytes:
    """Return the HTML document of a page."""
    head = (
        element("meta", name="description", content=page.description),
        element("link", rel="stylesheet", href=site.style_href),
        element("link", rel="icon", href=site.icon_href, type="image/svg+xml"),
        *page.links,
        *([element("script", src=site.script_href, defer=True)] if page.script else []),
    )
    body = element(
        "body",
        element("a", "Skip to the content", href="#main", class_="skip"),
        render_masthead(page.section),
        element("main", page.content, id="main", tabindex="-1", class_=page.layout),
        _footer(site.version),
    )
    return render_document(page.title if page.title == "Dayline" else f"{page.title} · Dayline", head, body)


def render_document(title: str, head: Iterable[Markup], body: Markup) -> bytes:
    """Return an HTML document for screens of every size, with further elements of its head."""
    common = (
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
    )
    return f"<!doctype html>\n{element('html', element('head', *common, *head), body, lang='en')}\n".encode()


def render_masthead(current: str | None) -> Markup:
    """Return the header with the sections; `current` is the address of the one that the page belongs to."""
    links = join(
        element("li", element("a", name, href=href_of(path), aria_current="true" if path == current else None))
        for path, name in SECTIONS.items()
    )
    return element(
        "header",
        element("a", "Dayline", href=href_of("/"), class_="wordmark"),
        element("nav", element("ul", links), aria_label="Sections"),
        class_="masthead",
    )


def _footer(version: str) -> Markup:
    links = {"/openapi.json": "OpenAPI document", "/llms.txt": "llms.txt"}
    return element(
        "footer",
        element("p", f"Dayline {version}"),
        element("ul", *(element("li", element("a", name, href=href_of(path))) for path, name in links.items())),
        class_="colophon",
    )
