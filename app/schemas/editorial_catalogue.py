"""Catalogue entries as editors see them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model
from typing_extensions import TypedDict

from app.domain.article_status import FeedContent
from app.domain.catalogue_entry import MAX_EMAIL, MAX_FORMER_SLUGS, AuthorType, TagType
from app.domain.slug import SlugStyle
from app.schemas.body import ImageAsset
from app.schemas.catalogue import AuthorLink, EntryName, TagCode
from app.schemas.edition import AuthorUrlTemplate, SectionUrlTemplate, TagUrlTemplate
from app.schemas.merge_patches import patch_members
from app.schemas.pagination import NextPage
from app.schemas.params import EntryListParams, NamedListParams, SectionListParams
from app.schemas.record_types import Code as CodeInput
from app.schemas.record_types import RecordPart
from app.schemas.types import (
    MAX_HREF,
    MAX_LANGUAGES,
    MAX_LINE,
    MAX_STRINGS,
    MAX_TEXT,
    Code,
    Href,
    InstantText,
    LanguageTag,
    OpenEnum,
    Revision,
    Url,
    ZoneName,
    line,
    text,
)
from app.schemas.write_warning import Warnings

MAX_PAGE = 200

Hidden = Annotated[bool, Field(description="Whether it is hidden from the public.", examples=[False])]
FormerSlugs = Annotated[
    list[Code],
    Field(
        description="Slugs that it had: their addresses redirect, and filters and articles may still use them.",
        max_length=MAX_FORMER_SLUGS,
        examples=[["old-name"]],
    ),
]


class EditorialEntry(TypedDict):
    """The members that every entry has in the editorial API."""

    href: Annotated[Href, line("The entry in the editorial API.", "/v1/editorial/tags/trams", max_length=MAX_HREF)]
    revision: Revision
    modified_at: Annotated[InstantText, Field(description="When it was last modified, in UTC.")]
    listed: Annotated[
        bool,
        Field(
            description="Whether the public sees it: sections and labels until hidden, tags and authors while a public "
            "article names them; no entry that only unpublished articles have named.",
            examples=[True],
        ),
    ]


class FormerArticleUrls(TypedDict):
    """The members of an edition that formed the URLs of its articles until an instant."""

    until: Annotated[InstantText, Field(description="When they changed.")]
    site_url: Annotated[Url, Field(description="The front end.", examples=["https://meridian.example"])]
    article_url: Annotated[
        str | None, line("The template of the URLs of articles.", "{site_url}/news/{slug}", max_length=MAX_TEXT)
    ]
    timezone: Annotated[ZoneName, Field(description="The zone of dates in URLs.", examples=["Europe/Kyiv"])]
    section_fallback: Annotated[Code, Field(description="The `{section}` of articles without one.", examples=["news"])]


class EditorialEdition(EditorialEntry):
    """An edition as editors see it; `strings` holds only those that differ from the shipped ones."""

    slug: Annotated[Code, Field(description="The slug of the edition.", examples=["harbour"])]
    name: EntryName
    language: LanguageTag
    timezone: Annotated[ZoneName, Field(description="The IANA zone of its days and times.")]
    site_url: Annotated[Url, Field(description="The front end.", examples=["https://meridian.example"])]
    article_url: Annotated[
        str | None,
        line(
            "The template of the URLs of articles; null for `{site_url}/{slug}`.",
            "{site_url}/news/{slug}",
            max_length=MAX_TEXT,
        ),
    ]
    section_url: SectionUrlTemplate
    tag_url: TagUrlTemplate
    author_url: AuthorUrlTemplate
    preview_url: Annotated[
        str | None,
        line("The template of the URLs of previews, or null.", "{site_url}/preview/{token}", max_length=MAX_TEXT),
    ]
    logo: Annotated[ImageAsset | None, Field(description="The logo of the publication.")]
    icon: Annotated[ImageAsset | None, Field(description="The square icon of the publication.")]
    section_fallback: Annotated[
        Code, Field(description="What `{section}` is in the URL of an article without section.", examples=["news"])
    ]
    slug_style: Annotated[
        SlugStyle,
        OpenEnum(),
        Field(
            description="Slugs in `ascii` (headlines are romanised) or `unicode` (letters and digits of any script).",
            examples=["unicode"],
        ),
    ]
    former_article_urls: Annotated[
        list[FormerArticleUrls],
        Field(
            description="The members that formed the URLs of articles before, which `/v1/resolve` finds; read-only.",
            examples=[
                [
                    {
                        "until": "2026-11-20T20:05:00.000000+02:00",
                        "site_url": "https://meridian.example",
                        "article_url": "{site_url}/news/{slug}",
                        "timezone": "Europe/Kyiv",
                        "section_fallback": "news",
                    }
                ]
            ],
        ),
    ]
    default: Annotated[bool, Field(description="Whether a request without `edition` means this one.", examples=[True])]
    feed_content: Annotated[
        FeedContent, OpenEnum(), Field(description="How much of an article its feeds hold.", examples=["full"])
    ]
    expiry_notice: Annotated[
        str | None, text("The public notice of articles that have expired.", "This article is no longer available.")
    ]
    strings: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_TEXT)]],
        Field(
            max_length=MAX_STRINGS,
            description="Interface strings that differ from the shipped ones.",
            examples=[{"more_news": "More from the river"}],
        ),
    ]


class EditorialSection(EditorialEntry):
    """A section as editors see it."""

    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    slug: Annotated[Code, Field(description="The slug of the section.", examples=["politics"])]
    former_slugs: FormerSlugs
    name: EntryName
    parent: Annotated[Code | None, Field(description="The slug of the section above it.", examples=["news"])]
    position: Annotated[
        int | None, Field(description="Its place in a menu of sections.", ge=0, le=10_000, examples=[3])
    ]
    description: Annotated[str | None, text("What it is about, plain text.", "Parties, votes and budgets.")]
    image: ImageAsset | None
    hidden: Hidden


class EditorialTag(EditorialEntry):
    """A tag as editors see it."""

    slug: Annotated[Code, Field(description="The slug of the tag.", examples=["trams"])]
    former_slugs: FormerSlugs
    name: EntryName
    tag_type: Annotated[TagType, OpenEnum(), Field(description="The kind of subject.", examples=["topic"])]
    description: Annotated[str | None, text("What it stands for, plain text.", "Trams of every line.")]
    codes: Annotated[list[TagCode], Field(description="Its codes in vocabularies of subjects.", max_length=50)]
    aliases: Annotated[
        list[Annotated[str, Field(max_length=MAX_LINE)]],
        Field(description="Other names by which articles may name it.", max_length=100, examples=[["Streetcars"]]),
    ]


class EditorialAuthor(EditorialEntry):
    """An author as editors see it."""

    slug: Annotated[Code, Field(description="The slug of the author.", examples=["ines-kovary"])]
    former_slugs: FormerSlugs
    name: EntryName
    author_type: Annotated[AuthorType, OpenEnum(), Field(description="Person or organisation.", examples=["person"])]
    role: Annotated[str | None, line("The author's role.", "columnist")]
    bio: Annotated[str | None, line("A biography of one line.", "Ines Kovary writes about the council.")]
    bios: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_LINE)]],
        Field(
            max_length=MAX_LANGUAGES,
            description="Translations of `bio` by language.",
            examples=[{"uk": "Інеш Коварі пише про раду."}],
        ),
    ]
    image: ImageAsset | None
    url: Annotated[Url | None, Field(description="The author's own site.", examples=["https://kovary.example"])]
    email: Annotated[
        str | None, line("An address that readers may write to.", "ines@meridian.example", max_length=MAX_EMAIL)
    ]
    links: Annotated[list[AuthorLink], Field(description="Other pages of the author.", max_length=50)]


class EditorialLabel(EditorialEntry):
    """A label as editors see it, with its translations."""

    code: Annotated[Code, Field(description="The code of the label.", examples=["opinion"])]
    former_codes: Annotated[
        list[Code],
        Field(
            description="Codes that it had, which filters and articles may still use.",
            max_length=MAX_FORMER_SLUGS,
            examples=[["column"]],
        ),
    ]
    text: Annotated[str, line("The label in the default language.", "OPINION")]
    texts: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_TEXT)]],
        Field(max_length=MAX_LANGUAGES, description="Translations of `text` by language.", examples=[{"uk": "ДУМКА"}]),
    ]
    disclaimer: Annotated[str | None, text("The notice about all its articles.", "Columns are opinions.")]
    disclaimers: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_TEXT)]],
        Field(
            max_length=MAX_LANGUAGES,
            description="Translations of `disclaimer` by language.",
            examples=[{"uk": "Колонки є думками."}],
        ),
    ]
    genre: Annotated[Code | None, Field(description="The kind of journalism.", examples=["opinion"])]
    hidden: Hidden


class SavedEdition(EditorialEdition):
    """An edition as editors see it after a write."""

    warnings: Warnings


class SavedSection(EditorialSection):
    """A section as editors see it after a write."""

    warnings: Warnings


class SavedTag(EditorialTag):
    """A tag as editors see it after a write."""

    warnings: Warnings


class SavedAuthor(EditorialAuthor):
    """An author as editors see it after a write."""

    warnings: Warnings


class SavedLabel(EditorialLabel):
    """A label as editors see it after a write."""

    warnings: Warnings


class EditorialEntries(TypedDict):
    """A page of entries, by name."""

    items: Annotated[list[EditorialEntry], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialEditions(TypedDict):
    """A page of editions as editors see them, by slug."""

    items: Annotated[list[EditorialEdition], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialSections(TypedDict):
    """A page of sections as editors see them, by slug."""

    items: Annotated[list[EditorialSection], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialTags(TypedDict):
    """A page of tags as editors see them, by slug."""

    items: Annotated[list[EditorialTag], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialAuthors(TypedDict):
    """A page of authors as editors see them, by slug."""

    items: Annotated[list[EditorialAuthor], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialLabels(TypedDict):
    """A page of labels as editors see them, by code."""

    items: Annotated[list[EditorialLabel], Field(description="The entries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditorialEntryListParams(EntryListParams):
    """Query parameters of a list of entries; `edition` does not affect it."""


class EditorialNamedListParams(NamedListParams):
    """Query parameters of a list of tags or authors; `edition` selects the language of the order by name."""


class EditorialSectionListParams(SectionListParams):
    """Query parameters of a list of sections."""


class EditorialEntryParams(BaseModel):
    """Query parameters of an entry."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    edition: Annotated[
        str | None, line("The edition's slug; the default edition where absent.", "harbour", max_length=MAX_LINE)
    ] = None


class EntryMerge(RecordPart):
    """The entry into which another is merged."""

    into: Annotated[
        CodeInput, Field(description="The slug of the entry that remains, of the same kind.", examples=["trams"])
    ]


def patch_of(record: type[BaseModel]) -> type[BaseModel]:
    """Return the model of a merge patch (RFC 7396) for an entry, for the document."""
    identity = {"slug"} if record.model_fields["kind"].default == "edition" else set()
    members = patch_members(record, without={"kind", "edition", *identity})
    name = record.__name__.replace("Record", "Update")
    documentation = "A merge patch (RFC 7396); omitted members are unchanged, null empties."
    return create_model(name, __config__=ConfigDict(extra="forbid", defer_build=True), __doc__=documentation, **members)
