"""Actions of editors and external systems on one article: create, edit, upsert and delete.

All raise InvalidInputError, ConflictError, ForbiddenError, PreconditionFailedError, NotFoundError.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.actions.articles.erasure import hard_delete_article
from app.actions.articles.transitions import get_for_transition
from app.actions.articles.upsert import upsert_articles
from app.actions.articles.write_options import WriteOptions, WriteResult
from app.actions.catalogue.entries import Outcome, UnknownEditionError, default_edition, edition_ids
from app.actions.changelog.changes import begin_log_transaction
from app.actions.preconditions import check_revision
from app.db.base import AnyRow
from app.domain.actor import Actor
from app.domain.article_status import ArticleStatus
from app.domain.exact_json import load_extra
from app.domain.merge_patch import merge_patch
from app.domain.tsid import format_id, parse_id
from app.errors import (
    ArticleErasedError,
    ConflictError,
    DaylineError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    PreconditionFailedError,
)
from app.interchange.articles import EDITORIAL_FIELDS, read_records
from app.models.article import articles
from app.models.edition import editions
from app.schemas.body_html import INPUT_MEMBERS
from app.schemas.errors import validated
from app.schemas.interchange import ArticleCreate, ArticleRecord, SourceName
from app.schemas.known_members import suggest
from app.schemas.write_warning import WriteWarning

_FOUND = select(
    articles.c.id,
    articles.c.status,
    articles.c.revision,
    articles.c.published_at,
    articles.c.updated_at,
    articles.c.withdrawn_at,
)
STATE_MEMBERS = (
    *("kind", "edition", "id", "source_id", "source_version", "source_updated_at"),
    *("status", "published_at", "first_published_at", "withdrawal"),
)
WITH_PUBLIC_TIME = frozenset({ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN})

BESIDE_CONTENT = frozenset({"aliases", "translations", "note", "warnings", *INPUT_MEMBERS})
"""Members of a patch that are not content: aliases, translations, a public note, earlier warnings, HTML."""


class EditedArticle(NamedTuple):
    """Record of an article before an edit, as JSON values, and after it, with warnings about stored entries."""

    before: dict[str, Any]
    after: ArticleRecord
    warnings: list[WriteWarning]


class StoredArticle(NamedTuple):
    """Article id, outcome and warnings of a creation or a push."""

    article_id: int
    outcome: Outcome
    warnings: list[WriteWarning]


def create_article(connection: Connection, given: ArticleCreate, *, now: int, editor: Actor) -> StoredArticle:
    """Store a new article, by default of the default edition; ConflictError if it exists."""
    begin_log_transaction(connection)
    edition = given.edition or default_edition(connection)
    if given.status is ArticleStatus.WITHDRAWN:
        raise InvalidInputError(FieldError("status", "An article that was never public cannot be withdrawn."))
    existing = _find(connection, edition, given.source_id, given.id)
    if existing is not None:
        raise ConflictError(f"The article exists already; its id is {format_id(existing.id)}.")
    options = WriteOptions(editor=editor, reject_unknown=True)
    stored = upsert_articles(connection, [_dated(given.record(edition), now)], now=now, options=options)
    return _stored_article(stored)


def edit_article(
    connection: Connection,
    article_id: int,
    patch: Mapping[str, Any],
    *,
    expected: Collection[int] | None,
    shown: Callable[[], Mapping[str, Any]],
    now: int,
    editor: Actor,
) -> EditedArticle:
    """Change the content of an article by a merge patch (RFC 7396) of its record, with an optional public `note`.

    An edit does not change the position: such members, and the others in `shown`, may only repeat the current value;
    `warnings` are ignored. The update of a public article is dated now unless the patch dates it. A patch that changes
    nothing makes no revision.
    """
    begin_log_transaction(connection)
    row = get_for_transition(connection, article_id, expected=expected)
    if row.erased_at is not None:
        raise ArticleErasedError(format_id(article_id), erased_locally=True)
    current = read_records(connection, [article_id])[article_id]
    given = {name: value for name, value in patch.items() if name in EDITORIAL_FIELDS}
    _refuse_others(patch, current if patch.keys() <= current.keys() | BESIDE_CONTENT else {**shown(), **current})
    extra = current["extra"]
    content = {name: current[name] for name in EDITORIAL_FIELDS} | {"extra": extra and load_extra(extra)}
    merged = merge_patch(_without_derived_sections(content, given), given)
    state = {name: current[name] for name in STATE_MEMBERS}
    slug = None if merged.get("slug") == current["slug"] else merged.get("slug")
    beside = {name: patch[name] for name in ("aliases", "translations") if name in patch}
    record = validated(ArticleRecord, {**state, **merged, **beside, "slug": slug, "note": patch.get("note")})
    options = WriteOptions(
        editor=editor,
        reject_unknown=True,
        reslug_drafts=True,
        note_counts_as_change=True,
        edits_translations=True,
        touch_updated_at=merged.get("updated_at") == current["updated_at"],
    )
    stored = upsert_articles(connection, [record], now=now, options=options)
    _outcome(stored)
    return EditedArticle(current, record, stored.warnings.get(0, []))


def _without_derived_sections(content: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content without the one of `section` and `sections` that follows from the other in the patch.

    A patch of `section` alone replaces all sections, unless it repeats the main one.
    """
    if "sections" in given:
        return {name: value for name, value in content.items() if name != "section"}
    if "section" in given and given["section"] != content["section"]:
        return {name: value for name, value in content.items() if name != "sections"}
    return content


def push_article(
    connection: Connection,
    edition: str,
    source_id: str,
    given: ArticleCreate,
    *,
    expected: Collection[int] | None,
    is_new: bool = False,
    now: int,
    editor: Actor,
) -> StoredArticle:
    """Create or replace the article with this identifier of an external system.

    A push that is older than the stored article changes nothing and has a warning. Omitted members are emptied, except
    `status` and `published_at`, which are unchanged. `is_new` forbids a replacement
    (PreconditionFailedError). UnknownEditionError.
    """
    source_id = validated(SourceName, {"source_id": source_id}).source_id
    begin_log_transaction(connection)
    for name, value in (("edition", edition), ("source_id", source_id)):
        if getattr(given, name) not in {None, value}:
            raise InvalidInputError(FieldError(name, "Does not match the value in the URL."))
    if edition not in edition_ids(connection, [edition]):
        raise UnknownEditionError(edition)
    existing = _find(connection, edition, source_id, None)
    _check_push(existing, given, expected, is_new=is_new)
    given_fields = given.model_fields_set
    preserved: dict[str, Any] = {"source_id": source_id}
    if existing is not None and ("published_at" not in given_fields or _leaves_date(existing, given)):
        preserved |= {"published_at": existing.published_at, "status": given.status or ArticleStatus(existing.status)}
    if existing is not None and "updated_at" not in given_fields:
        preserved["updated_at"] = existing.updated_at
    options = WriteOptions(
        editor=editor, reject_unknown=True, reslug_drafts=True, touch_updated_at="updated_at" not in given_fields
    )
    stored = upsert_articles(connection, [_dated(given.record(edition, **preserved), now)], now=now, options=options)
    return _stored_article(stored)


def _leaves_date(existing: AnyRow, given: ArticleCreate) -> bool:
    """Return whether a null date leaves that of an article which was public: repeated as "now" it would bump it."""
    is_undated = given.published_at is None and given.status in WITH_PUBLIC_TIME
    return is_undated and existing.status in WITH_PUBLIC_TIME


def locate_article(connection: Connection, edition: str, source_id: str) -> int:
    """Return the id of the article with this identifier of another system; NotFoundError, UnknownEditionError.

    It locks the change log first, so that the article is the same until the commit.
    """
    begin_log_transaction(connection)
    row = _find(connection, edition, source_id, None)
    if row is not None:
        return int(row.id)
    if edition not in edition_ids(connection, [edition]):
        raise UnknownEditionError(edition)
    raise NotFoundError(f"There is no article with the source_id '{source_id[:120]}' in the edition '{edition[:80]}'.")


def delete_article(connection: Connection, article_id: int, *, expected: Collection[int] | None, editor: Actor) -> None:
    """Delete an article that was never public, with all its revisions; ConflictError for any other."""
    begin_log_transaction(connection)
    row = get_for_transition(connection, article_id, expected=expected)
    status = ArticleStatus(row.status)
    editor.authorize(status, None)
    if row.version or status in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
        raise ConflictError("The article has been public; it can be withdrawn, but not deleted.")
    hard_delete_article(connection, row)


def _dated(record: ArticleRecord, now: int) -> ArticleRecord:
    """Return the record, with the current instant for a published one without a date."""
    if record.status is ArticleStatus.PUBLISHED and record.published_at is None:
        record.published_at = now
    return record


def _find(connection: Connection, edition: str, source_id: str | None, article_id: str | None) -> AnyRow | None:
    if source_id is not None:
        here = _FOUND.join(editions, editions.c.id == articles.c.edition_id)
        named = here.where(editions.c.slug == edition, articles.c.source_id == source_id)
        row = connection.execute(named).first()
        if row is not None:
            return row
    if article_id is None:
        return None
    return connection.execute(_FOUND.where(articles.c.id == parse_id(article_id))).first()


def _check_push(
    existing: AnyRow | None, given: ArticleCreate, expected: Collection[int] | None, *, is_new: bool
) -> None:
    if existing is None:
        if expected is not None:
            raise PreconditionFailedError("The article does not exist, so If-Match cannot match.")
        if given.id is not None:
            raise InvalidInputError(FieldError("id", "Must be absent for a new article: the server assigns its id."))
        if given.status is ArticleStatus.WITHDRAWN:
            raise InvalidInputError(FieldError("status", "An article that was never public cannot be withdrawn."))
        return
    if (
        given.status is ArticleStatus.WITHDRAWN
        and existing.status == ArticleStatus.DRAFT
        and existing.withdrawn_at is None
    ):
        raise InvalidInputError(FieldError("status", "An article that was never public cannot be withdrawn."))
    if is_new:
        raise PreconditionFailedError(f"The article exists already; its id is {format_id(existing.id)}.")
    check_revision(existing.revision, expected, noun="article")
    if given.id is not None and parse_id(given.id) != existing.id:
        raise InvalidInputError(FieldError("id", "Does not match the id of the article."))


def _refuse_others(patch: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    errors = []
    for name, value in patch.items():
        if name in EDITORIAL_FIELDS or name in BESIDE_CONTENT:
            continue
        if name not in known:
            errors.append(FieldError(name, f"Unknown field.{suggest(name, {*EDITORIAL_FIELDS, *BESIDE_CONTENT})}"))
        elif value != known[name]:
            errors.append(FieldError(name, "Cannot be changed by an update: use publication, bump or withdrawal."))
    if errors:
        raise InvalidInputError(*errors)


def _stored_article(stored: WriteResult) -> StoredArticle:
    return StoredArticle(stored.ids[0], _outcome(stored), stored.warnings.get(0, []))


def _outcome(stored: WriteResult) -> Outcome:
    outcome = stored.outcomes[0]
    if isinstance(outcome, UnknownEditionError):
        raise InvalidInputError(FieldError("edition", outcome.detail))
    if isinstance(outcome, DaylineError):
        raise outcome
    return outcome
