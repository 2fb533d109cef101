"""Query parameters: one model for each endpoint, from which the parser and the document are made.

QueryParams         edition
├── EntryListParams      + cursor, limit                       labels, editions
│   ├── NamedListParams      + order                           authors, tags
│   └── SectionListParams    + order
├── ArticleParams        + body, links                         one article
├── HistoryParams        + cursor, limit                       an article's history
└── FilterParams         + section, tag, author, label, format, language, featured, access, subsections
    ├── CalendarParams       + from, to, tz
    └── ArticleFilterParams  + from, to, exclude, id, fields
        ├── ArticleListParams    + body, links, cursor, limit
        ├── ExportParams         + body, links
        ├── TimelineParams       + tz, total, newest_day, cursor, limit
        ├── DayParams            + tz, total
        ├── ChangeListParams     + since, wait, tz, cursor, limit   (in change.py)
        └── StreamParams         + since, tz                        (in stream.py)
"""

from collections.abc import Callable, Container
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.domain.article_status import BodyFormat, LinkForm
from app.domain.catalogue_entry import EntryOrder
from app.errors import FieldError, InvalidInputError
from app.net.base_path import href_of
from app.schemas.article import ArticleDetails, ArticleItem, CardMembers, TimelineItem
from app.schemas.param_types import (
    DATE_RANGE,
    EMPTY,
    AccessLevels,
    Cursor,
    DateOrInstant,
    EditionInZone,
    Exclude,
    Featured,
    Fields,
    Formats,
    HeadingLanguage,
    Ids,
    Languages,
    Limit,
    Links,
    NamedOrder,
    Names,
    PagedIds,
    SectionOrder,
    SpanningEdition,
    StrictBool,
    TimelineFormats,
    TimeZoneParam,
    described,
    described_date,
)
from app.schemas.query_strings import build_address
from app.schemas.sparse import check_fields
from app.schemas.types import MAX_CODE, MAX_DATE, MAX_INSTANT

LIMIT_WITH_BODY = 50
EVERY_EDITION = "*"
_FOR_CHANGES = (
    *("edition", "section", "tag", "author", "label", "format", "language", "featured", "access"),
    *("subsections", "from", "to", "exclude", "id", "fields", "tz", "heading_language"),
)
PLACE_MEMBERS = ("heading", "local")
"""Members by which a front end puts an item of the change feed or the stream under its day."""


class QueryParams(BaseModel):
    """Base of all query parameters; frozen, because requests share instances without lists."""

    model_config = ConfigDict(extra="forbid", defer_build=True, frozen=True)

    spans_editions: ClassVar[bool] = False
    spans_in_zone: ClassVar[bool] = False

    edition: Annotated[
        str | None,
        described("The edition's slug; the default edition where absent.", "harbour", max_length=MAX_CODE),
    ] = None

    @model_validator(mode="after")
    def _one_edition(self) -> Self:
        if self.edition == EVERY_EDITION and not self.spans_editions:
            raise InvalidInputError(
                FieldError("edition", "Must name one edition: only timelines, lists of articles and changes span all.")
            )
        if self.edition == EVERY_EDITION and self.spans_in_zone and getattr(self, "tz", None) is None:
            raise InvalidInputError(
                FieldError("tz", "Must be given with `edition=*`: each edition has a time zone of its own.")
            )
        if self.edition != EVERY_EDITION and getattr(self, "heading_language", None) is not None:
            raise InvalidInputError(
                FieldError("heading_language", "Needs `edition=*`: the headings of one edition are in its language.")
            )
        return self

    def url_for(self, path: str, **changed: str | None) -> str:
        """Return the canonical URL of these parameters at `path`, with some of them changed or (None) dropped.

        Parameters are in the order of the model, and those that have their default value are left out.
        """
        return href_of(self.path_for(path, **changed))

    def path_for(self, path: str, **changed: str | None) -> str:
        """Return the same without the base path: an identifier that no setting changes."""
        return build_address(path, (self._stated(changed) | changed).items())

    def page_url(self, path: str, **dropped: None) -> Callable[[str], str]:
        """Return a function that returns the same URL with a cursor: what the pages beside one share is rendered once.

        Neither a cursor nor any other value has an equals sign that is not escaped.
        """
        before, mark, after = self.url_for(path, cursor="", **dropped).partition("cursor=")
        return lambda cursor: f"{before}{mark}{cursor}{after}"

    def href_of_changes(self, seq: int) -> str:
        """Return the URL of the changes after a position, under the same filters and with the same fields.

        Fields get PLACE_MEMBERS: items of a timeline are within a day, those of the change feed are not.
        """
        stated = self._stated()
        if "fields" in stated:
            stated["fields"] = [*stated["fields"], *PLACE_MEMBERS]
        parameters = [(name, stated[name]) for name in _FOR_CHANGES if name in stated]
        return href_of(build_address("/v1/changes", [("since", seq), *parameters]))

    def _stated(self, changed: Container[str] = ()) -> dict[str, Any]:
        """Return the parameters that are given and have another value than their default, and those to be changed."""
        given, own = self.model_fields_set, self.__dict__
        return {
            name: own[member]
            for name, (member, default) in _members(type(self)).items()
            if (member in given and own[member] != default) or name in changed
        }


@cache
def _members(model: type[BaseModel]) -> dict[str, tuple[str, Any]]:
    """Return the members of a model, with their default values, by the names of their parameters."""
    return {field.alias or member: (member, field.default) for member, field in model.model_fields.items()}


class NoParams(BaseModel):
    """No parameters at all."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class EntryListParams(QueryParams):
    """A list ordered by name."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Entries on a page.")] = 100

    @property
    def entry_order(self) -> EntryOrder:
        """Return the order of the list."""
        return EntryOrder.SLUG


class NamedListParams(EntryListParams):
    """A list of tags or authors."""

    order: NamedOrder = "slug"

    @property
    def entry_order(self) -> EntryOrder:
        """Return the order of the list."""
        return EntryOrder(self.order)


class SectionListParams(EntryListParams):
    """A list of sections."""

    order: SectionOrder = "position"

    @property
    def entry_order(self) -> EntryOrder:
        """Return the order of the list."""
        return EntryOrder(self.order)


class HistoryParams(QueryParams):
    """Query parameters of an article's history."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Events on a page.")] = 50


class FilterParams(QueryParams):
    """The filters every list of articles takes: repeat a name for OR, use several names for AND."""

    section: Annotated[Names, Field(description="Slugs of sections, any of them.", examples=[["politics"]])] = EMPTY
    tag: Annotated[Names, Field(description="Slugs of tags, any of them.", examples=[["trams"]])] = EMPTY
    author: Annotated[Names, Field(description="Slugs of authors, any of them.", examples=[["ines-kovary"]])] = EMPTY
    label: Annotated[Names, Field(description="Codes of labels, any of them.", examples=[["opinion"]])] = EMPTY
    format: TimelineFormats = EMPTY
    language: Languages = EMPTY
    featured: Featured = None
    access: AccessLevels = EMPTY
    subsections: Annotated[bool, StrictBool, Field(description="Add the sections below each.", examples=[True])] = False

    @property
    def has_filters(self) -> bool:
        """Return whether any filter has a value."""
        lists = (self.section, self.tag, self.author, self.label, self.format, self.language, self.access)
        return self.featured is not None or any(lists)


class ArticleFilterParams(FilterParams):
    """Filters with a range of time, exclusions and a choice of members."""

    from_: Annotated[
        DateOrInstant,
        Field(
            alias="from",
            description=(
                "`published_at` at or after this: an RFC 3339 instant, or a date, for its first instant in `tz` where "
                f"the operation has it, else in the edition's zone (UTC with `edition=*`). {DATE_RANGE}"
            ),
            examples=["2026-11-01"],
            json_schema_extra={"maxLength": MAX_INSTANT},
        ),
    ] = None
    to: Annotated[
        DateOrInstant,
        described(
            "`published_at` before this: an RFC 3339 instant, or a date, for its first instant as in `from`. "
            "Nothing matches where it is not later than `from`.",
            "2026-12-01",
            max_length=MAX_INSTANT,
        ),
    ] = None
    exclude: Exclude = EMPTY
    id: Ids = EMPTY
    fields: Fields = EMPTY

    members: ClassVar[frozenset[str]] = frozenset(
        {*TimelineItem.__annotations__, *CardMembers.__annotations__, *PLACE_MEMBERS}
    )

    @model_validator(mode="after")
    def _known_members(self) -> Self:
        check_fields(self.fields, self.members)
        return self


class ArticleListParams(ArticleFilterParams):
    """A list of articles. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    members: ClassVar[frozenset[str]] = frozenset({*ArticleItem.__annotations__, *ArticleDetails.__annotations__})

    edition: SpanningEdition = None
    format: Formats = EMPTY
    id: PagedIds = EMPTY
    body: Annotated[
        BodyFormat, Field(description="The format of the bodies to add; then `limit` is at most 50.", examples=["none"])
    ] = BodyFormat.NONE
    links: Links = LinkForm.WRITTEN
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Articles on a page.")] = 20

    @model_validator(mode="after")
    def _bodies_are_bounded(self) -> Self:
        if self.body is not BodyFormat.NONE and max(self.limit, len(self.id)) > LIMIT_WITH_BODY:
            raise InvalidInputError(
                FieldError("limit", f"Must be at most {LIMIT_WITH_BODY} when bodies are requested.")
            )
        check_ids(self)
        return self


class ExportParams(ArticleFilterParams):
    """All articles. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    members: ClassVar[frozenset[str]] = ArticleListParams.members

    edition: SpanningEdition = None
    format: Formats = EMPTY
    body: Annotated[BodyFormat, Field(description="The format of the bodies to add.", examples=["none"])] = (
        BodyFormat.NONE
    )
    links: Links = LinkForm.WRITTEN


class TimelineParams(ArticleFilterParams):
    """A page of the timeline. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    spans_in_zone: ClassVar[bool] = True

    edition: EditionInZone = None
    id: PagedIds = EMPTY
    tz: TimeZoneParam = None
    heading_language: HeadingLanguage = None
    newest_day: Annotated[
        str | None,
        described_date(
            "A local date: the first page begins at the end of that day, or at `to` if that is earlier. `next.href` "
            "omits it, because the cursor has the position; together they are 422.",
            "2026-11-19",
        ),
    ] = None
    total: Annotated[bool, StrictBool, Field(description="Add each day's total, over all pages.", examples=[True])] = (
        False
    )
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Items on a page.")] = 40

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if self.cursor is not None and self.newest_day is not None:
            raise InvalidInputError(
                FieldError("newest_day", "Cannot be combined with a cursor, which contains the position.")
            )
        if self.id and self.newest_day is not None:
            raise InvalidInputError(
                FieldError("newest_day", "Cannot be combined with `id`, whose articles are all on one page.")
            )
        check_ids(self)
        return self


class DayParams(ArticleFilterParams):
    """One whole local day. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    spans_in_zone: ClassVar[bool] = True

    edition: EditionInZone = None
    tz: TimeZoneParam = None
    heading_language: HeadingLanguage = None
    total: Annotated[bool, StrictBool, Field(description="Add the day's total.", examples=[True])] = False


class CalendarParams(FilterParams):
    """Which days have news. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    spans_in_zone: ClassVar[bool] = True

    edition: EditionInZone = None
    from_: Annotated[
        str | None,
        Field(
            alias="from",
            description=f"The first local date; 31 days before `to` where absent. {DATE_RANGE}",
            examples=["2026-11-01"],
            json_schema_extra={"format": "date", "maxLength": MAX_DATE},
        ),
    ] = None
    to: Annotated[
        str | None,
        described_date(
            "The local date after the last, at most 400 days after `from`; where absent, 31 days after `from`, or "
            "tomorrow without both.",
            "2026-12-01",
        ),
    ] = None
    tz: TimeZoneParam = None


class ArticleParams(QueryParams):
    """One article."""

    body: Annotated[
        BodyFormat,
        Field(
            description=(
                "The format of the body: a list of blocks (`blocks`), blocks with runs of text in place of HTML "
                "(`rich`), one string of HTML or of plain text, or `none`: no member."
            ),
            examples=["blocks"],
        ),
    ] = BodyFormat.BLOCKS
    links: Links = LinkForm.WRITTEN


def check_ids(params: Any) -> None:
    """Raise InvalidInputError if `id` is combined with a cursor or a smaller limit."""
    if params.id and params.cursor is not None:
        raise InvalidInputError(
            FieldError("cursor", "Cannot be combined with `id`, whose articles are all on one page.")
        )
    if params.id and "limit" in params.model_fields_set and params.limit < len(params.id):
        raise InvalidInputError(
            FieldError("limit", "Must not be less than the number of ids, which are all on one page.")
        )
