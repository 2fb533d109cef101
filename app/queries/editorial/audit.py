"""Query of the audit log: the change log with its actors, the latest first."""

from sqlalchemy import Connection, bindparam, select

from app.domain.calendar import find_zone
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.tsid import format_id
from app.models.change import changes
from app.net.base_path import href_of
from app.queries.changes.change_list import ROW_COLUMNS
from app.queries.changes.changed_catalogue import find_entries
from app.queries.editorial.actors import find_key_names, show_actor
from app.queries.editorial.editorial_articles import PATH as ARTICLES
from app.queries.keyset.pages import by_number_descending
from app.queries.resolve import resolve_params
from app.schemas.audit import AuditItem, AuditLogPage, AuditLogParams
from app.schemas.params import EVERY_EDITION, ArticleListParams

PATH = "/v1/editorial/changes"
ZONE = "UTC"

_DIGEST = ListFilter(edition="audit").digest()
_LATEST_FIRST = by_number_descending("seq")
_PAGE = (
    select(*ROW_COLUMNS, changes.c.actor)
    .where(changes.c.seq < bindparam("after"))
    .order_by(changes.c.seq.desc())
    .limit(bindparam("limit"))
)


def list_audit(connection: Connection, params: AuditLogParams) -> AuditLogPage:
    """Return the public changes, the latest first, with their actors; InvalidCursorError, CursorMismatchError."""
    page = _LATEST_FIRST.read_page(
        connection,
        _PAGE,
        params,
        digest=_DIGEST,
        href=lambda cursor: href_of(f"{PATH}?limit={params.limit}&cursor={cursor}"),
    )
    everywhere = resolve_params(connection, ArticleListParams(edition=EVERY_EDITION))
    entries = find_entries(connection, everywhere, [row for row in page.rows if row.article_id is None])
    names = find_key_names(connection, [row.actor or "import" for row in page.rows])
    items: list[AuditItem] = []
    for row in page.rows:
        number = None if row.article_id is None else format_id(row.article_id)
        items.append(
            {
                "seq": row.seq,
                "type": row.type,
                "at": format_instant(row.at, find_zone(ZONE)),
                **show_actor(row.actor or "import", names),
                "article": None if number is None else {"id": number, "href": href_of(f"{ARTICLES}/{number}")},
                "entry": entries.get(row.seq),
            }
        )
    return {"items": items, "next": page.next}
