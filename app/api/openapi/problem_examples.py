"""Examples of problems, those that depend on the operation made of its path, parameters, body and scopes.

One text for all operations shows no reader what an operation returns; written by hand, some 300 examples would not
stay true. A test compares them with responses.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from app.api.http.private_responses import EDITORIAL, is_editorial_path
from app.api.http.problem_types import PROBLEM_TYPES
from app.api.openapi.completion import path_examples
from app.schemas.examples.problem import LOST_LOG, MEMBERS, NOUNS, OF_OPERATION, UNKNOWN, USUAL, ProblemText
from app.schemas.problem import Problem
from app.server.refusals import PATH_SAFE, PROBLEM_TYPE

FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, UNPROCESSABLE = 403, 404, 412, 422
SHARED = frozenset({401, 403, 413, 415, 428, 429, 500, 503})
"""Statuses that mean the same for all operations: their examples are of one request, so that operations share them."""
UNKNOWN_NAME = "colour"
"""The name of a parameter or member that no operation has."""

Spec = Mapping[str, Any]


def add_problem_examples(document: dict[str, Any]) -> None:
    """Give each problem of each operation an example of its own."""
    for path, spec, status, content in _problems(document):
        content["example"] = _example(path, spec, status, document)


def _problems(document: Mapping[str, Any]) -> Iterator[tuple[str, Spec, int, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for spec in item.values():
            for status, response in spec["responses"].items():
                if PROBLEM_TYPE in response.get("content", {}):
                    yield path, spec, int(status), response["content"][PROBLEM_TYPE]


def _example(path: str, spec: Spec, status: int, document: Mapping[str, Any]) -> Problem:
    if status == UNPROCESSABLE:
        return _invalid_input(path, spec, document)
    own = OF_OPERATION.get((spec["operationId"], status))
    text = own or _text(path, spec, status)
    if own is None and status in SHARED:
        return _problem(text.code, text.detail, _usual_path(path, status), {}, {})
    example = _problem(text.code, text.detail, path, spec, text.path)
    return {**example, **MEMBERS.get(text.code, {})}  # type: ignore[typeddict-item]


def _usual_path(path: str, status: int) -> str:
    """Return the path of the request whose problem stands for those of all operations with this status."""
    is_general = status >= HTTPStatus.TOO_MANY_REQUESTS or not is_editorial_path(path)
    return "/v1/articles" if is_general else f"{EDITORIAL}/articles"


def _problem(code: str, detail: str, path: str, spec: Spec, values: Mapping[str, str]) -> Problem:
    kind = PROBLEM_TYPES[code]
    return {
        "type": f"/problems/{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": quote(path.format(**{**path_examples(spec), **values}), safe=PATH_SAFE),
    }


def _text(path: str, spec: Spec, status: int) -> ProblemText:
    if status == FORBIDDEN:
        scopes = [scope for way in spec["security"] for names in way.values() for scope in names]
        return ProblemText("forbidden", f"The key does not have the scope {' or '.join(scopes)}.")
    if status == NOT_FOUND:
        return _not_found(path, spec)
    text = USUAL[status]
    if status == PRECONDITION_FAILED and "/articles/" in path:
        return ProblemText(text.code, f"The article{text.detail.removeprefix('The resource')}")
    return text


def _not_found(path: str, spec: Spec) -> ProblemText:
    """Return the problem of an unknown thing: of the first in the path, else of an edition that the query names."""
    names = list(path_examples(spec))
    name = "edition" if "edition" in names or not names else names[0]
    noun = NOUNS.get(name) or path.split("/{", maxsplit=1)[0].rpartition("/")[2].removesuffix("s")
    return ProblemText("not-found", f"There is no {noun} '{UNKNOWN[name]}'.", {name: UNKNOWN[name]})


def _invalid_input(path: str, spec: Spec, document: Mapping[str, Any]) -> Problem:
    where, message = _input_error(spec, document)
    example = _problem("invalid-input", f"{where}: {message}", path, spec, {})
    return {**example, "errors": [{"where": where, "message": message}]}


def _input_error(spec: Spec, document: Mapping[str, Any]) -> tuple[str, str]:
    """Return an error that the operation itself can have: of its body, its limit, or a parameter that it has not."""
    for content in spec.get("requestBody", {}).get("content", {}).values():
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        required = document["components"]["schemas"].get(name, {}).get("required", [])
        return (required[0], "Is required.") if required else (UNKNOWN_NAME, "Unknown field.")
    bounds = {each["name"]: each["schema"] for each in spec.get("parameters", []) if each["in"] == "query"}
    if "since" in bounds and "tz" in bounds:  # a position in the log
        return "since", LOST_LOG
    for name in ("limit", "expires_in", "part"):
        if name in bounds:
            return name, f"Must be at most {bounds[name]['maximum']:,}."
    return UNKNOWN_NAME, "Unknown query parameter."
