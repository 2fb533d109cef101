"""Write of an article: the stored row, the incoming record, and the difference of both."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from app.actions.articles.content_hash import content_hash, serialize_blocks, serialize_part
from app.actions.articles.listings import Placement
from app.actions.articles.notes import merge_notes
from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.slugs import base_slug, disambiguated_slugs, is_numbered_slug, numbered_slug_prefix
from app.actions.articles.withdrawals import end_schedule, expiry_withdrawal, withdrawal_columns
from app.actions.articles.write_options import WriteOptions
from app.db.base import AnyRow
from app.domain.article_members import given_members, member_columns
from app.domain.article_status import (
    CLOCK_TOLERANCE_US,
    WAS_PUBLIC,
    ArticleStatus,
    check_embargo,
    check_expiry,
    resolve_status,
)
from app.domain.body import dump_body
from app.domain.calendar import date_at, find_zone
from app.domain.headline_key import headline_key
from app.domain.reading_time import measure_blocks
from app.domain.section_tree import NO_TREE, SectionTree
from app.domain.slug import SlugStyle
from app.domain.traits import read_traits
from app.domain.tsid import format_id
from app.errors import ArticleErasedError, FieldError, InvalidInputError
from app.schemas.interchange import ArticleRecord

MEMBERS = (
    *("headline", "lead", "dateline", "published_at", "updated_at", "expires_at"),
    *("source_id", "source_version", "source_updated_at"),
)
RESERVED_ENDINGS = ("/publication", "/withdrawal", "/bump")
"""Endings that a new `source_id` must not have, because they are paths below an article."""
COMPARED = (
    "source_id",
    "slug",
    "status",
    "published_at",
    "updated_at",
    "expires_at",
    "first_published_at",
    "withdrawal_reason",
    "withdrawal_notice",
    "withdrawn_at",
)
"""Columns whose difference is a change; the content hash stands for the editorial members."""


@dataclass(slots=True, kw_only=True)
class ArticleWrite:
    """Record with the row that it replaces (None: a new article) and the ids of its references.

    `stored_hash` takes the place of that of the row, which has former names of entries.
    """

    index: int
    record: ArticleRecord
    edition_id: int
    slug_style: SlugStyle
    timezone: str
    edition_language: str
    article_id: int
    current: AnyRow | None
    now: int
    options: WriteOptions
    status: ArticleStatus = ArticleStatus.DRAFT
    slug: str = ""
    section_ids: tuple[int, ...] = ()
    label_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    author_ids: tuple[int, ...] = ()
    tree: SectionTree = NO_TREE
    expiry_notice: Callable[[], str | None] = lambda: None
    placement_before: Placement | None = None
    aliases_before: set[str] = field(default_factory=set)
    stored_hash: bytes | None = None
    translations_changed: bool = False
    _after: Placement | None = None
    _fingerprint: bytes = b""
    _body: list[dict[str, Any]] = field(default_factory=list)
    _blocks: str = ""

    def resolve_status(self) -> None:
        """Set the status; InvalidInputError for a contradiction, ArticleErasedError, ForbiddenError."""
        row, record = self.current, self.record
        if row is not None and row.edition_id != self.edition_id:
            raise InvalidInputError(FieldError("id", "This id belongs to an article of another edition."))
        self._check_source_id()
        if row is not None and (row.erased_at is not None) is not (record.erased_at is not None):
            raise ArticleErasedError(format_id(self.article_id), erased_locally=row.erased_at is not None)
        if self._ends_schedule():
            self.record = record = end_schedule(record, is_scheduled=self.status_before is ArticleStatus.SCHEDULED)
        since = None if row is None else row.published_at
        self.status = resolve_status(
            record.status,
            record.published_at,
            self.now,
            before=self.status_before,
            since=since,
            has_public_past=bool(record.revisions and record.revisions[-1].version),
            is_import=not self.options.reject_unknown,
        )
        self._check_past()
        self._check_dates()
        self._apply_expiry()
        self._check_embargo()
        self.blocks()
        self.options.editor.authorize(self.status_before, self.status)
        self.options.editor.authorize_edition(self.edition_id)

    def _check_source_id(self) -> None:
        """Raise InvalidInputError if a new identifier ends like a path below that of an article."""
        given, row = self.record.source_id, self.current
        if given is None or (row is not None and row.source_id == given) or not given.endswith(RESERVED_ENDINGS):
            return
        endings = ", ".join(RESERVED_ENDINGS)
        raise InvalidInputError(
            FieldError("source_id", f"Must not end in one of {endings}: these are paths below an article.")
        )

    def _check_past(self) -> None:
        """Raise InvalidInputError if the history in the record is impossible."""
        record, was_public = self.record, self.status in WAS_PUBLIC
        is_settled = self.current is not None and self.current.first_published_at is not None
        latest = self.now + CLOCK_TOLERANCE_US
        if not is_settled and record.first_published_at is not None and record.first_published_at > latest:
            raise InvalidInputError(FieldError("first_published_at", "Must not be in the future."))
        if self.current is None and not was_public and record.revisions and record.revisions[-1].version:
            raise InvalidInputError(
                FieldError("revisions", f"Must not contain public versions while the status is {self.status}.")
            )

    def _ends_schedule(self) -> bool:
        """Return whether it withdraws a scheduled article, or a draft that was one: no date publishes that again."""
        row, record = self.current, self.record
        if row is None or record.status is not ArticleStatus.WITHDRAWN or record.erased_at is not None:
            return False
        is_ended = row.status == ArticleStatus.DRAFT and row.withdrawn_at is not None
        is_past = record.published_at is not None and record.published_at <= self.now
        return (row.status == ArticleStatus.SCHEDULED or is_ended) and (self.options.reject_unknown or not is_past)

    def _apply_expiry(self) -> None:
        """Raise InvalidInputError if the article cannot expire as given; an import withdraws one that has expired."""
        record = self.record
        if record.published_at is None or self.status not in {ArticleStatus.PUBLISHED, ArticleStatus.SCHEDULED}:
            return
        reason = check_expiry(record.expires_at, record.published_at, self.now)
        if reason is None:
            return
        is_past = record.expires_at is not None and record.published_at < record.expires_at
        if self.options.reject_unknown or not is_past or self.status is ArticleStatus.SCHEDULED:
            raise InvalidInputError(FieldError("expires_at", reason))
        withdrawal = None  # an article that is withdrawn already retains its notice
        if self.status_before is not ArticleStatus.WITHDRAWN:
            withdrawal = expiry_withdrawal(record.expires_at, self.expiry_notice())
        self.status = ArticleStatus.WITHDRAWN
        self.record = record.model_copy(update={"status": self.status, "withdrawal": withdrawal})

    def _check_dates(self) -> None:
        """Raise InvalidInputError if an update or a withdrawal is dated in the future.

        An update may be as late as the publication; a date that is stored already may be sent again.
        """
        record, row, latest = self.record, self.current, self.now + CLOCK_TOLERANCE_US
        is_stored = row is not None and row.updated_at == record.updated_at
        if (
            record.updated_at is not None
            and record.updated_at > max(latest, record.published_at or 0)
            and not is_stored
        ):
            raise InvalidInputError(FieldError("updated_at", "Must not be in the future."))
        withdrawn_at = None if record.withdrawal is None else record.withdrawal.at
        if withdrawn_at is not None and withdrawn_at > latest and (row is None or row.withdrawn_at != withdrawn_at):
            raise InvalidInputError(FieldError("withdrawal.at", "Must not be in the future."))

    def _check_embargo(self) -> None:
        """Raise EmbargoedError for a publication before the embargo ends, InvalidInputError for one set too late."""
        until, row = self.record.embargoed_until, self.current
        if row is not None and row.version:
            if until is not None and until != row.embargoed_until:
                raise InvalidInputError(FieldError("embargoed_until", "Cannot be set once the article was public."))
        elif self.status is ArticleStatus.PUBLISHED:
            check_embargo(until, self.now, self._zone)
        elif self.status is ArticleStatus.SCHEDULED:
            check_embargo(until, self.record.published_at, self._zone)

    def _zone(self) -> ZoneInfo:
        return find_zone(self.timezone)

    def preferred_slug(self) -> str | None:
        """Return the given slug, the current one, or the one of the headline."""
        if self.record.slug is not None:
            return self.record.slug
        if self.current is None or self._is_renamed(self.current):
            return base_slug(self.record.headline, self.slug_style)
        return str(self.current.slug)

    def fallback_slugs(self) -> list[str]:
        """Return alternatives to the preferred slug: none for a slug that was given."""
        if self.record.slug is not None:
            return []
        return disambiguated_slugs(self.record.headline, self.identity, self.article_id, self.slug_style)

    def numbered_slug_prefix(self) -> str:
        """Return the section and date that begin the slug of a headline without one."""
        first = None if self.current is None else self.current.first_published_at
        dates = (first, self.record.first_published_at, self.record.published_at, self.now)
        at = next(each for each in dates if each is not None)
        return numbered_slug_prefix(self.record.section, date_at(at, self._zone()))

    def _is_renamed(self, row: AnyRow) -> bool:
        """Return whether an edit changes the slug of a never public article that follows its headline."""
        if not self.options.reslug_drafts or row.version or row.headline == self.record.headline:
            return False
        style = self.slug_style
        if base_slug(row.headline, style) is None and is_numbered_slug(row.slug):
            return base_slug(self.record.headline, style) is not None
        made = disambiguated_slugs(row.headline, self.identity, row.id, style)
        return row.slug in {base_slug(row.headline, style), *made}

    @property
    def status_before(self) -> ArticleStatus | None:
        """Return the status before the write; None for a new article."""
        return None if self.current is None else ArticleStatus(self.current.status)

    @property
    def identity(self) -> str:
        """Return the identity of the article across installations."""
        return self.record.source_id or format_id(self.article_id)

    @property
    def placement_after(self) -> Placement:
        """Return the placement after the write, once status and ids are known."""
        if self._after is None:
            self._after = Placement(
                article_id=self.article_id,
                edition_id=self.edition_id,
                status=self.status,
                published_at=self.record.published_at,
                section_ids=self.section_ids,
                label_id=self.label_id,
                tag_ids=self.tag_ids,
                author_ids=self.author_ids,
                traits=read_traits(self.record),
                tree=self.tree,
            )
        return self._after

    @property
    def content_changed(self) -> bool:
        """Return whether the editorial members of an existing article change."""
        row = self.current
        return row is not None and (
            self.hash_before != self.content_hash()
            or row.slug != self.slug
            or row.updated_at != self.record.updated_at
            or row.expires_at != self.record.expires_at
        )

    def columns(self) -> dict[str, Any]:
        """Return the columns that the record determines."""
        record = self.record
        return {
            **{name: getattr(record, name) for name in MEMBERS},
            **self.withdrawal_columns(),
            "edition_id": self.edition_id,
            "slug": self.slug,
            "headline_key": headline_key(record.headline),
            "status": self.status,
            "first_published_at": self.first_published_at(),
            "section_id": next(iter(self.section_ids), None),
            "has_further_sections": len(self.section_ids) > 1,
            "label_id": self.label_id,
            "source_name": None if record.source is None else record.source.name,
            "source_url": None if record.source is None else record.source.url,
            "image": serialize_part(record.image),
            "rights": serialize_part(record.rights),
            "erased_at": record.erased_at,
            **member_columns(given_members(record)),
            "content_hash": self.content_hash(),
        }

    def has_changes(self, columns: dict[str, Any]) -> bool:
        """Return whether storing these columns changes anything."""
        row = self.current
        if row is None or self.hash_before != columns["content_hash"]:
            return True
        if self.aliases_changed or self.translations_changed:
            return True
        if self.options.note_counts_as_change and self.record.note is not None:
            return True
        return any(getattr(row, name) != columns[name] for name in COMPARED)

    @property
    def aliases_changed(self) -> bool:
        """Return whether the record has aliases that differ from those of the article."""
        return self.record.aliases is not None and set(self.record.aliases) != self.aliases_before

    def blocks(self) -> str:
        """Return the body as it is stored."""
        if not self._blocks:
            self._body = dump_body(self.record.body)
            self._blocks = serialize_blocks(self._body)
        return self._blocks

    @property
    def hash_before(self) -> bytes | None:
        """Return the hash of the stored article, with the present names of its entries if they were renamed."""
        if self.stored_hash is not None or self.current is None:
            return self.stored_hash
        return bytes(self.current.content_hash)

    def content_hash(self) -> bytes:
        """Return the content hash of the record."""
        if not self._fingerprint:
            self._fingerprint = content_hash(self.record, self.blocks())
        return self._fingerprint

    def to_revision(self) -> PendingRevision:
        """Return the revision that this write makes, with its numbers and imported history."""
        row, public = self.current, self.placement_after.is_public
        if row is not None:
            return PendingRevision(
                before=self.placement_before,
                after=self.placement_after,
                revision=row.revision + 1,
                version=row.version + public,
                note=self.record.note,
                is_alert=self._is_first_alert(),
            )
        past = self.record.revisions
        last = past[-1] if past else None
        already_recorded = last is not None and (last.status, last.published_at) == (
            self.status,
            self.record.published_at,
        )
        revision, version = (0, 0) if last is None else (last.revision, last.version)
        return PendingRevision(
            before=None,
            after=self.placement_after,
            revision=revision + (not already_recorded),
            version=version + (public and not already_recorded),
            note=self.record.note,
            is_alert=self._is_first_alert(),
            imported_revisions=past,
            already_recorded=already_recorded,
        )

    def _is_first_alert(self) -> bool:
        """Return whether a write by an editor makes the article public with `alert` for the first time."""
        is_known = self.current is not None and self.current.alerted_at is not None
        return self.options.reject_unknown and self.record.alert and self.placement_after.is_public and not is_known

    def _is_announced_elsewhere(self) -> bool:
        """Return whether an import brings an article with `alert` that has been public in another system."""
        states = {self.status, self.record.status}
        return not self.options.reject_unknown and self.record.alert and not states.isdisjoint(WAS_PUBLIC)

    def revision_columns(self, pending: PendingRevision) -> dict[str, Any]:
        """Return the columns that follow from the revision, and the length of its text."""
        row, past = self.current, self.record.revisions
        alerted_at = None if row is None else row.alerted_at
        is_announced = pending.is_alert or (alerted_at is None and self._is_announced_elsewhere())
        return {
            "revision": pending.revision,
            "version": pending.version,
            "modified_at": past[-1].at if pending.already_recorded else self.now,
            "notes": merge_notes(None if row is None else row.notes, pending, self.now),
            "alerted_at": self.now if is_announced else alerted_at,
            **measure_blocks(self._body)._asdict(),
        }

    @property
    def touches_updated_at(self) -> bool:
        """Return whether the update is dated now, because the public content changes."""
        row = self.current
        is_visible = row is not None and bool(row.version) and self.hash_before != self.content_hash()
        return self.options.touch_updated_at and is_visible and self.status in WAS_PUBLIC

    def first_published_at(self) -> int | None:
        """Return the first public time: the stored one, else that of the write that makes the article public."""
        if self.current is not None and self.current.first_published_at is not None:
            return int(self.current.first_published_at)
        if self.status not in WAS_PUBLIC:
            return None
        given = self.record.first_published_at
        return self.record.published_at if given is None else given

    def withdrawal_columns(self) -> dict[str, Any]:
        """Return the columns of a withdrawal, None in each without one."""
        is_import = not self.options.reject_unknown
        return withdrawal_columns(self.record, self.current, self.status, now=self.now, is_import=is_import)
