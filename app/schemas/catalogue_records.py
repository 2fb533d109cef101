"""Records of catalogue entries: editions, labels, sections, tags and authors."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.domain.article_status import FeedContent
from app.domain.article_url import DEFAULT_SECTION_FALLBACK, article_url_template
from app.domain.body import ImageInput
from app.domain.body.values import WebUrl, null_as_empty, whole_number
from app.domain.calendar import find_zone
from app.domain.catalogue_entry import (
    MAX_EMAIL,
    MAX_FORMER_SLUGS,
    MAX_POSITION,
    AuthorType,
    TagType,
    default_author_type,
    distinct_names,
    validate_email,
)
from app.domain.html.inline_html import validate_site_url
from app.domain.one_line import visible_line
from app.domain.page_url import entry_url_template, preview_url_template
from app.domain.slug import SlugStyle
from app.schemas.record_types import (
    Code,
    Language,
    Line,
    Lines,
    Link,
    LongTranslations,
    NullAsEmpty,
    RecordPart,
    Text,
    Translations,
    null_as_empty_object,
)
from app.schemas.types import MAX_STRINGS, Instant

MAX_FORMER_TEMPLATES = 100

MAX_CODES = 50
MAX_ALIASES = 100
MAX_LINKS = 50


def _zone_name(value: str) -> str:
    return find_zone(value).key


def _topic(value: object) -> object:
    return TagType.TOPIC if value is None else value


def _shown(value: object) -> object:
    return False if value is None else value


def _link_of_url(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _distinct_codes(values: "list[TagCodeInput]") -> "list[TagCodeInput]":
    return list({(each.scheme, each.code): each for each in values}.values())


EntryUrlTemplate = Annotated[Link, AfterValidator(entry_url_template)]
Hidden = Annotated[
    bool,
    BeforeValidator(_shown),
    Field(strict=True, description="Whether it is hidden from the public.", examples=[False]),
]


FormerCodes = Annotated[list[Code], NullAsEmpty, AfterValidator(distinct_names), Field(max_length=MAX_FORMER_SLUGS)]
FormerSlugs = Annotated[
    FormerCodes,
    Field(
        description="Slugs that it had: their addresses redirect, and filters and articles may still use them.",
        examples=[["old-name"]],
    ),
]


class FormerArticleUrl(RecordPart):
    """The members of an edition that formed the URLs of its articles until an instant."""

    until: Annotated[Instant, Field(description="When they changed.", examples=["2026-11-20T21:00:00+02:00"])]
    site_url: Annotated[
        Link,
        AfterValidator(validate_site_url),
        Field(description="The front end.", examples=["https://courier.example"]),
    ]
    article_url: Annotated[
        Annotated[Link, AfterValidator(article_url_template)] | None,
        Field(description="The template of the URLs of articles.", examples=["{site_url}/news/{slug}"]),
    ] = None
    timezone: Annotated[
        str,
        AfterValidator(_zone_name),
        Field(description="The zone of dates in URLs.", examples=["Europe/Kyiv"], json_schema_extra={"maxLength": 64}),
    ]
    section_fallback: Annotated[
        Code, Field(description="The `{section}` of articles without one.", examples=["news"])
    ] = DEFAULT_SECTION_FALLBACK


class EditionRecord(RecordPart):
    """An edition; identity: `slug`."""

    kind: Annotated[Literal["edition"], Field(description="The kind of the record.")] = "edition"
    slug: Annotated[Code, Field(description="The slug of the edition.", examples=["harbour"])]
    name: Annotated[Line, Field(description="The name of the publication.", examples=["The Lume Courier"])]
    language: Annotated[Language, Field(description="A BCP 47 language tag.", examples=["en-GB"])]
    timezone: Annotated[
        str,
        AfterValidator(_zone_name),
        Field(description="An IANA time zone.", examples=["Europe/Kyiv"], json_schema_extra={"maxLength": 64}),
    ]
    site_url: Annotated[
        Link,
        AfterValidator(validate_site_url),
        Field(description="The front end.", examples=["https://courier.example"]),
    ]
    article_url: Annotated[
        Annotated[Link, AfterValidator(article_url_template)] | None,
        Field(
            description=(
                "The template of the URLs of articles; `{site_url}/{slug}` where absent. Placeholders: `{site_url}`, "
                "`{slug}`, `{id}`, `{section}`, and `{year}`, `{month}`, `{day}` of the first publication."
            ),
            examples=["{site_url}/news/{slug}"],
        ),
    ] = None
    section_url: Annotated[
        EntryUrlTemplate | None,
        Field(
            description="The template of the URLs of sections on the front end; they have none where absent.",
            examples=["{site_url}/section/{slug}"],
        ),
    ] = None
    tag_url: Annotated[
        EntryUrlTemplate | None,
        Field(
            description="The template of the URLs of tags on the front end; they have none where absent.",
            examples=["{site_url}/tag/{slug}"],
        ),
    ] = None
    author_url: Annotated[
        EntryUrlTemplate | None,
        Field(
            description="The template of the URLs of authors on the front end; they have none where absent.",
            examples=["{site_url}/author/{slug}"],
        ),
    ] = None
    preview_url: Annotated[
        Annotated[Link, AfterValidator(preview_url_template)] | None,
        Field(
            description="The template of the URLs of previews on the front end, with `{token}`.",
            examples=["{site_url}/preview/{token}"],
        ),
    ] = None
    logo: Annotated[ImageInput | None, Field(description="The logo of the publication.")] = None
    icon: Annotated[ImageInput | None, Field(description="The square icon of the publication.")] = None
    section_fallback: Annotated[
        Code, Field(description="What `{section}` is in the URL of an article without section.", examples=["news"])
    ] = DEFAULT_SECTION_FALLBACK
    slug_style: Annotated[
        SlugStyle,
        Field(
            description="Slugs in `ascii` (headlines are romanised) or `unicode` (letters and digits of any script).",
            examples=["unicode"],
        ),
    ] = SlugStyle.ASCII
    former_article_urls: Annotated[
        list[FormerArticleUrl],
        NullAsEmpty,
        Field(
            max_length=MAX_FORMER_TEMPLATES,
            description="The members that formed the URLs of articles until an instant; for a new edition only.",
            examples=[
                [{"until": "2026-11-20T21:00:00+02:00", "site_url": "https://a.example", "timezone": "Europe/Kyiv"}]
            ],
        ),
    ] = Field(default_factory=list)
    default: Annotated[
        bool,
        Field(strict=True, description="Whether a request without `edition` means this one.", examples=[False]),
    ] = False
    feed_content: Annotated[
        FeedContent, Field(description="How much of an article its feeds hold.", examples=["full"])
    ] = FeedContent.SUMMARY
    expiry_notice: Annotated[
        Text | None,
        Field(
            description="The public notice of articles that have expired.",
            examples=["This article is no longer available."],
        ),
    ] = None
    strings: Annotated[
        dict[str, Text],
        Field(max_length=MAX_STRINGS),
        BeforeValidator(null_as_empty_object),
        Field(
            description="Interface strings that differ from the shipped ones; plural forms as `new_stories.one`.",
            examples=[{"news": "Tidings"}],
        ),
    ] = Field(default_factory=dict)


class LabelRecord(RecordPart):
    """A label; identity: `code`."""

    kind: Annotated[Literal["label"], Field(description="The kind of the record.")] = "label"
    code: Annotated[Code, Field(description="The code of the label.", examples=["opinion"])]
    former_codes: Annotated[
        FormerCodes,
        Field(description="Codes that it had, which filters and articles may still use.", examples=[["column"]]),
    ] = Field(default_factory=list)
    text: Annotated[Line, Field(description="The label in the default language.", examples=["OPINION"])]
    texts: Annotated[
        Translations, Field(description="Translations of `text` by language.", examples=[{"uk": "ДУМКА"}])
    ] = Field(default_factory=dict)
    disclaimer: Annotated[
        Lines | None, Field(description="The notice about all its articles.", examples=["Columns are opinions."])
    ] = None
    disclaimers: Annotated[
        LongTranslations,
        Field(description="Translations of `disclaimer` by language.", examples=[{"uk": "Колонки є думками."}]),
    ] = Field(default_factory=dict)
    genre: Annotated[Code | None, Field(description="The kind of journalism.", examples=["opinion"])] = None
    hidden: Hidden = False


class SectionRecord(RecordPart):
    """A section; identity: `slug` within the edition."""

    kind: Annotated[Literal["section"], Field(description="The kind of the record.")] = "section"
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    slug: Annotated[Code, Field(description="The slug of the section.", examples=["weather"])]
    former_slugs: FormerSlugs = Field(default_factory=list)
    name: Annotated[Line, Field(description="The name that readers see.", examples=["Weather"])]
    parent: Annotated[
        Code | None,
        Field(description="The slug of the section above it, in a tree of at most five levels.", examples=["sport"]),
    ] = None
    position: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=MAX_POSITION), BeforeValidator(whole_number)] | None,
        Field(description="Its place in a menu of sections.", examples=[3]),
    ] = None
    description: Annotated[
        Lines | None, Field(description="What it is about, plain text.", examples=["Forecasts and warnings."])
    ] = None
    image: Annotated[ImageInput | None, Field(description="Its image.")] = None
    hidden: Hidden = False


class SectionCreate(SectionRecord):
    """A section as editors create it; the empty `edition` of an absent member stands for the default edition."""

    edition: Annotated[
        Code, Field(description="The slug of its edition; the default edition where absent.", examples=["harbour"])
    ] = Field(default_factory=str)

    def record(self, edition: str) -> SectionRecord:
        """Return the record of this section in its edition, else in the given default one."""
        members = {name: getattr(self, name) for name in SectionRecord.model_fields}
        given = self.model_fields_set | {"edition"}
        return SectionRecord.model_construct(given, **members | {"edition": self.edition or edition})


class TagCodeInput(RecordPart):
    """Code of a subject in a vocabulary."""

    scheme: Annotated[
        Code,
        Field(description="The vocabulary: `iptc-mediatopic`, `wikidata`, or another.", examples=["wikidata"]),
    ]
    code: Annotated[
        str, Field(max_length=200, description="The code.", examples=["Q870"]), AfterValidator(visible_line)
    ]


class TagRecord(RecordPart):
    """A tag; identity: `slug`."""

    kind: Annotated[Literal["tag"], Field(description="The kind of the record.")] = "tag"
    slug: Annotated[Code, Field(description="The slug of the tag.", examples=["night-buses"])]
    former_slugs: FormerSlugs = Field(default_factory=list)
    name: Annotated[Line, Field(description="The name that readers see.", examples=["Night buses"])]
    tag_type: Annotated[
        TagType, BeforeValidator(_topic), Field(description="The kind of subject.", examples=["topic"])
    ] = TagType.TOPIC
    description: Annotated[
        Lines | None, Field(description="What it stands for, plain text.", examples=["Buses after midnight."])
    ] = None
    codes: Annotated[
        list[TagCodeInput],
        BeforeValidator(null_as_empty),
        AfterValidator(_distinct_codes),
        Field(max_length=MAX_CODES, description="Its codes in vocabularies of subjects."),
    ] = Field(default_factory=list)
    aliases: Annotated[
        list[Line],
        BeforeValidator(null_as_empty),
        AfterValidator(distinct_names),
        Field(
            max_length=MAX_ALIASES, description="Other names by which articles may name it.", examples=[["Owl buses"]]
        ),
    ] = Field(default_factory=list)


class AuthorLinkInput(RecordPart):
    """Page of an author elsewhere."""

    url: WebUrl
    name: Annotated[Line | None, Field(description="The name of the site.", examples=["Mastodon"])] = None


class AuthorRecord(RecordPart):
    """An author; identity: `slug`."""

    kind: Annotated[Literal["author"], Field(description="The kind of the record.")] = "author"
    slug: Annotated[Code, Field(description="The slug of the author.", examples=["iryna-dovhan"])]
    former_slugs: FormerSlugs = Field(default_factory=list)
    name: Annotated[Line, Field(description="The name that signs articles.", examples=["Iryna Dovhan"])]
    author_type: Annotated[
        AuthorType | None,
        Field(
            description="Person or organisation; where absent a person, unless it is a well-known news agency.",
            examples=["person"],
        ),
    ] = None
    role: Annotated[Line | None, Field(description="The role of the author.", examples=["columnist"])] = None
    bio: Annotated[
        Line | None, Field(description="A biography of one line.", examples=["Iryna Dovhan writes about cities."])
    ] = None
    bios: Annotated[
        Translations,
        Field(description="Translations of `bio` by language.", examples=[{"uk": "Ірина Довгань пише про міста."}]),
    ] = Field(default_factory=dict)
    image: Annotated[ImageInput | None, Field(description="A portrait or a logo.")] = None
    url: Annotated[WebUrl | None, Field(description="The author's own site.", examples=["https://dovhan.example"])] = (
        None
    )
    email: Annotated[
        Annotated[str, AfterValidator(validate_email), Field(json_schema_extra={"maxLength": MAX_EMAIL})] | None,
        Field(description="An address that readers may write to; it is public.", examples=["iryna@courier.example"]),
    ] = None
    links: Annotated[
        list[Annotated[AuthorLinkInput, BeforeValidator(_link_of_url)]],
        BeforeValidator(null_as_empty),
        Field(max_length=MAX_LINKS, description="Other pages of the author; a URL alone stands for one without name."),
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def _typed(self) -> Self:
        if self.author_type is None:
            self.__dict__["author_type"] = default_author_type(self.name)  # an omitted member stays an omitted one
        return self


CatalogueRecord = EditionRecord | LabelRecord | SectionRecord | TagRecord | AuthorRecord
