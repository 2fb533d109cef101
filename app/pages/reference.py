"""The page of the API reference, whose content a script makes of the OpenAPI document."""

from dataclasses import dataclass

from app.pages.html import element
from app.pages.layout import render_document, render_masthead


@dataclass(frozen=True, slots=True)
class ReferenceLinks:
    """Addresses of the page's files, and of the OpenAPI document."""

    style: str
    icon: str
    script: str
    scalar: str
    document: str


def render_reference(links: ReferenceLinks) -> bytes:
    """Return the HTML document; without JavaScript it has a sentence and a link."""
    head = (
        element("link", rel="stylesheet", href=links.style),
        element("link", rel="icon", href=links.icon, type="image/svg+xml"),
        element("script", src=links.script, defer=True),
        element("script", src=links.scalar, defer=True),
    )
    without_script = element(
        "main",
        element("h1", "API reference"),
        element(
            "p",
            "This page needs JavaScript. The same content is in the ",
            element("a", "OpenAPI document", href=links.document),
            ".",
        ),
        class_="without-script",
    )
    body = element(
        "body",
        render_masthead("/docs"),
        element("noscript", without_script),
        element("div", id="reference", data_document=links.document),
    )
    return render_document("Reference · Dayline", head, body)
