"""Curated lists: articles that editors pinned in their order, then the newest that match a filter."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.article_status import BodyFormat, LinkForm
from app.schemas.article import SparseArticleItem
from app.schemas.catalogue import EntryName
from app.schemas.pagination import NextPage
from app.schemas.param_types import EMPTY, Exclude, Fields, Links, StrictInt
from app.schemas.params import LIMIT_WITH_BODY, ArticleListParams, QueryParams
from app.schemas.record_types import MAX_NAMES
from app.schemas.sparse import check_fields
from app.schemas.types import MAX_HREF, Href, InstantText, LanguageTag, OpenEnum, Revision, count, line
from app.schemas.types import Code as CodeText

MAX_ITEMS = 100
MAX_PAGE = 200


_FIELD_NAMES = {"type": "string", "enum": sorted(ArticleListParams.members)}


class CuratedListParams(QueryParams):
    """Parameters of a curated list."""

    limit: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_ITEMS,
            description="At most this many of its articles, pinned ones first. The list has a limit of its own, too.",
            examples=[5],
        ),
        StrictInt,
    ] = MAX_ITEMS
    exclude: Exclude = EMPTY
    fields: Annotated[
        Fields, Field(json_schema_extra={"items": {"type": "string", "enum": sorted(ArticleListParams.members)}})
    ] = EMPTY
    body: Annotated[
        BodyFormat,
        Field(
            description=f"The format of the bodies to add; then the list has at most {LIMIT_WITH_BODY} articles.",
            examples=["none"],
        ),
    ] = BodyFormat.NONE
    links: Links = LinkForm.WRITTEN

    @model_validator(mode="after")
    def _known_members(self) -> Self:
        check_fields(self.fields, ArticleListParams.members)
        return self


class CuratedListLink(TypedDict):
    """A curated list without its articles."""

    slug: Annotated[CodeText, Field(description="The slug of the list.", examples=["front-page"])]
    name: EntryName
    href: Annotated[Href, line("The list's URL in this API.", "/v1/lists/front-page", max_length=MAX_HREF)]


class CuratedListPage(TypedDict):
    """The curated lists of an edition, by slug."""

    items: Annotated[list[CuratedListLink], Field(description="The lists of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class CuratedList(CuratedListLink):
    """A curated list with its articles: the pinned ones in the editors' order, then the newest of its filter."""

    edition: Annotated[CodeText, Field(description="The slug of its edition.", examples=["harbour"])]
    expires_at: Annotated[
        InstantText | None, Field(description="When its pinned articles cease to be pinned; null for never.")
    ]
    pinned: Annotated[int, count("How many of the first articles are pinned.", 1, le=MAX_ITEMS)]
    items: Annotated[list[SparseArticleItem], Field(description="The articles in order.", max_length=MAX_ITEMS)]


class EditorialCuratedListFilter(TypedDict):
    """The filter of a curated list."""

    section: Annotated[list[CodeText], Field(description="Slugs.", max_length=MAX_NAMES, examples=[["city"]])]
    tag: Annotated[list[CodeText], Field(description="Slugs.", max_length=MAX_NAMES, examples=[["trams"]])]
    author: Annotated[list[CodeText], Field(description="Slugs.", max_length=MAX_NAMES, examples=[["ines-kovary"]])]
    label: Annotated[list[CodeText], Field(description="Codes.", max_length=MAX_NAMES, examples=[["analysis"]])]
    format: Annotated[
        list[Annotated[ArticleFormat, OpenEnum()]],
        Field(description="Formats.", max_length=MAX_NAMES, examples=[["video"]]),
    ]
    language: Annotated[list[LanguageTag], Field(description="BCP 47 tags.", max_length=MAX_NAMES, examples=[["uk"]])]
    featured: Annotated[bool | None, Field(description="Whether they are featured.", examples=[True])]
    access: Annotated[
        list[Annotated[ArticleAccess, OpenEnum()]],
        Field(description="Values of `access`.", max_length=MAX_NAMES, examples=[["free"]]),
    ]
    subsections: Annotated[bool, Field(description="Whether sections have those below them.", examples=[True])]


class EditorialCuratedList(TypedDict):
    """A curated list as editors see it."""

    edition: Annotated[CodeText, Field(description="The slug of its edition.", examples=["harbour"])]
    slug: Annotated[CodeText, Field(description="The slug of the list.", examples=["front-page"])]
    name: EntryName
    items: Annotated[
        list[Annotated[str, Field(max_length=400)]],
        Field(
            description="The `source_id`s or ids of the pinned articles, in order.",
            max_length=MAX_ITEMS,
            examples=[["harbour:2026-11-14:fog-watch"]],
        ),
    ]
    filter: Annotated[EditorialCuratedListFilter | None, Field(description="Which articles follow; none where null.")]
    limit: Annotated[int, count("The maximum number of articles.", 10, ge=1, le=MAX_ITEMS)]
    expires_at: Annotated[InstantText | None, Field(description="When its pinned articles cease to be pinned.")]
    href: Annotated[Href, line("The list in the editorial API.", "/v1/editorial/lists/front-page", max_length=MAX_HREF)]
    revision: Revision
    modified_at: Annotated[InstantText, Field(description="When it was last modified, in UTC.")]


class EditorialCuratedListPage(TypedDict):
    """The curated lists of an edition as editors see them, by slug."""

    items: Annotated[list[EditorialCuratedList], Field(description="The lists of the page.", max_length=MAX_PAGE)]
    next: NextPage | None
