"""Operations that read. Lists are walked by cursors, so that no item is repeated or skipped whatever changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Unpack

from dayline_client.exchange import Exchange
from dayline_client.flow import Emit, Flow, ItemFlow
from dayline_client.params import (
    ArticleListParams,
    Body,
    DayParams,
    EntryOrder,
    Links,
    Names,
    SectionOrder,
    TimelineParams,
    ZoneParams,
    encode_path,
)
from dayline_client.schemas import (
    Article,
    ArticleItem,
    Author,
    Calendar,
    CuratedList,
    Edition,
    Label,
    ResolvedAddress,
    SectionInFull,
    ServiceDocument,
    TagInFull,
    Timeline,
    TimelineDay,
    TimelineDayPage,
)
from dayline_client.shapes import CALENDAR, CURATED_LIST, DAY_PAGE, ENTITY, PAGE, SERVICE, TIMELINE


class Reading:
    """Timeline, articles and catalogue."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def service(self) -> Flow[ServiceDocument]:
        """Return the service document: version, editions, links."""
        return self._exchange.get("/v1", shape=SERVICE)

    def get(self, path: str, /, **params: object) -> Flow[Any]:
        """Return the content of any address: a path such as `/v1/lists`, or a link (`href`) of a response."""
        return self._exchange.get(path, params)

    def timeline(self, **params: Unpack[TimelineParams]) -> Flow[Timeline]:
        """Return a page of the timeline, newest first."""
        return self._exchange.get("/v1/timeline", params, shape=TIMELINE)

    def days(self, **params: Unpack[TimelineParams]) -> ItemFlow[TimelineDay]:
        """Iterate over the days of the timeline, newest first; a day that continues on further pages comes whole."""
        joined: TimelineDay | None = None
        while True:
            page: Timeline = yield from self._exchange.get("/v1/timeline", params, shape=TIMELINE)
            for day in page["days"]:
                if joined is not None and day["continued"] and day["date"] == joined["date"]:
                    joined["items"] += day["items"]
                    continue
                if joined is not None:
                    yield Emit(_completed(joined))
                joined = day
            if page["next"] is None:
                break
            params.pop("newest_day", None)
            params["cursor"] = page["next"]["cursor"]
        if joined is not None:
            yield Emit(_completed(joined))

    def day(self, day: str | date, **params: Unpack[DayParams]) -> Flow[TimelineDayPage]:
        """Return one complete local day, with links to the neighbouring days that have news."""
        return self._exchange.get(encode_path("timeline", str(day)), params, shape=DAY_PAGE)

    def calendar(self, **params: Unpack[ZoneParams]) -> Flow[Calendar]:
        """Return the days that have news, with totals: the last 31 days, or those from `from_` up to `to`."""
        return self._exchange.get("/v1/timeline/calendar", params, shape=CALENDAR)

    def articles(self, **params: Unpack[ArticleListParams]) -> ItemFlow[ArticleItem]:
        """Iterate over articles, newest first; `page_size` is the number that one request reads, 50 where absent."""
        return self._items("/v1/articles", params)

    def article(
        self, id_or_slug: str, *, edition: str | None = None, body: Body | None = None, links: Links | None = None
    ) -> Flow[Article]:
        """Return an article with everything that its page shows; NotFoundError, ArticleWithdrawnError."""
        params = {"edition": edition, "body": body, "links": links}
        return self._exchange.get(encode_path("articles", id_or_slug), params, shape=ENTITY)

    def resolve(self, url: str, *, edition: str | None = None) -> Flow[ResolvedAddress]:
        """Return the article that has or had this URL or path on the front end; NotFoundError."""
        return self._exchange.get("/v1/resolve", {"url": url, "edition": edition}, shape=ENTITY)

    def curated_list(
        self,
        slug: str,
        *,
        edition: str | None = None,
        limit: int | None = None,
        exclude: Names | None = None,
        fields: Names | None = None,
        body: Body | None = None,
    ) -> Flow[CuratedList]:
        """Return a list that editors compose, such as a front page; NotFoundError."""
        params = {"edition": edition, "limit": limit, "exclude": exclude, "fields": fields, "body": body}
        return self._exchange.get(encode_path("lists", slug), params, shape=CURATED_LIST)

    def editions(self) -> ItemFlow[Edition]:
        """Iterate over editions, with their interface strings."""
        return self._items("/v1/editions", {})

    def sections(self, *, edition: str | None = None, order: SectionOrder | None = None) -> ItemFlow[SectionInFull]:
        """Iterate over the sections of an edition, by position unless `order` is given."""
        return self._items("/v1/sections", {"edition": edition, "order": order})

    def tags(self, *, edition: str | None = None, order: EntryOrder | None = None) -> ItemFlow[TagInFull]:
        """Iterate over tags, by slug or by name."""
        return self._items("/v1/tags", {"edition": edition, "order": order})

    def authors(self, *, edition: str | None = None, order: EntryOrder | None = None) -> ItemFlow[Author]:
        """Iterate over authors, by slug or by name."""
        return self._items("/v1/authors", {"edition": edition, "order": order})

    def labels(self, *, edition: str | None = None) -> ItemFlow[Label]:
        """Iterate over labels."""
        return self._items("/v1/labels", {"edition": edition})

    def _items(self, path: str, params: Mapping[str, object]) -> ItemFlow[Any]:
        cursor: dict[str, str] = {}
        while True:
            page = yield from self._exchange.get(path, {**params, **cursor}, shape=PAGE)
            for item in page["items"]:
                yield Emit(item)
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]["cursor"]}


def _completed(day: TimelineDay) -> TimelineDay:
    """Mark a day as complete: its last piece was read, even if what followed was withdrawn between two pages."""
    day["complete"] = True
    return day
