"""Roles of HTML elements in the conversion: which are blocks, marks, structure without meaning, or dropped."""

from typing import Final

# fmt: off
NEUTRAL: Final = frozenset(
    {
        "body", "br", "col", "colgroup", "div", "figure", "head", "html", "o:p", "p", "picture", "root", "source",
        "span", "tbody", "tfoot", "thead", "tr",
    }
)
"""Elements that structure text and mean nothing more (HTML Standard on `div` and `span`): leaving them is no loss."""
FLOW: Final = frozenset(
    {
        "address", "article", "aside", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "head", "header", "hgroup", "html", "legend", "li",
        "main", "menu", "nav", "optgroup", "option", "p", "root", "search", "section", "summary", "tbody",
        "td", "tfoot", "th", "thead", "tr",
    }
)
"""Elements whose edges end a paragraph."""
PARAGRAPHS: Final = frozenset({"address", "dd", "dt", "figcaption", "legend", "li", "p", "summary", "td", "th"})
"""Elements in which a blank line is white space."""
EQUIVALENT: Final = {"acronym": "abbr", "strike": "s", "tt": "code"}
"""Obsolete elements and what the HTML Standard uses instead."""
DROPPED: Final = frozenset(
    {
        "applet", "area", "base", "basefont", "bgsound", "canvas", "datalist", "frame", "frameset", "input", "keygen",
        "link", "math", "meta", "meter", "noembed", "noframes", "noscript", "option", "optgroup", "param", "progress",
        "script", "select", "selectedcontent", "style", "svg", "template", "textarea", "title", "track",
    }
)
"""Elements that are dropped with their content."""
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# fmt: on
