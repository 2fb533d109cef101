"""Catalogue entries as editors see them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from typing_extensions import TypedDict

from app.domain.article import FeedContent
from app.schemas.pagination import NextPage
from app.schemas.params import EntryListParams
from app.schemas.types import Code, Href, InstantText, LanguageTag, Url, ZoneName
from app.schemas.write_warning import Warnings


class EditorialEntry(TypedDict):
    """What every entry has beside its own members."""

    href: Annotated[Href, Field(examples=["/v1/editorial/tags/trams"])]
    revision: Annotated[int, Field(description="Counts every save; the `ETag`.", ge=1)]
    modified_at: InstantText
    listed: Annotated[bool, Field(description="False while only drafts name it; the public does not see it then.")]


class EditorialEdition(EditorialEntry):
    """An edition as editors see it; `strings` holds only those that differ from the shipped ones."""

    slug: Code
    name: str
    language: LanguageTag
    timezone: ZoneName
    site_url: Url
    article_url: str | None
    default: bool
    feed_content: FeedContent
    strings: dict[str, str]


class EditorialSection(EditorialEntry):
    """A section as editors see it."""

    edition: Code
    slug: Code
    name: str


class EditorialTag(EditorialEntry):
    """A tag as editors see it."""

    slug: Code
    name: str


class EditorialAuthor(EditorialEntry):
    """An author as editors see it."""

    slug: Code
    name: str
    role: str | None
    bio: str | None


class EditorialLabel(EditorialEntry):
    """A label as editors see it, with its translations."""

    code: Code
    text: str
    texts: dict[str, str]
    disclaimer: str | None
    disclaimers: dict[str, str]
    genre: Code | None


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

    items: list[EditorialEntry]
    next: NextPage | None


class EditorialEditions(TypedDict):
    """A page of editions as editors see them, by slug."""

    items: list[EditorialEdition]
    next: NextPage | None


class EditorialSections(TypedDict):
    """A page of sections as editors see them, by slug."""

    items: list[EditorialSection]
    next: NextPage | None


class EditorialTags(TypedDict):
    """A page of tags as editors see them, by slug."""

    items: list[EditorialTag]
    next: NextPage | None


class EditorialAuthors(TypedDict):
    """A page of authors as editors see them, by slug."""

    items: list[EditorialAuthor]
    next: NextPage | None


class EditorialLabels(TypedDict):
    """A page of labels as editors see them, by code."""

    items: list[EditorialLabel]
    next: NextPage | None


class EditorialEntryListParams(EntryListParams):
    """A list of entries as editors see them; `edition` is that of sections and means nothing to the others."""


class EditorialEntryParams(BaseModel):
    """Whose section is meant."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    edition: Annotated[str | None, Field(description="The edition's slug; the default edition where absent.")] = None


def patch_of(record: type[BaseModel]) -> type[BaseModel]:
    """The model of a merge patch (RFC 7396) for an entry, for the document."""
    members: dict[str, Any] = {
        name: (member.annotation | None, None)  # type: ignore[operator]
        for name, member in record.model_fields.items()
        if name not in {"kind", "slug", "code", "edition"}
    }
    name = record.__name__.replace("Record", "Patch")
    documentation = "A merge patch (RFC 7396); members left out stay, null empties."
    return create_model(name, __config__=ConfigDict(extra="forbid", defer_build=True), __doc__=documentation, **members)
