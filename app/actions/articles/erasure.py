"""Erasure of an article by law: its text, its copies and its history, permanently."""

from dataclasses import replace
from enum import StrEnum
from secrets import token_hex

from sqlalchemy import Connection, delete, update

from app.actions.articles.content_hash import content_hash, serialize_body
from app.actions.articles.links import read_placements
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.projections import update_projections
from app.actions.articles.revision_blocks import release_all_blocks
from app.actions.articles.slugs import slug_owners
from app.actions.articles.transitions import get_for_transition
from app.actions.articles.translation_links import (
    find_others_in_groups,
    leave_translation_group,
    record_translation_changes,
)
from app.actions.catalogue.entry_listing import delete_unused_entries
from app.actions.changelog.changes import begin_log_transaction
from app.actions.idempotency import clear_stored_responses
from app.db.base import AnyRow
from app.domain.actor import Actor
from app.domain.article_members import member_columns
from app.domain.article_status import ArticleStatus
from app.domain.headline_key import headline_key
from app.domain.reading_time import measure_blocks
from app.domain.tsid import format_id
from app.errors import NotFoundError
from app.models.article import article_bodies, articles
from app.models.article_links import (
    article_addresses,
    article_authors,
    article_recommendations,
    article_related,
    article_sections,
    article_tags,
    slug_redirects,
)
from app.models.idempotency_key import idempotency_keys
from app.models.revision import revisions
from app.schemas.interchange import ArticleRecord

HEADLINE = "Erased"
RANDOM_BYTES = 8
EMPTIED = (
    "updated_at",
    "expires_at",
    "label_id",
    "section_id",
    "lead",
    "dateline",
    "source_name",
    "source_url",
    "image",
    "rights",
    "withdrawal_reason",
    "withdrawal_notice",
    "notes",
)


class Erasure(StrEnum):
    """Outcome of an erasure; `absent` is an unknown article, or one that was never public and is deleted."""

    DONE = "done"
    ALREADY_ERASED = "done before"
    NOT_FOUND = "absent"


def erase_article(connection: Connection, article_id: int, *, now: int, editor: Actor) -> Erasure:
    """Erase an article: a tombstone remains of a public one, nothing of any other.

    The tombstone stores the id, the source_id and the dates, is 410 when requested and blocks a new import. Stored
    responses about it are emptied in any case.
    """
    begin_log_transaction(connection)
    clear_stored_responses(connection, article_id)
    try:
        row = get_for_transition(connection, article_id)
    except NotFoundError:
        return Erasure.NOT_FOUND
    if row.erased_at is not None:
        return Erasure.ALREADY_ERASED
    if not row.version and ArticleStatus(row.status) in {ArticleStatus.DRAFT, ArticleStatus.SCHEDULED}:
        hard_delete_article(connection, row)
        return Erasure.DONE
    before = read_placements(connection, [row])[article_id]
    after = replace(before, status=ArticleStatus.WITHDRAWN, section_ids=(), label_id=None, tag_ids=(), author_ids=())
    pending = PendingRevision(
        before=before, after=after, revision=row.revision + 1, version=row.version, is_erasure=True
    )
    _empty(connection, row, pending.revision, now)
    groups = [row.translation_group] if before.is_public and row.translation_group is not None else []
    others = find_others_in_groups(connection, groups, without={row.id})
    _leave_group(connection, row)
    changes = record_translation_changes(connection, others, now=now)
    update_projections(connection, [pending], now=now, actor=editor.name, extra_changes=changes)
    connection.execute(delete(article_recommendations).where(article_recommendations.c.recommended_id == article_id))
    return Erasure.DONE


def hard_delete_article(connection: Connection, row: AnyRow) -> None:
    """Delete an article that was never public (a row of TRANSITION_COLUMNS), and entries that only it used."""
    placement = read_placements(connection, [row])[row.id]
    connection.execute(delete(idempotency_keys).where(idempotency_keys.c.article_id == row.id))
    release_all_blocks(connection, row.id)
    _leave_group(connection, row)
    connection.execute(delete(articles).where(articles.c.id == row.id))
    delete_unused_entries(connection, placement)


def _leave_group(connection: Connection, row: AnyRow) -> None:
    """Remove the article from its translations."""
    if row.translation_group is not None:
        leave_translation_group(connection, row.id)


def _free_slug(connection: Connection, row: AnyRow) -> str:
    """Return a random unused slug, which no client can have reserved."""
    plain = f"erased-{format_id(row.id)}"
    owners = slug_owners(connection, row.edition_id, [plain])
    return plain if not owners else f"{plain}-{token_hex(RANDOM_BYTES)}"


def _empty(connection: Connection, row: AnyRow, revision: int, now: int) -> None:
    article_id = row.id
    blank = ArticleRecord(edition="none", headline=HEADLINE)
    columns = (
        dict.fromkeys(EMPTIED)
        | member_columns({})
        | {
            **measure_blocks([])._asdict(),
            "has_further_sections": False,
            "headline": HEADLINE,
            "headline_key": headline_key(HEADLINE),
            "slug": _free_slug(connection, row),
            "status": ArticleStatus.WITHDRAWN,
            "content_hash": content_hash(blank, serialize_body(blank)),
            "revision": revision,
            "modified_at": now,
            "withdrawn_at": now if row.withdrawn_at is None else row.withdrawn_at,
            "erased_at": now,
        }
    )
    connection.execute(update(articles).where(articles.c.id == article_id).values(columns))
    body = update(article_bodies).where(article_bodies.c.article_id == article_id)
    connection.execute(body.values(blocks=serialize_body(blank), extra=None))
    links = (article_tags, article_authors, article_sections, article_related, article_recommendations)
    for table in (*links, slug_redirects, article_addresses, revisions):
        connection.execute(delete(table).where(table.c.article_id == article_id))
    release_all_blocks(connection, article_id)
