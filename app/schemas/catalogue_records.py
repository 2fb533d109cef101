"""Records of catalogue entries: editions, labels, sections, tags and authors."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from app.domain.article_status import FeedContent
from app.domain.article_url import article_url_template
from app.domain.calendar import find_zone
from app.domain.html.inline_html import validate_site_url
from app.schemas.record_types import (
    Code,
    Language,
    Line,
    Lines,
    Link,
    LongTranslations,
    RecordPart,
    Text,
    Translations,
    null_as_empty_object,
)


def _zone_name(value: str) -> str:
    return find_zone(value).key


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
            description="The template of the URLs of articles; `{site_url}/{slug}` where absent.",
            examples=["{site_url}/news/{slug}"],
        ),
    ] = None
    default: Annotated[
        bool,
        Field(strict=True, description="Whether a request without `edition` means this one.", examples=[False]),
    ] = False
    feed_content: Annotated[
        FeedContent, Field(description="How much of an article its feeds hold.", examples=["full"])
    ] = FeedContent.SUMMARY
    strings: Annotated[
        dict[str, Text],
        BeforeValidator(null_as_empty_object),
        Field(description="Interface strings that differ from the shipped ones.", examples=[{"news": "Tidings"}]),
    ] = Field(default_factory=dict)


class LabelRecord(RecordPart):
    """A label; identity: `code`."""

    kind: Annotated[Literal["label"], Field(description="The kind of the record.")] = "label"
    code: Annotated[Code, Field(description="The code of the label.", examples=["opinion"])]
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


class SectionRecord(RecordPart):
    """A section; identity: `slug` within the edition."""

    kind: Annotated[Literal["section"], Field(description="The kind of the record.")] = "section"
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    slug: Annotated[Code, Field(description="The slug of the section.", examples=["weather"])]
    name: Annotated[Line, Field(description="The name that readers see.", examples=["Weather"])]


class TagRecord(RecordPart):
    """A tag; identity: `slug`."""

    kind: Annotated[Literal["tag"], Field(description="The kind of the record.")] = "tag"
    slug: Annotated[Code, Field(description="The slug of the tag.", examples=["night-buses"])]
    name: Annotated[Line, Field(description="The name that readers see.", examples=["Night buses"])]


class AuthorRecord(RecordPart):
    """An author; identity: `slug`."""

    kind: Annotated[Literal["author"], Field(description="The kind of the record.")] = "author"
    slug: Annotated[Code, Field(description="The slug of the author.", examples=["iryna-dovhan"])]
    name: Annotated[Line, Field(description="The name that signs articles.", examples=["Iryna Dovhan"])]
    role: Annotated[Line | None, Field(description="The role of the author.", examples=["columnist"])] = None
    bio: Annotated[
        Line | None, Field(description="A biography of one line.", examples=["Iryna Dovhan writes about cities."])
    ] = None


CatalogueRecord = EditionRecord | LabelRecord | SectionRecord | TagRecord | AuthorRecord
