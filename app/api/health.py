"""Whether the process lives, and whether it can answer."""

import orjson
from fastapi import Request, Response

from app.api.deps import database_of
from app.api.openapi import documented
from app.api.problem_kinds import NOT_READY
from app.api.problems import problem
from app.api.routes import resource
from app.db import migrations
from app.db.session import FAILURES
from app.schemas.health import Health

router = resource("Health", prefix="/health")


@router.get(
    "/live", summary="The process lives", **documented(None, Health, {"status": "live"}, problems=(), cached=False)
)
async def get_liveness() -> Response:
    """Answers as long as the process does."""
    return _answer({"status": "live"})


@router.get(
    "/ready",
    summary="The process can answer",
    **documented(None, Health, {"status": "ready"}, problems=(503,), cached=False),
)
async def get_readiness(request: Request) -> Response:
    """Answers 200 when the database can be read and is at the schema this release expects."""
    try:
        current = await database_of(request).read(migrations.current)
    except FAILURES:
        return problem(request, NOT_READY, "The database cannot be reached.")
    if current != migrations.EXPECTED:
        return problem(request, NOT_READY, "The database is not at the schema this release expects.")
    return _answer({"status": "ready"})


def _answer(health: Health) -> Response:
    return Response(orjson.dumps(health), headers={"cache-control": "no-store"}, media_type="application/json")
