"""Creating, editing, pushing and deleting one article, as editors and their systems do.

Errors of all: InvalidInput, Conflict, Forbidden, PreconditionFailed, NotFound.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.actions.articles import store_articles
from app.actions.catalogue import Outcome, UnknownEdition, edition_ids
from app.actions.changes import begin_changes
from app.actions.erasure import remove_article
from app.actions.manner import Manner, Stored
from app.actions.moving import check_revision, find_movable
from app.db.base import AnyRow
from app.domain.article import Status
from app.domain.editor import Editor
from app.domain.ids import format_id, parse_id
from app.domain.patch import merge_patch
from app.errors import ArticleErased, Conflict, DaylineError, Flaw, InvalidInput, PreconditionFailed
from app.models.article import articles
from app.models.edition import editions
from app.records.articles import CONTENT, read_records
from app.schemas.record import ArticleRecord, ArticleSubmission, SourceName
from app.schemas.validation import validated

_FOUND = select(
    articles.c.id,
    articles.c.status,
    articles.c.revision,
    articles.c.published_at,
    articles.c.updated_at,
    articles.c.withdrawn_at,
)
STANDING = ("kind", "edition", "id", "source_id", "status", "published_at", "first_published_at", "withdrawal")
BESIDE_CONTENT = frozenset({"note", "warnings"})
"""Members of a patch that are no content: a note to the public, and the warnings of an earlier response."""


def create_article(connection: Connection, given: ArticleSubmission, *, now: int, editor: Editor) -> int:
    """Store a new article, of the default edition where it names none, and answer its id; Conflict if it is there."""
    begin_changes(connection)
    edition = given.edition or connection.execute(select(editions.c.slug).where(editions.c.is_default)).scalar()
    if edition is None:
        raise InvalidInput(Flaw("edition", "There is no edition yet."))
    if given.status is Status.WITHDRAWN:
        raise InvalidInput(Flaw("status", "What was never public cannot be withdrawn."))
    found = _find(connection, edition, given.source_id, given.id)
    if found is not None:
        raise Conflict(f"The article is there already; its id is {format_id(found.id)}.")
    manner = Manner(editor=editor, is_strict=True)
    stored = store_articles(connection, [_dated(given.record(edition), now)], now=now, manner=manner)
    _outcome(stored)
    return stored.ids[0]


def edit_article(
    connection: Connection,
    article_id: int,
    patch: Mapping[str, Any],
    *,
    expected: Collection[int] | None,
    shown: Callable[[], Mapping[str, Any]],
    now: int,
    editor: Editor,
) -> ArticleRecord:
    """Change the content of an article by a merge patch (RFC 7396) of its record, with a `note` to the public if any.

    An edit does not change the position: such members, and the others that editors are `shown`, may only
    repeat the current value; `warnings` are ignored. The update of a public article is dated now unless
    the patch dates it. A patch that changes nothing saves nothing. Returns the record after the patch.
    """
    begin_changes(connection)
    row = find_movable(connection, article_id, expected=expected)
    if row.erased_at is not None:
        raise ArticleErased(format_id(article_id), is_here=True)
    current = read_records(connection, [article_id])[article_id]
    given = {name: value for name, value in patch.items() if name in CONTENT}
    _refuse_others(patch, current if patch.keys() <= current.keys() | BESIDE_CONTENT else {**shown(), **current})
    merged = merge_patch({name: current[name] for name in CONTENT}, given)
    standing = {name: current[name] for name in STANDING}
    slug = None if merged.get("slug") == current["slug"] else merged.get("slug")
    record = validated(ArticleRecord, {**standing, **merged, "slug": slug, "note": patch.get("note")})
    manner = Manner(
        editor=editor,
        is_strict=True,
        renames_drafts=True,
        counts_note=True,
        stamps_update=merged.get("updated_at") == current["updated_at"],
    )
    _outcome(store_articles(connection, [record], now=now, manner=manner))
    return record


def push_article(
    connection: Connection,
    edition: str,
    source_id: str,
    given: ArticleSubmission,
    *,
    expected: Collection[int] | None,
    is_new: bool = False,
    now: int,
    editor: Editor,
) -> tuple[int, Outcome]:
    """Create or replace the article that another system knows by this identifier; its id and what came of it.

    Members left out are emptied, but for where it stands: without `status` and `published_at` that stays as it
    is. `is_new` refuses to replace (PreconditionFailed). UnknownEdition.
    """
    source_id = validated(SourceName, {"source_id": source_id}).source_id
    begin_changes(connection)
    for name, value in (("edition", edition), ("source_id", source_id)):
        if getattr(given, name) not in {None, value}:
            raise InvalidInput(Flaw(name, "It differs from the address."))
    if edition not in edition_ids(connection, [edition]):
        raise UnknownEdition(edition)
    found = _find(connection, edition, source_id, None)
    _check_push(found, given, expected, is_new=is_new)
    told = given.model_fields_set
    kept: dict[str, Any] = {"source_id": source_id}
    if found is not None and "published_at" not in told:
        kept |= {"published_at": found.published_at, "status": given.status or Status(found.status)}
    if found is not None and "updated_at" not in told:
        kept["updated_at"] = found.updated_at
    manner = Manner(editor=editor, is_strict=True, renames_drafts=True, stamps_update="updated_at" not in told)
    stored = store_articles(connection, [_dated(given.record(edition, **kept), now)], now=now, manner=manner)
    return stored.ids[0], _outcome(stored)


def delete_article(
    connection: Connection, article_id: int, *, expected: Collection[int] | None, editor: Editor
) -> None:
    """Delete an article that was never public, with all its revisions; Conflict for any other."""
    begin_changes(connection)
    row = find_movable(connection, article_id, expected=expected)
    status = Status(row.status)
    editor.check(status, None)
    if row.version or status in {Status.PUBLISHED, Status.WITHDRAWN}:
        raise Conflict("The article has been public; it can be withdrawn, but not deleted.")
    remove_article(connection, row)


def _dated(record: ArticleRecord, now: int) -> ArticleRecord:
    """The record, published now where it says that it is and not since when."""
    if record.status is Status.PUBLISHED and record.published_at is None:
        record.published_at = now
    return record


def _find(connection: Connection, edition: str, source_id: str | None, article_id: str | None) -> AnyRow | None:
    if source_id is not None:
        here = _FOUND.join(editions, editions.c.id == articles.c.edition_id)
        named = here.where(editions.c.slug == edition, articles.c.source_id == source_id)
        found = connection.execute(named).first()
        if found is not None:
            return found
    if article_id is None:
        return None
    return connection.execute(_FOUND.where(articles.c.id == parse_id(article_id))).first()


def _check_push(
    found: AnyRow | None, given: ArticleSubmission, expected: Collection[int] | None, *, is_new: bool
) -> None:
    if found is None:
        if expected is not None:
            raise PreconditionFailed("There is no such article yet.")
        if given.id is not None:
            raise InvalidInput(Flaw("id", "A new article that is pushed is given its id."))
        if given.status is Status.WITHDRAWN:
            raise InvalidInput(Flaw("status", "What was never public cannot be withdrawn."))
        return
    if given.status is Status.WITHDRAWN and found.status == Status.DRAFT and found.withdrawn_at is None:
        raise InvalidInput(Flaw("status", "What was never public cannot be withdrawn."))
    if is_new:
        raise PreconditionFailed(f"The article is there already; its id is {format_id(found.id)}.")
    check_revision(found.revision, expected)
    if given.id is not None and parse_id(given.id) != found.id:
        raise InvalidInput(Flaw("id", "This article has another id."))


def _refuse_others(patch: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    flaws = []
    for name, value in patch.items():
        if name in CONTENT or name in BESIDE_CONTENT:
            continue
        if name not in known:
            flaws.append(Flaw(name, "There is no such member."))
        elif value != known[name]:
            flaws.append(
                Flaw(name, "An edit does not change this; see the article's publication, bump and withdrawal.")
            )
    if flaws:
        raise InvalidInput(*flaws)


def _outcome(stored: Stored) -> Outcome:
    outcome = stored.outcomes[0]
    if isinstance(outcome, UnknownEdition):
        raise InvalidInput(Flaw("edition", outcome.detail))
    if isinstance(outcome, DaylineError):
        raise outcome
    return outcome
