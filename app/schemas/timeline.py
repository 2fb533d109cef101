"""Per-day timeline, one day of it, and the calendar."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.article import MAX_PAGE, DayHeading, SparseTimelineItem
from app.schemas.pagination import NextPage
from app.schemas.types import MAX_CODE, MAX_HREF, DateText, Href, InstantText, LanguageTag, Seq, ZoneName, count, line

MAX_CALENDAR_DAYS = 400

EditionSlug = Annotated[
    str,
    Field(
        description="The slug of the edition; `*` for all.",
        examples=["harbour"],
        pattern=r"^(\*|[a-z0-9]+([-_.][a-z0-9]+)*)$",
        max_length=MAX_CODE,
    ),
]
HeadingLanguageTag = Annotated[
    LanguageTag, Field(description="The language of the headings; present with `edition=*`.", examples=["en-GB"])
]
Zone = Annotated[ZoneName, Field(description="The zone of days and times: `tz` as given, else the edition's.")]


class TimelineDay(TypedDict):
    """The items of one local day that are on this page, newest first."""

    date: DateText
    heading: DayHeading
    starts_at: Annotated[InstantText, Field(description="The first instant of the day.")]
    ends_at: Annotated[
        InstantText,
        Field(description="The first instant after the day: 24 hours later unless the zone's offset changes."),
    ]
    continued: Annotated[
        bool,
        Field(
            description="True if newer items of this day are on the page above: print no second heading.",
            examples=[False],
        ),
    ]
    complete: Annotated[bool, Field(description="True if the day ends on this page.", examples=[True])]
    total: NotRequired[
        Annotated[int, count("All items of the day under the same filters; present with `total=true` only.", 12)]
    ]
    items: Annotated[
        list[SparseTimelineItem],
        Field(description="Articles, newest first: those of this page; in `/v1/timeline/{day}` all of the day."),
    ]


class NewerLink(TypedDict):
    """Link to the changes after this page, under the same filters."""

    href: Annotated[Href, line("The URL of the change feed.", "/v1/changes?since=184213", max_length=MAX_HREF)]


class Timeline(TypedDict):
    """A page of the timeline, days newest first."""

    edition: EditionSlug
    timezone: Zone
    heading_language: NotRequired[HeadingLanguageTag]
    as_of: NotRequired[
        Annotated[
            Seq,
            Field(
                description="Every change up to this one is in the page; present on the first page (without `cursor`)."
            ),
        ]
    ]
    newer: NotRequired[
        Annotated[NewerLink, Field(description="Link to later changes; present on the first page (without `cursor`).")]
    ]
    today: NotRequired[
        Annotated[
            DateText,
            Field(
                description=(
                    "The date now in `timezone`; present on the first page (without `cursor` and `newest_day`), which "
                    "expires when that day ends."
                ),
                examples=["2026-11-20"],
            ),
        ]
    ]
    days: Annotated[list[TimelineDay], Field(description="The days that have items on this page.", max_length=MAX_PAGE)]
    newer_page: Annotated[
        NextPage | None,
        Field(
            description=(
                "The page above this one, of the same form: it ends where this one begins. Null on the first page, and "
                "where nothing is newer."
            )
        ),
    ]
    next: Annotated[NextPage | None, Field(description="The next page, of older articles; null on the last one.")]


class DayLink(TypedDict):
    """A neighbouring day that has news."""

    date: DateText
    href: Annotated[Href, line("The URL of the day.", "/v1/timeline/2026-11-19", max_length=MAX_HREF)]


class TimelineDayPage(TypedDict):
    """One complete local day: an archive document."""

    edition: EditionSlug
    timezone: Zone
    heading_language: NotRequired[HeadingLanguageTag]
    day: TimelineDay
    previous: Annotated[DayLink | None, Field(description="The nearest earlier day that has news, or null.")]
    next: Annotated[
        DayLink | None,
        Field(description="The nearest later day that has news (`next` of a timeline is older), or null."),
    ]


class CalendarDay(TypedDict):
    """The number of articles of a day that has news."""

    date: DateText
    total: Annotated[int, count("The number of articles.", 7, ge=1)]
    href: Annotated[Href, line("The URL of the day.", "/v1/timeline/2026-11-19", max_length=MAX_HREF)]


class Calendar(TypedDict):
    """The days that have news, oldest first."""

    edition: EditionSlug
    timezone: Zone
    days: Annotated[
        list[CalendarDay],
        Field(description="The days of the range that have news.", max_length=MAX_CALENDAR_DAYS),
    ]
