"""Schemas of the timeline, its days and its calendar."""

from typing import NotRequired, TypedDict

from dayline_client.schemas.catalogue import Author, Image, LabelSummary, LocalPublicationTime, NextPage, Section


class DayHeading(TypedDict):
    """Heading of a day in the language of the edition."""

    year: str
    weekday: str
    day: str


class TimelineItem(TypedDict):
    """Article in the timeline; `fields` may name the members that are not required, and leave out the others."""

    id: str
    href: str
    url: str
    slug: str
    time: str
    published_at: str
    updated_at: str | None
    label: LabelSummary | None
    headline: str
    section: Section | None
    version: int
    edition: NotRequired[str]
    kicker: NotRequired[str | None]
    lead: NotRequired[str | None]
    image: NotRequired[Image | None]
    sections: NotRequired[list[Section]]
    authors: NotRequired[list[Author]]
    access: NotRequired[str | None]
    featured: NotRequired[bool]
    language: NotRequired[str | None]
    local: NotRequired[LocalPublicationTime]
    heading: NotRequired[DayHeading]


class LinkedItem(TimelineItem):
    """Neighbour of an article, or one of “Read also”."""


class TimelineDay(TypedDict):
    """Local day with its items, newest first."""

    date: str
    heading: DayHeading
    starts_at: str
    ends_at: str
    continued: bool
    complete: bool
    total: NotRequired[int]
    items: list[TimelineItem]


class ChangesLink(TypedDict):
    """Link to the changes after a page."""

    href: str


class Timeline(TypedDict):
    """Page of the timeline, days newest first."""

    edition: str
    timezone: str
    heading_language: NotRequired[str]
    as_of: NotRequired[int]
    newer: NotRequired[ChangesLink]
    today: NotRequired[str]
    days: list[TimelineDay]
    newer_page: NextPage | None
    next: NextPage | None


class DayLink(TypedDict):
    """Neighbouring day that has news."""

    date: str
    href: str


class TimelineDayPage(TypedDict):
    """One complete local day."""

    edition: str
    timezone: str
    heading_language: NotRequired[str]
    day: TimelineDay
    previous: DayLink | None
    next: DayLink | None


class CalendarDay(TypedDict):
    """Number of articles of a day."""

    date: str
    total: int
    href: str


class Calendar(TypedDict):
    """Days that have news, oldest first."""

    edition: str
    timezone: str
    days: list[CalendarDay]
