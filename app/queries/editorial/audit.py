"""Who did what: the change log as the newsroom sees it, the latest first."""

from sqlalchemy import Connection, bindparam, select

from app.domain.calendar import find_zone
from app.domain.cursor import decode_number, encode_number
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.tsid import MAX_ID, format_id
from app.models.change import changes
from app.queries.changes.change_list import ROW_COLUMNS
from app.queries.changes.changed_catalogue import find_entries
from app.queries.editorial.editorial_articles import PATH as ARTICLES
from app.queries.resolve import resolve_params
from app.schemas.audit import AuditItem, AuditLogPage, AuditLogParams
from app.schemas.params import EVERY_EDITION, ArticleListParams

PATH = "/v1/editorial/changes"
ZONE = "UTC"

_PAGE = (
    select(*ROW_COLUMNS, changes.c.actor)
    .where(changes.c.seq < bindparam("before"))
    .order_by(changes.c.seq.desc())
    .limit(bindparam("limit"))
)


def list_audit(connection: Connection, question: AuditLogParams) -> AuditLogPage:
    """What changed for the public, the latest first, and who did it; InvalidCursorError, CursorMismatchError."""
    digest = ListFilter(edition="audit").digest()
    before = MAX_ID if question.cursor is None else decode_number(question.cursor, digest)
    rows = connection.execute(_PAGE, {"before": before, "limit": question.limit + 1}).all()
    shown = rows[: question.limit]
    everywhere = resolve_params(connection, ArticleListParams(edition=EVERY_EDITION))
    entries = find_entries(connection, everywhere, [row for row in shown if row.article_id is None])
    items: list[AuditItem] = []
    for row in shown:
        number = None if row.article_id is None else format_id(row.article_id)
        items.append(
            {
                "seq": row.seq,
                "type": row.type,
                "at": format_instant(row.at, find_zone(ZONE)),
                "actor": row.actor or "import",
                "article": None if number is None else {"id": number, "href": f"{ARTICLES}/{number}"},
                "entry": entries.get(row.seq),
            }
        )
    page: AuditLogPage = {"items": items, "next": None}
    if len(rows) > question.limit:
        cursor = encode_number(shown[-1].seq, digest)
        page["next"] = {"cursor": cursor, "href": f"{PATH}?limit={question.limit}&cursor={cursor}"}
    return page
