"""Queries of WebSub topics: the feeds that changes of the log concern.

Topics are the feeds of an edition, and those of one section, tag or author in it, in every format.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, exists, select

from app.domain.list_filter import Facet
from app.domain.websub import NAME
from app.interchange.catalogue import CATALOGUE_TABLES
from app.interchange.key_value import get_value
from app.invalidation.change_event import ChangeEvent
from app.invalidation.purge_progress import parse_progress
from app.models.edition import editions
from app.models.listing import listings
from app.queries.catalogue.editions import FEEDS, EditionView, list_all_editions
from app.queries.changes.change_list import latest_seq
from app.queries.changes.invalidation_log import read_change_events, read_purge_progress
from app.queries.feeds.feeds import Feed
from app.schemas.feed import CurrentFeedParams
from app.schemas.params import FilterParams

_ENTRIES: Final = (Facet.SECTION, Facet.TAG, Facet.AUTHOR)
_PAGING: Final = frozenset({"cursor", "limit"})
_KINDS: Final = {kind.name.lower(): kind for kind in (Facet.EDITION, *_ENTRIES)}

_Entry = tuple[Mapping[str, list[str]] | None, Collection[int]]
_UNKNOWN: Final[_Entry] = (None, ())
_Scope = tuple[int | None, Facet, int]
"""An edition (None: any), the kind of a list, and the number of its entry."""


class Topic(NamedTuple):
    """A feed: its edition, its path with its query, and the last change that concerns it."""

    edition: EditionView
    path: str
    seq: int


class AnnouncementState(NamedTuple):
    """Stored progress of announcements, and the positions of the last change and of the last purged one."""

    progress: bytes | None
    latest: int
    purged: int


class TopicBatch(NamedTuple):
    """Topics of the changes up to `seq`."""

    topics: Sequence[Topic]
    seq: int


def is_topic(feed: Feed, params: FilterParams) -> bool:
    """Return whether a feed is a topic: the filters of others, and pages of older articles, are not announced."""
    given = _given(params)
    return not given or (len(given) == 1 and find_entry(feed, params) is not None)


def find_entry(feed: Feed, params: FilterParams) -> tuple[Facet, str] | None:
    """Return the kind and the code of the section, tag or author whose articles these are; None for other filters."""
    filters = [(_KINDS.get(name), codes) for name, codes in _given(params).items() if name not in _PAGING]
    if len(filters) != 1 or filters[0][0] not in _ENTRIES or len(filters[0][1]) != 1:
        return None
    entry = (filters[0][0], filters[0][1][0])
    return entry if entry in feed.names else None


def _given(params: FilterParams) -> dict[str, Any]:
    """Return the parameters that select among the articles of an edition."""
    named = {name: getattr(params, name) for name in params.model_fields_set - {"edition"}}
    return {name: value for name, value in named.items() if value not in (None, [], False)}


def read_announcement_state(connection: Connection) -> AnnouncementState:
    """Return the progress and the positions of the log."""
    purged = parse_progress(read_purge_progress(connection)[0]).seq
    return AnnouncementState(get_value(connection, NAME), latest_seq(connection), purged)


def read_topics(connection: Connection, *, since: int, up_to: int, most: int) -> TopicBatch:
    """Return the topics that the next changes after `since` concern, at most this many changes."""
    changes = [change for change in read_change_events(connection, since=since, most=most) if change.seq <= up_to]
    scopes: dict[_Scope, int] = {}
    for change in changes:
        scopes |= dict.fromkeys(_scopes_of(change), change.seq)
    return TopicBatch(_topics(connection, scopes), changes[-1].seq if changes else up_to)


def list_edition_topics(connection: Connection, *, seq: int) -> list[Topic]:
    """Return the feeds of all editions, after a change that is not known."""
    return [topic for edition in list_all_editions(connection) for topic in _feeds(edition, {}, seq)]


def _scopes_of(change: ChangeEvent) -> Iterable[_Scope]:
    """Return the lists that a change of an article concerns, or the entry that changed."""
    lists = [_parse(key) for key in change.list_keys]
    editions = [number for kind, number in filter(None, lists) if kind is Facet.EDITION]
    if editions:  # pages, which no feed has, are in lists without one
        for kind, number in filter(None, lists):
            yield from ((edition, kind, edition if kind is Facet.EDITION else number) for edition in editions)
    elif not change.list_keys:
        yield from ((None, kind, number) for kind, number in filter(None, map(_parse, change.entity_keys)))


def _parse(key: str) -> tuple[Facet, int] | None:
    name, _, number = key.partition(":")
    return (_KINDS[name], int(number)) if name in _KINDS and number.isdecimal() else None


def _topics(connection: Connection, scopes: Mapping[_Scope, int]) -> list[Topic]:
    if not scopes:
        return []
    views = {edition.id: edition for edition in list_all_editions(connection)}
    entries = {kind: _entries(connection, kind, scopes) for kind in _ENTRIES}
    found: dict[tuple[int, str], Topic] = {}
    for (edition_id, kind, number), seq in scopes.items():
        query, used_in = ({}, {number}) if kind is Facet.EDITION else entries[kind].get(number, _UNKNOWN)
        wanted = used_in if edition_id is None else {edition_id} if query is not None else ()
        for edition in (views[each] for each in sorted(wanted) if each in views):
            for topic in _feeds(edition, query or {}, seq):
                key = (edition.id, topic.path)
                if key not in found or found[key].seq < seq:
                    found[key] = topic
    return list(found.values())


def _entries(connection: Connection, kind: Facet, scopes: Iterable[_Scope]) -> dict[int, _Entry]:
    """Return the filter of each entry of a kind by its number, and the editions whose feeds it concerns.

    These are the edition of a section, and those that have articles of a tag or an author: other feeds are empty.
    """
    numbers = sorted({number for _, each, number in scopes if each is kind})
    if not numbers:
        return {}
    table, name = CATALOGUE_TABLES[kind]
    names = connection.execute(select(table.c.id, name.label("name")).where(table.c.id.in_(numbers))).all()
    listed = exists().where(
        listings.c.edition_id == editions.c.id, listings.c.kind == int(kind), listings.c.facet_id == table.c.id
    )
    used_in: dict[int, set[int]] = defaultdict(set)
    own_or_listed = editions.c.id == table.c.edition_id if kind is Facet.SECTION else listed
    pairs = select(table.c.id, editions.c.id).select_from(table.join(editions, own_or_listed))
    for number, edition_id in connection.execute(pairs.where(table.c.id.in_(numbers))):
        used_in[number].add(edition_id)
    return {row.id: ({kind.name.lower(): [row.name]}, used_in[row.id]) for row in names}


def _feeds(edition: EditionView, query: Mapping[str, list[str]], seq: int) -> Iterable[Topic]:
    """Return the feeds of a filter in every format; their paths are those of the feeds' own links."""
    params = CurrentFeedParams(edition=edition.slug, **query)
    for name, _, _ in FEEDS:
        yield Topic(edition, params.url_for(f"/feeds/{edition.slug}/{name}", edition=None), seq)
