"""Articles on their way into the tables: what was there, what each becomes, and whether that differs."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

from app.actions.catalogue import Outcome
from app.actions.listings import Standing
from app.actions.slugs import marked_slugs, plain_slug
from app.db.base import AnyRow
from app.domain.article import Status, settle_status
from app.domain.body import dump_body
from app.domain.ids import format_id
from app.errors import DaylineError, Flaw, InvalidInput
from app.schemas.record import ArticleRecord

FINGERPRINT_BYTES = 16
MEMBERS = ("headline", "lead", "dateline", "source_id", "published_at", "updated_at")


@dataclass(slots=True)
class Stored:
    """What storing came to, for each record in turn, and how many catalogue entries were made from codes."""

    outcomes: list[Outcome | DaylineError]
    made: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Writing:
    """A record with the row it replaces (None: a new article) and the numbers that its names stand for."""

    place: int
    record: ArticleRecord
    edition_id: int
    article_id: int
    existing: AnyRow | None
    now: int
    status: Status = Status.DRAFT
    slug: str = ""
    section_id: int | None = None
    label_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    author_ids: tuple[int, ...] = ()
    before: Standing | None = None
    _after: Standing | None = None

    def settle(self) -> None:
        """Decide the status; InvalidInput where the record contradicts itself or the past."""
        if self.existing is not None and self.existing.edition_id != self.edition_id:
            raise InvalidInput(Flaw("id", "This id belongs to an article of another edition."))
        self.status = settle_status(self.record.status, self.record.published_at, self.now, before=self.status_before)

    def slug_to_try(self) -> str | None:
        """The slug it was given, has, or would have by its headline alone."""
        if self.record.slug is not None:
            return self.record.slug
        return plain_slug(self.record.headline) if self.existing is None else str(self.existing.slug)

    def slugs_instead(self) -> list[str]:
        """What to try when that one is not to be had: nothing in place of a slug that was given."""
        if self.record.slug is not None:
            return []
        return marked_slugs(self.record.headline, self.identity, self.article_id)

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
            self._after = self._stand()
        return self._after

    def _stand(self) -> Standing:
        return Standing(
            article_id=self.article_id,
            edition_id=self.edition_id,
            status=self.status,
            published_at=self.record.published_at,
            section_id=self.section_id,
            label_id=self.label_id,
            tag_ids=self.tag_ids,
            author_ids=self.author_ids,
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
            "image": None if record.image is None else orjson.dumps(record.image.model_dump()).decode(),
            "rights": None if record.rights is None else orjson.dumps(record.rights.model_dump()).decode(),
        }

    def blocks(self) -> str:
        """Its body as it is stored."""
        return orjson.dumps(dump_body(self.record.body)).decode()

    def fingerprint(self, columns: dict[str, Any], blocks: str) -> bytes:
        """A digest of all that the record decides; equal exactly when nothing would change."""
        record = self.record
        content = orjson.dumps([columns, record.tags, record.authors, record.related])
        return blake2b(content + blocks.encode(), digest_size=FINGERPRINT_BYTES).digest()

    def _first_published_at(self) -> int | None:
        if self.existing is not None and self.existing.first_published_at is not None:
            return int(self.existing.first_published_at)
        if self.record.first_published_at is not None:
            return self.record.first_published_at
        return self.record.published_at if self.status in {Status.PUBLISHED, Status.WITHDRAWN} else None

    def _withdrawal(self) -> dict[str, Any]:
        if self.status is not Status.WITHDRAWN:
            return {"withdrawal_reason": None, "withdrawal_notice": None, "withdrawn_at": None}
        told, row = self.record.withdrawal, self.existing
        was = row if row is not None and row.status == Status.WITHDRAWN else None
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
