"""Whether the process lives, and whether it can answer."""

from fastapi import APIRouter, Request, Response

from app.api.deps import database_of
from app.api.openapi import documented
from app.api.problems import NOT_READY, problem
from app.api.responses import json_answer
from app.db import migrations
from app.db.session import FAILURES
from app.schemas.health import Health

router = APIRouter(prefix="/health", tags=["Health"])

NO_STORE = "no-store"


@router.get("/live", summary="The process lives", **documented(None, Health, {"status": "live"}, problems=()))
async def get_liveness(request: Request) -> Response:
    """Answers as long as the process does."""
    return json_answer(request, {"status": "live"}, cache_control=NO_STORE)


@router.get(
    "/ready",
    summary="The process can answer",
    **documented(None, Health, {"status": "ready"}, problems=(503,)),
)
async def get_readiness(request: Request) -> Response:
    """Answers 200 when the database can be read and is at the schema this release expects."""
    try:
        current = await database_of(request).read(migrations.current)
    except FAILURES:
        return problem(request, NOT_READY, "The database cannot be reached.")
    if current != migrations.EXPECTED:
        return problem(request, NOT_READY, "The database is not at the schema this release expects.")
    return json_answer(request, {"status": "ready"}, cache_control=NO_STORE)
