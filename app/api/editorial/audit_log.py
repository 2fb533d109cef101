"""Who did what: the change log with its actors."""

from fastapi import Request, Response

from app.api.dependencies import get_database
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.openapi.document import operation
from app.api.router import make_router
from app.domain.api_key import ApiKeyScope
from app.queries.editorial.audit import list_audit
from app.schemas.audit import AUDIT_EXAMPLE, AuditLogPage, AuditLogParams

router = make_router("Newsroom", prefix=EDITORIAL)


@router.get(
    "/changes",
    summary="Who did what, the latest first",
    **operation(
        AuditLogParams,
        AuditLogPage,
        AUDIT_EXAMPLE,
        errors=(400, 422),
        scopes=(ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.CATALOGUE_WRITE, ApiKeyScope.KEYS_MANAGE),
    ),
)
async def list_editorial_changes(request: Request) -> Response:
    """Every public change with whoever made it; drafts are told of by the revisions of each article."""
    question = parse_query(request, AuditLogParams)
    return private_response(await get_database(request).read(list_audit, question))
