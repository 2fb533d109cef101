"""Pages of the problem types, whose addresses are the `type` of problem details."""

from fastapi import APIRouter, Request, Response

from app.api.http.problem_types import PROBLEM_TYPES, ProblemType
from app.api.http.responses import redirect_response
from app.api.pages.assets import page_response
from app.api.pages.page_route import PageRoute
from app.errors import NotFoundError
from app.pages.problems import ProblemEntry, build_problem_list, build_problem_page

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/problems")
async def list_problem_types() -> Response:
    """Return the page of all problem types."""
    return page_response(build_problem_list(list_problem_entries()))


@router.get("/problems/{code:path}")
async def get_problem_type(request: Request, code: str) -> Response:
    """Return the page of a problem type, or redirect to its address without a slash at the end."""
    if not code or (code.endswith("/") and code[:-1] in PROBLEM_TYPES):
        return redirect_response(request.scope, f"/problems/{code}".rstrip("/"))
    kind = PROBLEM_TYPES.get(code)
    if kind is None:
        raise NotFoundError(f"There is no problem type '{code[:80]}'.")
    return page_response(build_problem_page(_entry(kind)))


def list_problem_entries() -> list[ProblemEntry]:
    """Return every problem type as pages show it, by status."""
    return [_entry(each) for each in sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status, kind.code))]


def _entry(kind: ProblemType) -> ProblemEntry:
    return ProblemEntry(kind.code, kind.status, kind.title, kind.explanation)
