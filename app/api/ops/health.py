"""Liveness and readiness probes."""

from typing import Annotated, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from app.api.dependencies import ServicesDep
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db import migrations
from app.db.database import DATABASE_ERRORS
from app.db.sqlite.file_watch import DatabaseFileError
from app.errors import ConfigurationError, NotReadyError
from app.schemas.types import OpenEnum

UNUSABLE = {
    migrations.Standing.ABSENT: "The database holds no schema; 'dayline db upgrade' makes it.",
    migrations.Standing.BEHIND: "The schema of the database is older than this release; run 'dayline db upgrade'.",
    migrations.Standing.AHEAD: "A later release has upgraded the database, and this one cannot work with its schema.",
}
"""Sentences of readiness about a schema that this release cannot work with; they name no revision."""

LOST = "The database file was deleted, replaced or truncated while it was open."


class Health(TypedDict):
    """The state of the process."""

    status: Annotated[
        Literal["live", "ready"], OpenEnum(), Field(description="What was checked and holds.", examples=["ready"])
    ]


router = ordinary_router("Health", prefix="/health", checks_query=False)


@router.get("/live", summary="Liveness probe", **documented({"status": "live"}, errors=(400,)))
async def get_liveness() -> TypedResponse[Health]:
    """Return 200 while the process runs."""
    return _health({"status": "live"})


@router.get("/ready", summary="Readiness probe", **documented({"status": "ready"}, errors=(400, 503)))
async def get_readiness(services: ServicesDep) -> TypedResponse[Health]:
    """Return 200 when the database can be read within two seconds and this release can work with its schema."""
    try:
        state = await services.database.probe(migrations.find_state)
    except DatabaseFileError:
        raise NotReadyError(LOST) from None
    except DATABASE_ERRORS:
        raise NotReadyError("The database cannot be reached.") from None
    except ConfigurationError:
        raise NotReadyError(UNUSABLE[migrations.Standing.AHEAD]) from None
    if not state.is_usable:
        raise NotReadyError(UNUSABLE[state.standing])
    return _health({"status": "ready"})


def _health(health: Health) -> TypedResponse[Health]:
    return TypedResponse(orjson.dumps(health), headers={"cache-control": "no-store"}, media_type="application/json")
