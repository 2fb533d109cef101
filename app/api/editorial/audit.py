"""Who did what: the change log with its actors."""

from fastapi import Request, Response

from app.api.deps import database_of
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.domain.api_key import KeyScope
from app.queries.audit import list_audit
from app.schemas.audit import AUDIT_EXAMPLE, Audit, AuditQuestion

router = resource("Newsroom", prefix=EDITORIAL)


@router.get(
    "/changes",
    summary="Who did what, the latest first",
    **documented(
        AuditQuestion,
        Audit,
        AUDIT_EXAMPLE,
        problems=(400, 422),
        scopes=(KeyScope.ARTICLES_PUBLISH, KeyScope.CATALOGUE_WRITE, KeyScope.KEYS_MANAGE),
    ),
)
async def list_editorial_changes(request: Request) -> Response:
    """Every public change with whoever made it; drafts are told of by the revisions of each article."""
    question = read_question(request, AuditQuestion)
    return private_answer(await database_of(request).read(list_audit, question))
