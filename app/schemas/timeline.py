"""The per-day timeline, one whole day of it, and the calendar."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.article import TimelineItem
from app.schemas.pagination import NextPage
from app.schemas.types import Code, DateText, Href, InstantText, Seq, ZoneName


class DayHeading(TypedDict):
    """A day's heading in the edition's language and digits (CLDR skeletons y, EEEE, MMMMd)."""

    year: Annotated[str, Field(examples=["2026"])]
    weekday: Annotated[str, Field(examples=["Friday"])]
    day: Annotated[str, Field(examples=["20 November"])]


class TimelineDay(TypedDict):
    """The items of one local day that stand on this page, newest first."""

    date: DateText
    heading: DayHeading
    starts_at: Annotated[InstantText, Field(description="The first instant of the day.")]
    ends_at: Annotated[InstantText, Field(description="The first instant after it.")]
    continued: Annotated[
        bool, Field(description="Newer items of this day were on the page before: print no second heading.")
    ]
    complete: Annotated[bool, Field(description="The day ends on this page.")]
    total: NotRequired[
        Annotated[int, Field(description="All items of the day in this list; with `total=true` only.", ge=0)]
    ]
    items: list[TimelineItem]


class NewerLink(TypedDict):
    """Where what came after this page is told."""

    href: Annotated[Href, Field(examples=["/v1/changes?since=184213"])]


class Timeline(TypedDict):
    """A page of the timeline, days newest first."""

    edition: Code
    timezone: ZoneName
    as_of: NotRequired[Annotated[Seq, Field(description="Every change up to it is in this page.")]]
    newer: NotRequired[NewerLink]
    days: list[TimelineDay]
    next: NextPage | None


class DayLink(TypedDict):
    """A neighbouring day that has news."""

    date: DateText
    href: Annotated[Href, Field(examples=["/v1/timeline/2026-11-19"])]


class TimelineDayPage(TypedDict):
    """One whole local day: an archive document."""

    edition: Code
    timezone: ZoneName
    day: TimelineDay
    previous: Annotated[DayLink | None, Field(description="The nearest earlier day that has news.")]
    next: Annotated[DayLink | None, Field(description="The nearest later day that has news.")]


class CalendarDay(TypedDict):
    """How much news a day has."""

    date: DateText
    total: Annotated[int, Field(ge=1)]
    href: Annotated[Href, Field(examples=["/v1/timeline/2026-11-19"])]


class Calendar(TypedDict):
    """The days that have news, oldest first."""

    edition: Code
    timezone: ZoneName
    days: list[CalendarDay]
