"""Whether the process lives, and whether it can answer."""

from typing import Annotated, Literal

import orjson
from fastapi import Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from app.api.dependencies import get_database
from app.api.http.problem_types import NOT_READY
from app.api.http.problems import problem_response
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db import migrations
from app.db.database import DATABASE_ERRORS
from app.db.sqlite.file_watch import DatabaseFileError
from app.errors import ConfigurationError
from app.schemas.types import OpenEnum

UNUSABLE = {
    migrations.Standing.ABSENT: "The database holds no schema; 'dayline db upgrade' makes it.",
    migrations.Standing.BEHIND: "The schema of the database is older than this release; run 'dayline db upgrade'.",
    migrations.Standing.AHEAD: "A later release has upgraded the database, and this one cannot work with its schema.",
}
"""Sentences of readiness about a schema that this release cannot work with; they name no revision."""

LOST = "The database file was deleted, replaced or truncated while it was open."

router = make_router("Health", prefix="/health")


class Health(TypedDict):
    """The state of the process."""

    status: Annotated[
        Literal["live", "ready"], OpenEnum(), Field(description="What was checked and holds.", examples=["ready"])
    ]


@router.get(
    "/live", summary="The process lives", **operation(None, Health, {"status": "live"}, errors=(), cacheable=False)
)
async def get_liveness() -> Response:
    """Answers as long as the process does."""
    return _answer({"status": "live"})


@router.get(
    "/ready",
    summary="The process can answer",
    **operation(None, Health, {"status": "ready"}, errors=(503,), cacheable=False),
)
async def get_readiness(request: Request) -> Response:
    """Return 200 when the database can be read within two seconds and this release can work with its schema."""
    try:
        state = await get_database(request).probe(migrations.find_state)
    except DatabaseFileError:
        return problem_response(request, NOT_READY, LOST)
    except DATABASE_ERRORS:
        return problem_response(request, NOT_READY, "The database cannot be reached.")
    except ConfigurationError:
        return problem_response(request, NOT_READY, UNUSABLE[migrations.Standing.AHEAD])
    if not state.is_usable:
        return problem_response(request, NOT_READY, UNUSABLE[state.standing])
    return _answer({"status": "ready"})


def _answer(health: Health) -> Response:
    return Response(orjson.dumps(health), headers={"cache-control": "no-store"}, media_type="application/json")
