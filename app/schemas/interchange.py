"""Records: the members of the interchange format, one JSON object a line, as they may come in.

The same members make the body of a push or a POST. Text members are checked, HTML is sanitised, and places in
time become instants while a record is read, so that what is stored is what was accepted.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.domain.article_status import ArticleStatus
from app.domain.body import Body, ImageInput, RightsInput, SourceInput
from app.domain.body.values import whole_number
from app.domain.one_line import one_line, visible_text
from app.domain.revision import NoteType, RevisionAction
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.schemas.article_members import ArticleMembers
from app.schemas.body_html import BodyHtmlPart
from app.schemas.catalogue_records import AuthorRecord, EditionRecord, LabelRecord, SectionRecord, TagRecord
from app.schemas.record_types import (
    MAX_FORMER_URLS,
    MAX_LINE,
    MAX_NAMES,
    MAX_TEXT,
    Alias,
    ArticleIdInput,
    ArticleSlug,
    Code,
    Codes,
    Line,
    NullAsEmpty,
    RecordPart,
    References,
    SourceId,
    TagReferences,
    Text,
    TranslationReferences,
)
from app.schemas.types import MAX_SEQ, Instant

MAX_NUMBER = 10**8  # maximum of revisions and versions, far below the range of either database


def _sorted_once(values: list[str]) -> list[str]:
    return sorted(set(values))


def _rising(values: "list[RevisionRecord]") -> "list[RevisionRecord]":
    numbers, versions = [each.revision for each in values], [each.version for each in values]
    if numbers != sorted(set(numbers)) or versions != sorted(versions):
        raise InvalidValueError("Revisions must be ordered by their numbers, and versions must not decrease.")
    return values


class Withdrawal(RecordPart):
    """Withdrawal of an article: internal reason, public notice, and time."""

    reason: Annotated[
        Text | None, Field(description="The reason, for editors only.", examples=["The names were wrong."])
    ] = None
    notice: Annotated[
        Text | None, Field(description="The public notice.", examples=["This article was withdrawn."])
    ] = None
    at: Annotated[
        Instant | None,
        Field(description="When it was withdrawn; now where absent.", examples=["2026-11-20T21:00:00+02:00"]),
    ] = None


class Note(RecordPart):
    """Public note on a change."""

    type: Annotated[NoteType, Field(description="The kind of note.", examples=["correction"])]
    text: Annotated[
        str,
        Field(max_length=MAX_TEXT, description="The note, plain text.", examples=["The tram leaves at 00:35."]),
        AfterValidator(visible_text),
    ]


class Content(ArticleMembers):
    """Editorial content of an article."""

    slug: Annotated[
        ArticleSlug | None,
        Field(
            description=(
                "The slug: up to 120 lower-case letters and digits, with single hyphens between them. It is stored as "
                "it is sent, or decoded where it is percent-encoded; where absent it is made from the headline, with a "
                "suffix if that is taken. One of another article, also of a withdrawn one, is 422; a former one may be "
                "taken by a published article."
            ),
            examples=["budget-passes-by-one-vote"],
        ),
    ] = None
    label: Annotated[Code | None, Field(description="The code of its label.", examples=["opinion"])] = None
    headline: Annotated[Line, Field(description="The headline, plain text.", examples=["Budget passes by one vote"])]
    lead: Annotated[
        Text | None,
        Field(description="The lead below the headline, plain text.", examples=["The tram won by a single vote."]),
    ] = None
    dateline: Annotated[
        Line | None, Field(description="Place and date that open the text.", examples=["PORT VELA, Nov 20"])
    ] = None
    section: Annotated[
        Code | None,
        Field(description="The slug of its only section, short for `sections` with one.", examples=["politics"]),
    ] = None
    sections: Annotated[
        Codes,
        Field(
            description="The slugs of its sections, the main one first; a `section` beside them must repeat that one.",
            examples=[["politics", "city"]],
        ),
    ] = Field(default_factory=list)
    tags: Annotated[
        TagReferences,
        Field(description="Its tags in order, each by its slug, its display name or an alias.", examples=[["trams"]]),
    ] = Field(default_factory=list)
    authors: Annotated[
        Codes, Field(description="The slugs of its authors, in the order they sign.", examples=[["ines-kovary"]])
    ] = Field(default_factory=list)
    updated_at: Annotated[
        Instant | None, Field(description="When the content last changed.", examples=["2026-11-20T20:05:00+02:00"])
    ] = None
    expires_at: Annotated[
        Instant | None,
        Field(
            description="When it is withdrawn with the reason `expired`; must be later than `published_at`, and in the "
            "future (of a draft, a time that has passed is the warning `expiry-passed`).",
            examples=["2026-12-01T00:00:00+02:00"],
        ),
    ] = None
    source: Annotated[SourceInput | None, Field(description="The source of the article.")] = None
    image: Annotated[ImageInput | None, Field(description="The image of the article.")] = None
    rights: Annotated[RightsInput | None, Field(description="The rights of the article.")] = None
    related: Annotated[
        References,
        Field(
            description="“Read also”: `source_id`s or ids of articles, which may follow later.", examples=[["cms:40"]]
        ),
    ] = Field(default_factory=list)
    body: Body = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_main_section(self) -> Self:
        given, members = "sections" in self.model_fields_set, self.__dict__  # omitted members stay omitted ones
        if self.section is None:
            members["section"] = self.sections[0] if self.sections else None
        elif not given:
            members["sections"] = [self.section]
        elif self.sections[:1] != [self.section]:
            raise InvalidInputError(FieldError("section", "Must be the first of `sections`, or be left out."))
        return self


class PastContent(Content):
    """A revision of an article; a headline without visible characters does not refuse the article here."""

    headline: Annotated[str, Field(max_length=MAX_LINE), AfterValidator(one_line)]


class RevisionRecord(RecordPart):
    """A revision; `content` is absent where the next one (for the last: the article itself) has equal content."""

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
            raise InvalidValueError(f"A revision of status {self.status} must have a public time.")
        if self.version == 0 and self.status is ArticleStatus.PUBLISHED:
            raise InvalidValueError("A revision that was public must have a version of 1 or more.")
        return self


class BesideContent(RecordPart):
    """Members of an article beside its content, of which revisions have no copies."""

    aliases: Annotated[
        Annotated[list[Alias], Field(max_length=MAX_NAMES), AfterValidator(_sorted_once)] | None,
        NullAsEmpty,
        Field(
            description="Paths and URLs that the article has had, which `/v1/resolve` finds; unchanged where absent.",
            examples=[["/2019/05/night-trams.html"]],
        ),
    ] = None
    translations: Annotated[
        TranslationReferences | None,
        NullAsEmpty,
        Field(
            description=(
                "The same story in other editions or languages; articles are linked in both directions as long as one "
                "of them names the other. An article may follow its reference."
            ),
            examples=[[{"edition": "havan", "source_id": "cms:41-uk"}]],
        ),
    ] = None


class ArticleInput(BesideContent, BodyHtmlPart, Content):
    """Members of an article from any source; `note` is the public reason of a change to the stored article."""

    kind: Annotated[Literal["article"], Field(description="The kind of the record.")] = "article"
    id: Annotated[
        ArticleIdInput | None,
        Field(description="The id that the article has in another installation.", examples=["0s9et2dg0bgsr"]),
    ] = None
    source_id: Annotated[
        SourceId | None,
        Field(
            description=(
                "The identifier of another system, unique in the edition. A new one must not end in `/publication`, "
                "`/bump` or `/withdrawal`."
            ),
            examples=["cms:41"],
        ),
    ] = None
    source_version: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=MAX_SEQ), BeforeValidator(whole_number)] | None,
        Field(description="The version in the system of origin: a lower one changes nothing.", examples=[7]),
    ] = None
    source_updated_at: Annotated[
        Instant | None,
        Field(
            description="The update in the system of origin: an earlier one changes nothing, where no version decides.",
            examples=["2026-11-20T20:05:00+02:00"],
        ),
    ] = None
    status: Annotated[
        ArticleStatus | None,
        Field(description="The status; with `published_at`, see `create_article`.", examples=["published"]),
    ] = None
    published_at: Annotated[
        Instant | None,
        Field(
            description="The public time; with `status`, see `create_article`.",
            examples=["2026-11-20T19:30:00+02:00"],
        ),
    ] = None
    first_published_at: Annotated[
        Instant | None,
        Field(
            description=(
                "The first public time, not in the future; `published_at` where absent. The write that makes the "
                "article public for the first time takes it; it is ignored otherwise."
            ),
            examples=["2026-11-20T19:30:00+02:00"],
        ),
    ] = None
    withdrawal: Annotated[
        Withdrawal | None, Field(description="Why it was withdrawn; counts with `status` `withdrawn` alone.")
    ] = None
    note: Annotated[
        Note | None,
        Field(description="A public note about the change; not public where the article is not published after it."),
    ] = None


_NO_HISTORY: dict[str, list[Any]] = {"old_slugs": [], "former_urls": [], "revisions": []}


class FormerUrlRecord(RecordPart):
    """A URL that the article had until an instant."""

    url: Alias
    until: Instant


class ArticleCreate(ArticleInput):
    """An article in a POST or an upsert; without `edition`, that of the path, else the default edition."""

    edition: Annotated[
        Code | None,
        Field(
            description=(
                "The slug of its edition, where absent that of the path, else the default one. An unknown one, or "
                "another than that of the path, is 422; one beyond the editions of the API key is 403."
            ),
            examples=["harbour"],
        ),
    ] = None

    def record(self, edition: str, **changed: Any) -> "ArticleRecord":
        """Return the record of the same article in this edition, without parsing it again; omitted members stay so."""
        members = {name: getattr(self, name) for name in ArticleInput.model_fields}
        return ArticleRecord.model_construct(
            self.model_fields_set | {"edition", *changed},
            **{**members, "edition": edition, "erased_at": None, **_NO_HISTORY, **changed},
        )


class SourceName(RecordPart):
    """Identifier of an article in another system, in the form of a parameter."""

    source_id: SourceId


class ArticleRecord(ArticleInput):
    """An article; identity: `source_id` within the edition, else `id`.

    `old_slugs`, `former_urls` and `revisions` are the history of an article that is new here; `erased_at` marks an
    article that was erased by law, of which no other member remains.
    """

    edition: Code
    erased_at: Instant | None = None
    old_slugs: Annotated[list[ArticleSlug], NullAsEmpty, Field(max_length=MAX_NAMES)] = Field(default_factory=list)
    former_urls: Annotated[list[FormerUrlRecord], NullAsEmpty, Field(max_length=MAX_FORMER_URLS)] = Field(
        default_factory=list
    )
    revisions: Annotated[list[RevisionRecord], NullAsEmpty, AfterValidator(_rising)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _erased_is_empty(self) -> Self:
        if self.erased_at is None:
            return self
        if self.status is not ArticleStatus.WITHDRAWN:
            raise InvalidInputError(FieldError("status", "An erased article must have the status withdrawn."))
        blank = Content(headline=self.headline, slug=self.slug)
        if any(getattr(self, name) != getattr(blank, name) for name in Content.model_fields):
            raise InvalidInputError(FieldError("erased_at", "The content of an erased article must be empty."))
        if self.translations:
            raise InvalidInputError(FieldError("translations", "An erased article must have no translations."))
        return self


Record = Annotated[
    EditionRecord | LabelRecord | SectionRecord | TagRecord | AuthorRecord | ArticleRecord,
    Field(discriminator="kind"),
]
