"""Articles on their way into the tables: what was there, what each becomes, and whether that differs."""

from dataclasses import dataclass
from typing import Any

import orjson

from app.actions.fingerprint import dump_blocks, fingerprint_of
from app.actions.listings import Standing
from app.actions.manner import Manner
from app.actions.notes import join_notes
from app.actions.saves import Save
from app.actions.slugs import marked_slugs, plain_slug
from app.db.base import AnyRow
from app.domain.article import CLOCK_TOLERANCE_US, Status, settle_status
from app.domain.ids import format_id
from app.errors import ArticleErased, Flaw, InvalidInput
from app.schemas.record import ArticleRecord, Withdrawal

MEMBERS = ("headline", "lead", "dateline", "source_id", "published_at", "updated_at")
COMPARED = (
    "source_id",
    "slug",
    "status",
    "published_at",
    "updated_at",
    "first_published_at",
    "withdrawal_reason",
    "withdrawal_notice",
    "withdrawn_at",
)
"""The columns whose difference is a change; the fingerprint stands for what editors write."""


@dataclass(slots=True, kw_only=True)
class Writing:
    """A record with the row it replaces (None: a new article) and the numbers that its names stand for."""

    place: int
    record: ArticleRecord
    edition_id: int
    article_id: int
    existing: AnyRow | None
    now: int
    manner: Manner
    status: Status = Status.DRAFT
    slug: str = ""
    section_id: int | None = None
    label_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    author_ids: tuple[int, ...] = ()
    before: Standing | None = None
    _after: Standing | None = None
    _fingerprint: bytes = b""
    _blocks: str = ""

    def settle(self) -> None:
        """Decide the status; InvalidInput where the record contradicts itself or the past, ArticleErased, Forbidden."""
        row, record = self.existing, self.record
        if row is not None and row.edition_id != self.edition_id:
            raise InvalidInput(Flaw("id", "This id belongs to an article of another edition."))
        if row is not None and (row.erased_at is not None) is not (record.erased_at is not None):
            raise ArticleErased(format_id(self.article_id), is_here=row.erased_at is not None)
        if self._ends_schedule():
            withdrawal = record.withdrawal or (Withdrawal() if self.status_before is Status.SCHEDULED else None)
            changed = {"status": Status.DRAFT, "published_at": None, "withdrawal": withdrawal}
            self.record = record = record.model_copy(update=changed)
        since = None if row is None else row.published_at
        self.status = settle_status(
            record.status,
            record.published_at,
            self.now,
            before=self.status_before,
            since=since,
            allows_past_schedule=not self.manner.is_strict,
        )
        self._check_past()
        self._check_update()
        self.manner.editor.check(self.status_before, self.status)

    def _check_past(self) -> None:
        """InvalidInput where what the record says of its past cannot have been."""
        record, is_told = self.record, self.status in {Status.PUBLISHED, Status.WITHDRAWN}
        is_settled = self.existing is not None and self.existing.first_published_at is not None
        latest = self.now + CLOCK_TOLERANCE_US
        if not is_settled and record.first_published_at is not None and record.first_published_at > latest:
            raise InvalidInput(Flaw("first_published_at", "It has to have come."))
        if self.existing is None and not is_told and record.revisions and record.revisions[-1].version:
            raise InvalidInput(Flaw("revisions", f"What is {self.status} has had no public version."))

    def _ends_schedule(self) -> bool:
        """Return whether it withdraws a scheduled article, or a draft that was one: no date publishes that again."""
        row, record = self.existing, self.record
        if row is None or record.status is not Status.WITHDRAWN or record.erased_at is not None:
            return False
        is_ended = row.status == Status.DRAFT and row.withdrawn_at is not None
        has_come = record.published_at is not None and record.published_at <= self.now
        return (row.status == Status.SCHEDULED or is_ended) and (self.manner.is_strict or not has_come)

    def _check_update(self) -> None:
        """Raise InvalidInput where an editor dates an update later than now and later than the publication."""
        updated_at, row = self.record.updated_at, self.existing
        if updated_at is None or not self.manner.is_strict or (row is not None and row.updated_at == updated_at):
            return
        if updated_at > max(self.now + CLOCK_TOLERANCE_US, self.record.published_at or 0):
            raise InvalidInput(Flaw("updated_at", "The date of an update may not be in the future."))

    def slug_to_try(self) -> str | None:
        """The slug it was given, has, or would have by its headline alone."""
        if self.record.slug is not None:
            return self.record.slug
        if self.existing is None or self._is_renamed(self.existing):
            return plain_slug(self.record.headline)
        return str(self.existing.slug)

    def slugs_instead(self) -> list[str]:
        """What to try when that one is not to be had: nothing in place of a slug that was given."""
        if self.record.slug is not None:
            return []
        return marked_slugs(self.record.headline, self.identity, self.article_id)

    def _is_renamed(self, row: AnyRow) -> bool:
        """Whether an edit renames what was never public and goes by its headline: nobody knows its address yet."""
        if not self.manner.renames_drafts or row.version or row.headline == self.record.headline:
            return False
        return row.slug in {plain_slug(row.headline), *marked_slugs(row.headline, self.identity, row.id)}

    @property
    def status_before(self) -> Status | None:
        """The status it had; None for a new article."""
        return None if self.existing is None else Status(self.existing.status)

    @property
    def identity(self) -> str:
        """What names the article across installations."""
        return self.record.source_id or format_id(self.article_id)

    @property
    def after(self) -> Standing:
        """Where it will stand, once its status and numbers are known."""
        if self._after is None:
            self._after = Standing(
                article_id=self.article_id,
                edition_id=self.edition_id,
                status=self.status,
                published_at=self.record.published_at,
                section_id=self.section_id,
                label_id=self.label_id,
                tag_ids=self.tag_ids,
                author_ids=self.author_ids,
            )
        return self._after

    @property
    def is_rewritten(self) -> bool:
        """Whether what editors wrote of an article that was there comes to be another."""
        row = self.existing
        return row is not None and (
            row.fingerprint != self.fingerprint() or row.slug != self.slug or row.updated_at != self.record.updated_at
        )

    def columns(self) -> dict[str, Any]:
        """The columns of its row that the record decides."""
        record = self.record
        return {
            **{name: getattr(record, name) for name in MEMBERS},
            **self._withdrawal(),
            "edition_id": self.edition_id,
            "slug": self.slug,
            "status": self.status,
            "first_published_at": self._first_published_at(),
            "section_id": self.section_id,
            "label_id": self.label_id,
            "source_name": None if record.source is None else record.source.name,
            "source_url": None if record.source is None else record.source.url,
            "image": _json(record.image),
            "rights": _json(record.rights),
            "erased_at": record.erased_at,
            "fingerprint": self.fingerprint(),
        }

    def differs(self, columns: dict[str, Any]) -> bool:
        """Whether storing these columns changes anything."""
        row = self.existing
        if row is None or row.fingerprint != columns["fingerprint"]:
            return True
        if self.manner.counts_note and self.record.note is not None:
            return True
        return any(getattr(row, name) != columns[name] for name in COMPARED)

    def blocks(self) -> str:
        """Its body as it is stored."""
        if not self._blocks:
            self._blocks = dump_blocks(self.record)
        return self._blocks

    def fingerprint(self) -> bytes:
        """The fingerprint of its record."""
        if not self._fingerprint:
            self._fingerprint = fingerprint_of(self.record, self.blocks())
        return self._fingerprint

    def save(self) -> Save:
        """The save that this is, numbers and past included."""
        row, public = self.existing, self.after.is_public
        if row is not None:
            return Save(
                before=self.before,
                after=self.after,
                revision=row.revision + 1,
                version=row.version + public,
                note=self.record.note,
            )
        past = self.record.revisions
        last = past[-1] if past else None
        told = last is not None and (last.status, last.published_at) == (self.status, self.record.published_at)
        revision, version = (0, 0) if last is None else (last.revision, last.version)
        return Save(
            before=None,
            after=self.after,
            revision=revision + (not told),
            version=version + (public and not told),
            note=self.record.note,
            past=past,
            is_told=told,
        )

    def numbers(self, save: Save) -> dict[str, Any]:
        """The columns of its row that follow from the save itself."""
        row, past = self.existing, self.record.revisions
        return {
            "revision": save.revision,
            "version": save.version,
            "modified_at": past[-1].at if save.is_told else self.now,
            "notes": join_notes(None if row is None else row.notes, save, self.now),
        }

    @property
    def stamps_update(self) -> bool:
        """Whether the time of its update is now: those who read it before find something else."""
        row = self.existing
        is_told = row is not None and bool(row.version) and row.fingerprint != self.fingerprint()
        return self.manner.stamps_update and is_told and self.status in {Status.PUBLISHED, Status.WITHDRAWN}

    def _first_published_at(self) -> int | None:
        if self.existing is not None and self.existing.first_published_at is not None:
            return int(self.existing.first_published_at)
        if self.status not in {Status.PUBLISHED, Status.WITHDRAWN}:
            return None
        told = self.record.first_published_at
        return self.record.published_at if told is None else told

    def _withdrawal(self) -> dict[str, Any]:
        """Return the columns of a withdrawal; a draft has them that was withdrawn before it was public."""
        told, row = self.record.withdrawal, self.existing
        was = row if row is not None and row.status == self.status and row.withdrawn_at is not None else None
        ends_schedule = was is not None or not self.manner.is_strict or self.status_before is Status.SCHEDULED
        is_ended = self.status is Status.DRAFT and ends_schedule and (told is not None or was is not None)
        if self.status is not Status.WITHDRAWN and not is_ended:
            return {"withdrawal_reason": None, "withdrawal_notice": None, "withdrawn_at": None}
        if told is None and was is not None:
            names = ("withdrawal_reason", "withdrawal_notice", "withdrawn_at")
            return {name: getattr(was, name) for name in names}
        at = None if told is None else told.at
        since = was.withdrawn_at if was is not None else self.now
        return {
            "withdrawal_reason": None if told is None else told.reason,
            "withdrawal_notice": None if told is None else told.notice,
            "withdrawn_at": since if at is None else at,
        }


def _json(model: Any) -> str | None:
    return None if model is None else orjson.dumps(model.model_dump()).decode()
