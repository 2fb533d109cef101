"""Pages of the problem types: the list, and one page for each."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from app.net.base_path import href_of
from app.pages.html import element, join, render_code_spans
from app.pages.layout import SECTIONS, HtmlPage

SECTION: Final = "/problems"


class ProblemEntry(NamedTuple):
    """A problem type as its page shows it; text between backticks in the explanation is code."""

    code: str
    status: int
    title: str
    explanation: str


def build_problem_list(problems: Iterable[ProblemEntry]) -> HtmlPage:
    """Return the page of all problem types."""
    rows = join(
        element(
            "tr",
            element("td", element("a", element("code", each.code), href=href_of(f"{SECTION}/{each.code}"))),
            element("td", str(each.status)),
            element("td", each.title),
        )
        for each in problems
    )
    heads = element("tr", *(element("th", name, scope="col") for name in ("Code", "Status", "Title")))
    table = element("table", element("thead", heads), element("tbody", rows))
    content = join(
        (
            element("h1", "Problems"),
            element(
                "p",
                "An error is a problem detail (RFC 9457) whose ",
                element("code", "type"),
                " is the address of one of these pages. Codes do not change; titles and texts may.",
                class_="lead",
            ),
            element("div", table, class_="scroll", tabindex="0", role="group", aria_label="Problem types"),
        )
    )
    return HtmlPage(title="Problems", description="Every problem type of this API.", content=content, section=SECTION)


def build_not_found_page(detail: str) -> HtmlPage:
    """Return the page for an address that no resource has."""
    links = (element("li", element("a", name, href=href_of(path))) for path, name in SECTIONS.items())
    content = join(
        (
            element("p", "HTTP 404", class_="kicker"),
            element("h1", "Page not found"),
            element("p", detail),
            element("ul", *links),
        )
    )
    return HtmlPage(title="Page not found", description="No resource has this URL.", content=content)


def build_problem_page(problem: ProblemEntry) -> HtmlPage:
    """Return the page of a problem type: its meaning, and what to do."""
    content = join(
        (
            element("p", f"HTTP {problem.status}", class_="kicker"),
            element("h1", problem.title),
            element("p", element("code", href_of(f"{SECTION}/{problem.code}"))),
            element("p", render_code_spans(problem.explanation)),
            element(
                "p",
                element("a", "All problems", href=href_of(SECTION)),
                " · ",
                element("a", "How a program handles errors", href=href_of("/guides/errors")),
            ),
        )
    )
    return HtmlPage(title=problem.title, description=problem.explanation, content=content, section=SECTION)
