"""Records: the members of the interchange format, one JSON object a line, as they may come in.

The same members make the body of a push or a POST. Text members are checked, HTML is sanitised, and places in
time become instants while a record is read, so that what is stored is what was accepted.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.domain.article import ArticleStatus, FeedContent
from app.domain.article_url import article_url_template
from app.domain.body import Body, ImageInput, RightsInput, SourceInput, null_as_empty, whole_number
from app.domain.calendar import find_zone
from app.domain.html.inline_html import clean_text, validate_site_url
from app.domain.language import validate_language
from app.domain.one_line import one_line, visible_line, visible_text
from app.domain.revision import NoteType, RevisionAction
from app.domain.slug import validate_code, validate_slug
from app.domain.tsid import parse_id
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.schemas.types import Instant

MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_NAMES = 200
MAX_NUMBER = 10**8  # revisions and versions: far from what either database counts to
MAX_SOURCE_ID = 400  # of up to four bytes each: PostgreSQL indexes no value beyond 2,704 bytes


def _zone_name(value: str) -> str:
    return find_zone(value).key


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _id(value: str) -> str:
    parse_id(value)
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise InvalidValueError("It is empty.")
    return clean_text(value)


def _null_as_empty_object(value: object) -> object:
    return {} if value is None else value


def _rising(values: "list[RevisionRecord]") -> "list[RevisionRecord]":
    numbers, versions = [each.revision for each in values], [each.version for each in values]
    if numbers != sorted(set(numbers)) or versions != sorted(versions):
        raise InvalidValueError("Revisions come in the order of their numbers, and versions do not fall.")
    return values


Line = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(visible_line)]
Lines = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(visible_text)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(clean_text)]
Code = Annotated[str, AfterValidator(validate_code)]
SourceId = Annotated[str, Field(max_length=MAX_SOURCE_ID), AfterValidator(_filled)]
NullAsEmpty = BeforeValidator(null_as_empty)
Codes = Annotated[list[Code], NullAsEmpty, Field(max_length=MAX_NAMES), AfterValidator(_once)]
References = Annotated[list[SourceId], NullAsEmpty, Field(max_length=MAX_NAMES), AfterValidator(_once)]
Language = Annotated[str, AfterValidator(validate_language)]
Translations = Annotated[dict[Language, Line], BeforeValidator(_null_as_empty_object)]
LongTranslations = Annotated[dict[Language, Lines], BeforeValidator(_null_as_empty_object)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class EditionRecord(_Record):
    """An edition; identity: `slug`."""

    kind: Literal["edition"] = "edition"
    slug: Code
    name: Line
    language: Language
    timezone: Annotated[str, AfterValidator(_zone_name)]
    site_url: Annotated[str, AfterValidator(validate_site_url)]
    article_url: Annotated[str, AfterValidator(article_url_template)] | None = None
    default: Annotated[bool, Field(strict=True)] = False
    feed_content: FeedContent = FeedContent.SUMMARY
    strings: Annotated[dict[str, Text], BeforeValidator(_null_as_empty_object)] = Field(default_factory=dict)


class LabelRecord(_Record):
    """A label; identity: `code`."""

    kind: Literal["label"] = "label"
    code: Code
    text: Line
    texts: Translations = Field(default_factory=dict)
    disclaimer: Lines | None = None
    disclaimers: LongTranslations = Field(default_factory=dict)
    genre: Code | None = None


class SectionRecord(_Record):
    """A section; identity: `slug` within the edition."""

    kind: Literal["section"] = "section"
    edition: Code
    slug: Code
    name: Line


class TagRecord(_Record):
    """A tag; identity: `slug`."""

    kind: Literal["tag"] = "tag"
    slug: Code
    name: Line


class AuthorRecord(_Record):
    """An author; identity: `slug`."""

    kind: Literal["author"] = "author"
    slug: Code
    name: Line
    role: Line | None = None
    bio: Line | None = None


class Withdrawal(_Record):
    """Why an article was withdrawn, what the public is told of it, and since when."""

    reason: Text | None = None
    notice: Text | None = None
    at: Instant | None = None


class Note(_Record):
    """What the newsroom tells the public of a change."""

    type: NoteType
    text: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(visible_text)]


class Content(_Record):
    """What editors write of an article."""

    slug: Annotated[str, AfterValidator(validate_slug)] | None = None
    label: Code | None = None
    headline: Line
    lead: Text | None = None
    dateline: Line | None = None
    section: Code | None = None
    tags: Codes = Field(default_factory=list)
    authors: Codes = Field(default_factory=list)
    updated_at: Instant | None = None
    source: SourceInput | None = None
    image: ImageInput | None = None
    rights: RightsInput | None = None
    related: References = Field(default_factory=list)
    body: Body = Field(default_factory=list)


class PastContent(Content):
    """A revision of an article; a headline without visible characters does not refuse the article here."""

    headline: Annotated[str, Field(max_length=MAX_LINE), AfterValidator(one_line)]


class RevisionRecord(_Record):
    """A save of an article; `content` is absent where the next one (for the last: the article itself) says the same."""

    revision: Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=MAX_NUMBER, strict=True)]
    version: Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=MAX_NUMBER, strict=True)]
    status: ArticleStatus
    published_at: Instant | None = None
    action: RevisionAction
    at: Instant
    actor: Line
    note: Note | None = None
    content: PastContent | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.published_at is None and self.status is not ArticleStatus.DRAFT:
            raise InvalidValueError(f"A save that left the article {self.status} has a public time.")
        if self.version == 0 and self.status is ArticleStatus.PUBLISHED:
            raise InvalidValueError("What was public had a version.")
        return self


class ArticleInput(Content):
    """What may be said of an article wherever it comes from; `note` tells the public why what is stored changes."""

    kind: Literal["article"] = "article"
    id: Annotated[str, AfterValidator(_id)] | None = None
    source_id: SourceId | None = None
    status: ArticleStatus | None = None
    published_at: Instant | None = None
    first_published_at: Instant | None = None
    withdrawal: Withdrawal | None = None
    note: Note | None = None


class ArticleCreate(ArticleInput):
    """An article as a POST or a push brings it; without an edition it is the default one's, or the address's."""

    edition: Code | None = None

    def record(self, edition: str, **changed: Any) -> "ArticleRecord":
        """The record of the same article in this edition; what was read is not read again."""
        members = {name: getattr(self, name) for name in ArticleInput.model_fields}
        return ArticleRecord.model_construct(
            **{**members, "edition": edition, "erased_at": None, "old_slugs": [], "revisions": [], **changed}
        )


class SourceName(_Record):
    """The identifier that another system gave an article, where it stands by itself."""

    source_id: SourceId


class ArticleRecord(ArticleInput):
    """An article; identity: `source_id` within the edition, else `id`.

    `old_slugs` and `revisions` bring the past of an article that is new here; `erased_at` marks what was erased by
    law, of which nothing else is left.
    """

    edition: Code
    erased_at: Instant | None = None
    old_slugs: Annotated[
        list[Annotated[str, AfterValidator(validate_slug)]], NullAsEmpty, Field(max_length=MAX_NAMES)
    ] = Field(default_factory=list)
    revisions: Annotated[list[RevisionRecord], NullAsEmpty, AfterValidator(_rising)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _nothing_is_left(self) -> Self:
        if self.erased_at is None:
            return self
        if self.status is not ArticleStatus.WITHDRAWN:
            raise InvalidInputError(FieldError("status", "What was erased is withdrawn."))
        blank = Content(headline=self.headline, slug=self.slug)
        if any(getattr(self, name) != getattr(blank, name) for name in Content.model_fields):
            raise InvalidInputError(FieldError("erased_at", "What was erased says nothing any more."))
        return self


Record = Annotated[
    EditionRecord | LabelRecord | SectionRecord | TagRecord | AuthorRecord | ArticleRecord,
    Field(discriminator="kind"),
]
CatalogueRecord = EditionRecord | LabelRecord | SectionRecord | TagRecord | AuthorRecord
