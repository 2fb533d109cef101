"""Tables of translations: the links that articles give, the groups that they form, and the changes of both."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, literal_column, select

from app.actions.articles.links import read_placements
from app.actions.articles.sitemap_weeks import touch_sitemap_weeks
from app.actions.changelog.changes import Change
from app.db.bulk import bulk_insert, bulk_update, chunked
from app.domain.article_members import is_omitted_from_sitemaps
from app.domain.article_status import ArticleStatus
from app.domain.change import ChangeType
from app.domain.translation_graph import StoryVersion, TranslationGraph, TranslationLink, group_number
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError
from app.interchange.statements import PLACEMENT_COLUMNS
from app.invalidation.surrogate_keys import article_key
from app.models.article import articles
from app.models.article_links import article_translations
from app.models.edition import editions

GroupNumbers = Mapping[int, int | None]
"""Stored numbers of groups by article id."""

_ANY_WAITING: Select[Any] = select(literal_column("1")).where(article_translations.c.target_id.is_(None)).limit(1)
_LINKS = select(article_translations).order_by(article_translations.c.article_id, article_translations.c.position)
_VERSIONS = select(
    articles.c.id,
    articles.c.edition_id,
    articles.c.status,
    articles.c.translation_group,
    articles.c.language,
    editions.c.language.label("edition_language"),
).join(editions, editions.c.id == articles.c.edition_id)


def find_translation_targets(
    connection: Connection, links: Iterable[TranslationLink]
) -> dict[tuple[str, str] | int, int]:
    """Return the articles that these references name: by edition and `source_id`, and by id, without erased ones."""
    names = {name for link in links for name in link.names()}
    found: dict[tuple[str, str] | int, int] = {}
    sources: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if isinstance(name, tuple):
            sources[name[0]].append(name[1])
    for edition, source_ids in sources.items():
        for some in chunked(sorted(source_ids)):
            by_source = (
                select(articles.c.source_id, articles.c.id)
                .join(editions)
                .where(editions.c.slug == edition, articles.c.source_id.in_(some), articles.c.erased_at.is_(None))
            )
            found |= {(edition, row.source_id): row.id for row in connection.execute(by_source)}
    for ids in chunked(sorted(name for name in names if isinstance(name, int))):
        by_id = select(articles.c.id).where(articles.c.id.in_(ids), articles.c.erased_at.is_(None))
        found |= {number: number for number in connection.execute(by_id).scalars()}
    return found


def find_waiting_referrers(connection: Connection, edition: str, arrived: Mapping[int, str | None]) -> set[int]:
    """Return the articles whose references name these new articles (id to `source_id`) of an edition."""
    if not arrived or connection.execute(_ANY_WAITING).first() is None:
        return set()
    pending = select(article_translations.c.article_id).where(article_translations.c.target_id.is_(None))
    found: set[int] = set()
    for ids in chunked(sorted(arrived)):
        found |= set(connection.execute(pending.where(article_translations.c.given_id.in_(ids))).scalars())
    for source_ids in chunked(sorted(filter(None, arrived.values()))):
        by_source = pending.where(
            article_translations.c.source_id.in_(source_ids), article_translations.c.edition == edition
        )
        found |= set(connection.execute(by_source).scalars())
    return found


def find_omitted_from_sitemaps(connection: Connection, article_ids: Collection[int]) -> set[int]:
    """Return those of these articles that sitemaps omit."""
    with_details = select(articles.c.id, articles.c.details).where(articles.c.details.is_not(None))
    return {
        row.id
        for ids in chunked(sorted(article_ids))
        for row in connection.execute(with_details.where(articles.c.id.in_(ids)))
        if is_omitted_from_sitemaps(row.details)
    }


def load_translation_graph(
    connection: Connection, article_ids: Collection[int]
) -> tuple[TranslationGraph, dict[int, int | None]]:
    """Return the graph of these articles and of all in their groups, with the stored numbers of the groups."""
    graph, groups = TranslationGraph(), dict[int, int | None]()
    following = select(articles.c.translation_group).where(articles.c.translation_group.is_not(None))
    for ids in chunked(sorted(article_ids)):
        seeds = _VERSIONS.where(articles.c.id.in_(ids))
        others = _VERSIONS.where(articles.c.translation_group.in_(following.where(articles.c.id.in_(ids))))
        for statement in (seeds, others):
            for row in connection.execute(statement):
                language = (row.language or row.edition_language).lower()
                is_public = row.status == ArticleStatus.PUBLISHED
                graph.versions[row.id] = StoryVersion(row.edition_id, language, is_public)
                groups[row.id] = row.translation_group
    linked = sorted(number for number, group in groups.items() if group is not None)
    links: dict[int, list[TranslationLink]] = defaultdict(list)
    for ids in chunked(linked):
        for row in connection.execute(_LINKS.where(article_translations.c.article_id.in_(ids))):
            links[row.article_id].append(TranslationLink(row.edition, row.source_id, row.given_id, row.target_id))
    for number, given in links.items():
        graph.set_links(number, given)
    return graph, groups


def store_translation_links(connection: Connection, graph: TranslationGraph, changed: Collection[int]) -> None:
    """Replace the stored links of these articles."""
    for ids in chunked(sorted(changed)):
        connection.execute(delete(article_translations).where(article_translations.c.article_id.in_(ids)))
    rows = [
        {"article_id": number, "position": position, **link._asdict()}
        for number in sorted(changed)
        for position, link in enumerate(graph.links_of(number))
    ]
    bulk_insert(connection, article_translations, rows)


def store_translation_groups(connection: Connection, graph: TranslationGraph, stored: GroupNumbers) -> None:
    """Store the numbers of the groups that differ from the stored ones."""
    rows = []
    for group in graph.groups():
        number = group_number(group, [link for each in group for link in graph.links_of(each)])
        rows += [{"id": each, "translation_group": number} for each in sorted(group) if stored.get(each) != number]
    bulk_update(connection, articles, rows)


def find_others_in_groups(connection: Connection, groups: Iterable[int], *, without: Collection[int]) -> list[int]:
    """Return the public articles of these groups, except some."""
    found: list[int] = []
    for some in chunked(sorted(set(groups))):
        public = select(articles.c.id).where(
            articles.c.translation_group.in_(some), articles.c.status == ArticleStatus.PUBLISHED
        )
        found += connection.execute(public.order_by(articles.c.id)).scalars()
    return [number for number in found if number not in without]


def record_translation_changes(connection: Connection, article_ids: Sequence[int], *, now: int) -> list[Change]:
    """Mark the sitemaps of public articles of which only the translations changed; return the changes for the log.

    A row of its own makes every reader of the log see the change: caches, lists and feeds, copies, streams, webhooks.
    """
    changes: list[Change] = []
    for ids in chunked(sorted(article_ids)):
        rows = connection.execute(
            select(*PLACEMENT_COLUMNS).where(articles.c.id.in_(ids)).order_by(articles.c.id)
        ).all()
        placements = read_placements(connection, rows)
        touch_sitemap_weeks(connection, placements.values(), now=now)
        for row in rows:
            keys = [article_key(row.id), *placements[row.id].surrogate_keys()]
            changes.append(
                Change(type=ChangeType.ARTICLE_UPDATED, keys=keys, edition_id=row.edition_id, article_id=row.id)
            )
    return changes


def check_edition_language(connection: Connection, edition_id: int, language: str) -> None:
    """Raise InvalidInputError if an edition with this language had two translations of one story in it.

    Articles without a language have that of their edition.
    """
    explicit = articles.alias("explicit")
    in_language = and_(explicit.c.edition_id == edition_id, func.lower(explicit.c.language) == language.lower())
    same_story = and_(explicit.c.translation_group == articles.c.translation_group, in_language)
    clashing = (
        select(articles.c.id, explicit.c.id.label("other_id"))
        .join(explicit, same_story)
        .where(articles.c.edition_id == edition_id, articles.c.language.is_(None))
        .order_by(articles.c.id, explicit.c.id)
        .limit(1)
    )
    found = connection.execute(clashing).first()
    if found is not None:
        detail = (
            f"The articles {format_id(found.id)} and {format_id(found.other_id)} are translations of each other and "
            f"would both be in '{language[:35]}': give the first a `language`, or take it out of the group."
        )
        raise InvalidInputError(FieldError("language", detail))


def leave_translation_group(connection: Connection, article_id: int) -> None:
    """Remove an article that is deleted or erased from its group; references to it wait as they were given.

    The other articles remain joined, also where this one alone linked them: their pages show each other as before.
    """
    graph, stored = load_translation_graph(connection, [article_id])
    rest = graph.group_of(article_id) - {article_id}
    graph.set_links(article_id, [])
    for each in rest:
        links = [
            link._replace(target_id=None) if link.target_id == article_id else link for link in graph.links_of(each)
        ]
        graph.set_links(each, links)
    graph.join(sorted(rest))
    store_translation_links(connection, graph, {article_id, *rest})
    store_translation_groups(connection, graph, stored)
