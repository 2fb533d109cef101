"""Curated lists as editors and imports write them: each write replaces the whole list."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.domain.body.values import whole_number
from app.schemas.article_members import FeaturedFilter, SubsectionsFilter
from app.schemas.curated_list import MAX_ITEMS, EditorialCuratedList
from app.schemas.param_types import AccessLevels, Formats, Languages
from app.schemas.record_types import Code, Codes, Line, NullAsEmpty, SourceId
from app.schemas.types import Instant
from app.schemas.write_warning import Warnings

DEFAULT_LIMIT = 20


class CuratedListFilter(BaseModel):
    """Filter of the articles that follow the pinned ones: values of a member are alternatives, all members must match.

    An object without members selects every article of the edition.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    section: Annotated[Codes, Field(description="Slugs of sections.", examples=[["politics"]])] = Field(
        default_factory=list
    )
    tag: Annotated[Codes, Field(description="Slugs of tags.", examples=[["trams"]])] = Field(default_factory=list)
    author: Annotated[Codes, Field(description="Slugs of authors.", examples=[["ines-kovary"]])] = Field(
        default_factory=list
    )
    label: Annotated[Codes, Field(description="Codes of labels.", examples=[["analysis"]])] = Field(
        default_factory=list
    )
    format: Annotated[Formats, NullAsEmpty] = Field(default_factory=list)
    language: Annotated[Languages, NullAsEmpty] = Field(default_factory=list)
    featured: FeaturedFilter = None
    access: Annotated[AccessLevels, NullAsEmpty] = Field(default_factory=list)
    subsections: SubsectionsFilter = False

    def values(self) -> dict[str, Any]:
        """Return the members that select something, as query parameters name them."""
        return {name: value for name, value in self.model_dump(mode="json").items() if value not in ([], None)}


class CuratedListInput(BaseModel):
    """A curated list as editors write it, always as a whole."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Annotated[Line, Field(description="The name that readers see.", examples=["Front page"])]
    items: Annotated[
        list[SourceId],
        NullAsEmpty,
        Field(
            max_length=MAX_ITEMS,
            description=(
                "The pinned articles of the edition in their order, each by `source_id`, id or slug; those that are "
                "not public are left out while they are not. More than `limit` are 422; a reader that requests fewer "
                "gets the first ones."
            ),
            examples=[["harbour:2026-11-14:fog-watch"]],
        ),
    ] = Field(default_factory=list)
    filter: Annotated[
        CuratedListFilter | None,
        Field(description="Which articles follow, newest first; none where null.", examples=[{"section": ["city"]}]),
    ] = None
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MAX_ITEMS, strict=True)],
        BeforeValidator(whole_number),
        Field(description="The maximum number of articles.", examples=[10]),
    ] = DEFAULT_LIMIT
    expires_at: Annotated[
        Instant | None,
        Field(
            description="From then on nothing is pinned, and the filter alone selects; never where null. A time that "
            "has passed is 422, unless the list has it already.",
            examples=["2026-11-21T06:00:00+02:00"],
        ),
    ] = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        self.items = list(dict.fromkeys(self.items))
        return self


class CuratedListRecord(CuratedListInput):
    """A curated list; identity: `slug` within the edition."""

    kind: Annotated[Literal["list"], Field(description="The kind of the record.")] = "list"
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    slug: Annotated[Code, Field(description="The slug of the list.", examples=["front-page"])]


class SavedCuratedList(EditorialCuratedList):
    """A curated list as editors see it after a write."""

    warnings: Warnings
