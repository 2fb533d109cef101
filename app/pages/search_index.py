"""The search index: sections of guides, operations and problem types, as one list that a script searches."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from typing_extensions import TypedDict

from app.net.base_path import href_of
from app.pages.guide_index import guide_href
from app.pages.markdown import parse_sections
from app.pages.operations_markdown import METHODS, resolve_component
from app.pages.problems import SECTION as PROBLEMS
from app.pages.problems import ProblemEntry

MAX_TEXT: Final = 1_500
"""Maximum number of characters of a section that the search reads: few sections are longer."""


class SearchEntry(TypedDict):
    """Entry of the search index: a title, the page or kind that it belongs to, its address, and its text."""

    title: str
    page: str
    href: str
    text: str


def list_guide_entries(name: str, source: str) -> Iterator[SearchEntry]:
    """Yield the sections of a guide; of a decision only the beginning."""
    is_decision = name.startswith("decisions/")
    sections = parse_sections(source.partition("\n## ")[0] if is_decision else source)
    for section in sections:
        is_top = section is sections[0]
        yield {
            "title": section.title,
            "page": "Decision" if is_decision else sections[0].title,
            "href": guide_href(name) if is_top else f"{guide_href(name)}#{section.anchor}",
            "text": section.text[:MAX_TEXT],
        }


def list_problem_entries(problems: Iterable[ProblemEntry]) -> Iterator[SearchEntry]:
    """Yield the problem types."""
    for each in problems:
        yield {
            "title": each.title,
            "page": f"Problem {each.code} · {each.status}",
            "href": href_of(f"{PROBLEMS}/{each.code}"),
            "text": each.explanation.replace("`", ""),
        }


def list_operation_entries(document: Mapping[str, Any]) -> Iterator[SearchEntry]:
    """Yield the operations of the OpenAPI document."""
    for path, operations in document["paths"].items():
        for method in METHODS:
            if (operation := operations.get(method)) is not None:
                yield {
                    "title": operation["summary"],
                    "page": f"{method.upper()} {path}",
                    "href": operation_href(operation["tags"][0], method, path),
                    "text": _text_of_operation(document, operation)[:MAX_TEXT],
                }


def _text_of_operation(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """Return the description and the parameters, with the greatest value of those that have one."""
    parts = [operation.get("description", "")]
    for given in operation.get("parameters", ()):
        parameter = resolve_component(document, given)
        maximum = parameter.get("schema", {}).get("maximum")
        bound = "" if maximum is None else f" (maximum {maximum})"
        parts.append(f"{parameter['name']}{bound}: {parameter.get('description', '')}")
    return " ".join(" ".join(parts).replace("`", "").split())


def operation_href(tag: str, method: str, path: str) -> str:
    """Return the address of an operation in the API reference, which has the tag in lower case."""
    return href_of(f"/docs#tag/{tag.lower().replace(' ', '-')}/{method.upper()}{path}")
