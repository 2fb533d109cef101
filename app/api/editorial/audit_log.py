"""Audit log: the change log with its actors."""

from typing import Annotated

from fastapi import Query

from app.api.auth.editions import RequireEdition
from app.api.dependencies import ServicesDep
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.domain.api_key import ApiKeyScope
from app.queries.editorial.audit import list_audit
from app.schemas.audit import AUDIT_EXAMPLE, AuditLogPage, AuditLogParams

router = ordinary_router(
    "Newsroom",
    prefix=EDITORIAL,
    scopes=(ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.CATALOGUE_WRITE, ApiKeyScope.KEYS_MANAGE),
    guards=(RequireEdition(spans_editions=True),),
)


@router.get("/changes", summary="List audit log entries", **documented(AUDIT_EXAMPLE, errors=(400, 422)))
async def list_editorial_changes(
    services: ServicesDep, params: Annotated[AuditLogParams, Query()]
) -> TypedResponse[AuditLogPage]:
    """List public changes with their actors, the latest first; revisions have the changes of drafts.

    Of changes older than seven days the last one of each article and entry remains.
    """
    return private_response(await services.database.read(list_audit, params))
