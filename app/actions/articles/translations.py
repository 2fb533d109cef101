"""Translations in a batch of writes: the links that records give are planned before the rows are written.

references ─► articles that exist, stored or earlier in the batch; the others wait for their article
links ─► groups, of one article for each edition and language
groups ─► rows of the change log for the other articles that show them
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.translation_links import (
    find_omitted_from_sitemaps,
    find_translation_targets,
    find_waiting_referrers,
    load_translation_graph,
    record_translation_changes,
    store_translation_groups,
    store_translation_links,
)
from app.actions.articles.write_options import WriteResult
from app.actions.changelog.changes import Change
from app.domain.actor import Actor
from app.domain.article_members import given_members, is_omitted_from_sitemaps, member_columns
from app.domain.article_status import ArticleStatus
from app.domain.translation_graph import MAX_GROUP, Clash, StoryVersion, TranslationGraph, TranslationLink
from app.domain.tsid import format_id, parse_id
from app.errors import FieldError, InvalidInputError
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

_SHOWN = ("headline", "slug", "section_id", "language")
"""Columns of an article that the pages of its translations show."""


@dataclass(slots=True)
class TranslationPlan:
    """Links after a batch of writes. `groups` are the stored numbers, `before` the articles before the writes.

    `omitted` are those that sitemaps omitted before the writes.
    """

    graph: TranslationGraph
    groups: dict[int, int | None]
    before: dict[int, StoryVersion]
    omitted: Collection[int]
    changed: set[int] = field(default_factory=set)


def plan_translations(
    connection: Connection, writes: Sequence[ArticleWrite], stored: WriteResult
) -> tuple[list[ArticleWrite], TranslationPlan | None]:
    """Return the writes whose translations are possible, with the plan of all links; the others get an error.

    One statement for a batch without translations, at most eight and one for each edition that references name.
    """
    arrived = {write.article_id: write.record.source_id for write in writes if _is_arrival(write)}
    edition = writes[0].record.edition if writes else ""
    referrers = find_waiting_referrers(connection, edition, arrived)
    concerned = [write for write in writes if _is_concerned(write)]
    if not concerned and not referrers:
        return list(writes), None
    links = {write.index: _given_links(write) for write in concerned}
    targets = find_translation_targets(connection, [link for each in links.values() for link in each or ()])
    known = {write.article_id for write in concerned if write.current is not None}
    graph, groups = load_translation_graph(connection, {*known, *referrers, *targets.values()})
    plan = TranslationPlan(graph, groups, dict(graph.versions), find_omitted_from_sitemaps(connection, known))
    planner = _Planner(plan, targets, links, {write.article_id: write for write in writes}, stored)
    return [write for write in writes if planner.accept(write)], plan


def store_translations(
    connection: Connection,
    plan: TranslationPlan | None,
    changed: Collection[ArticleWrite],
    *,
    editor: Actor,
    now: int,
) -> list[Change]:
    """Store the planned links once the articles are; return the changes of other articles that show them.

    ForbiddenError if an editor of drafts changes what public articles show.
    """
    if plan is None:
        return []
    store_translation_links(connection, plan.graph, plan.changed)
    store_translation_groups(connection, plan.graph, plan.groups)
    logged = {write.article_id for write in changed if write.status is ArticleStatus.PUBLISHED}
    restated = {write.article_id for write in changed if _is_shown_differently(write, plan)}
    affected = _affected(plan, restated) - logged
    if affected:
        editor.authorize(ArticleStatus.PUBLISHED, ArticleStatus.PUBLISHED)
    return record_translation_changes(connection, sorted(affected), now=now)


def _affected(plan: TranslationPlan, restated: Collection[int]) -> set[int]:
    """Return the public articles that show other translations than before, or show one of these `restated` ones."""
    before: dict[int, set[int]] = defaultdict(set)
    for number, group in plan.groups.items():
        if group is not None and plan.before[number].is_public:
            before[group].add(number)
    affected = set()
    for joined in plan.graph.groups():
        public = {each for each in joined if plan.graph.versions[each].is_public}
        for each in public:
            former = plan.groups.get(each)
            shown = (before[former] if former is not None else set()) - {each}
            if shown != public - {each} or not shown.isdisjoint(restated):
                affected.add(each)
    return affected


class _Planner:
    """Applies the writes of a batch to the graph one by one, in their order."""

    def __init__(
        self,
        plan: TranslationPlan,
        targets: dict[tuple[str, str] | int, int],
        links: dict[int, list[TranslationLink] | None],
        writes: dict[int, ArticleWrite],
        stored: WriteResult,
    ) -> None:
        self._plan = plan
        self._graph = plan.graph
        self._targets = targets
        self._links = links
        self._writes = writes
        self._stored = stored
        self._waiting: dict[tuple[str, str] | int, set[int]] = defaultdict(set)
        for number in plan.groups:
            self._await(number)

    def accept(self, write: ArticleWrite) -> bool:
        """Link the article of a write; return False after setting its error if its group does not allow it."""
        number, graph, names = write.article_id, self._graph, _names(write)
        awaited = {each for name in names for each in self._waiting.get(name, ())} if _is_arrival(write) else set()
        given = self._links.get(write.index)
        if given is not None or number in graph.versions or awaited:
            before, version = graph.links_of(number), graph.versions.get(number)
            group = graph.group_of(number)
            graph.versions[number] = _version(write)
            if given is not None:
                self._link(write, given)
            is_joined = graph.group_of(number) != group
            clash = graph.find_clash(number) if is_joined or version != graph.versions[number] else None
            if clash is not None:
                self._stored.outcomes[write.index] = _conflict(clash, "translations" if is_joined else "language")
                graph.set_links(number, before)
                self._restore(number, version)
                return False
            self._await(number)
        if _is_arrival(write):
            self._targets |= dict.fromkeys(names, number)
        for referrer in sorted(awaited):
            self._arrive(write, referrer)
        return True

    def _restore(self, number: int, version: StoryVersion | None) -> None:
        if version is None:
            self._graph.versions.pop(number, None)
        else:
            self._graph.versions[number] = version

    def _link(self, write: ArticleWrite, given: Sequence[TranslationLink]) -> None:
        """Set the links of an article: those of its record, or the complete group of an editor."""
        number, graph, own = write.article_id, self._graph, set(_names(write))
        links = [self._resolve(link) for link in given if own.isdisjoint(link.names())]
        for link in links:
            if link.target_id is not None and link.target_id not in graph.versions:
                graph.versions[link.target_id] = _version(self._writes[link.target_id])
        before = graph.links_of(number)
        if write.options.edits_translations:
            targets = [each.target_id for each in links if each.target_id not in {None, number}]
            pending = [each for each in links if each.target_id is None]
            was_pending = {each.identity for each in before if each.target_id is None}
            if {number, *targets} == graph.group_of(number) and was_pending == {each.identity for each in pending}:
                return
            chosen = [each for each in targets if each is not None]
            for each in sorted(graph.group_of(number) - {number, *chosen}) if chosen else ():
                write.options.editor.authorize_edition(graph.versions[each].edition_id)
            self._plan.changed |= graph.replace_group(number, chosen, pending) | {number}
            _check_complete(graph.group_of(number) - {number, *chosen})
            write.translations_changed = True
            return
        graph.set_links(number, links)
        if {each.identity for each in before} == {each.identity for each in graph.links_of(number)}:
            graph.set_links(number, before)
        else:
            self._plan.changed.add(number)
            write.translations_changed = True

    def _resolve(self, link: TranslationLink) -> TranslationLink:
        found = (self._targets[name] for name in link.names() if name in self._targets)
        return link._replace(target_id=next(found, None))

    def _await(self, number: int) -> None:
        for link in self._graph.links_of(number):
            if link.target_id is None:
                for name in link.names():
                    self._waiting[name].add(number)

    def _arrive(self, write: ArticleWrite, referrer: int) -> None:
        """Resolve the references of another article to this new one, unless their groups exclude each other."""
        graph, before, names = self._graph, self._graph.links_of(referrer), set(_names(write))
        graph.versions.setdefault(write.article_id, _version(write))
        resolved = [
            link._replace(target_id=write.article_id)
            if link.target_id is None and not names.isdisjoint(link.names())
            else link
            for link in before
        ]
        graph.set_links(referrer, resolved)
        if graph.find_clash(referrer) is None:
            self._plan.changed.add(referrer)
            return
        graph.set_links(referrer, before)
        detail = (
            f"The article {format_id(referrer)} names this one as its translation, but its group has another of the "
            "same edition and language; they are not linked."
        )
        warning = WriteWarning(where="translations", code=str(WarningCode.TRANSLATION_CONFLICT), detail=detail)
        self._stored.warnings.setdefault(write.index, []).append(warning)


def _is_arrival(write: ArticleWrite) -> bool:
    return write.record.erased_at is None and (
        write.current is None or write.current.source_id != write.record.source_id
    )


def _is_concerned(write: ArticleWrite) -> bool:
    """Return whether the article has translations or gets some."""
    return bool(write.record.translations) or (
        write.current is not None and write.current.translation_group is not None
    )


def _given_links(write: ArticleWrite) -> list[TranslationLink] | None:
    """Return the links of a record; None if an edit does not contain the member."""
    record = write.record
    if record.translations is None and write.options.edits_translations:
        return None
    return [
        TranslationLink(
            edition=record.edition if each.edition is None and each.source_id is not None else each.edition,
            source_id=each.source_id,
            given_id=None if each.id is None else parse_id(each.id),
        )
        for each in record.translations or ()
    ]


def _names(write: ArticleWrite) -> list[tuple[str, str] | int]:
    source_id = write.record.source_id
    return [write.article_id, *([] if source_id is None else [(write.record.edition, source_id)])]


def _version(write: ArticleWrite) -> StoryVersion:
    language = write.record.language or write.edition_language
    return StoryVersion(write.edition_id, language.lower(), write.status is ArticleStatus.PUBLISHED)


def _is_shown_differently(write: ArticleWrite, plan: TranslationPlan) -> bool:
    """Return whether the pages of an article's translations change with it, or their sitemaps."""
    row, record = write.current, write.record
    if row is None:
        return False
    after = (record.headline, write.slug, next(iter(write.section_ids), None), record.language)
    is_omitted = is_omitted_from_sitemaps(member_columns(given_members(record))["details"])
    return after != tuple(getattr(row, name) for name in _SHOWN) or is_omitted is not (row.id in plan.omitted)


def _check_complete(missing: Collection[int]) -> None:
    """Raise InvalidInputError if an editor's list leaves out articles that the named ones are linked with."""
    if missing:
        names = ", ".join(map(format_id, sorted(missing)))
        detail = f"The list must have all articles of the group: those that it names are also linked with {names}."
        raise InvalidInputError(FieldError("translations", detail))


def _conflict(clash: Clash, member: str) -> InvalidInputError:
    if clash.second is None:
        return InvalidInputError(FieldError(member, f"A story has at most {MAX_GROUP} articles."))
    detail = (
        f"The articles {format_id(clash.first)} and {format_id(clash.second)} are of the same edition and language: "
        "a story has one article for each edition and language."
    )
    return InvalidInputError(FieldError(member, detail))
