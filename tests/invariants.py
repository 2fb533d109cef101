"""Invariants of every database, after any writes and any kind of stop."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Select, and_, func, select

from app.actions.articles.content_hash import content_hash, serialize_body
from app.actions.changelog.compaction import MARK
from app.db.base import AnyRow, metadata
from app.db.bulk import chunked
from app.domain.article_status import ArticleStatus
from app.domain.change import article_change
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.section_tree import SectionTree
from app.domain.stored_blocks import decompress_block, hash_block, parse_numbers
from app.domain.traits import is_logged, read_traits
from app.domain.translation_graph import StoryVersion, TranslationGraph, TranslationLink, group_number
from app.domain.tsid import format_id, parse_id
from app.interchange.articles import EDITORIAL_FIELDS, read_records
from app.interchange.revision_contents import BESIDE_MEMBERS
from app.interchange.section_tree import read_section_tree
from app.invalidation.surrogate_keys import article_key, facet_key, timestamp_key
from app.models.article import article_bodies, articles
from app.models.article_links import (
    article_authors,
    article_related,
    article_sections,
    article_tags,
    article_translations,
    slug_redirects,
)
from app.models.author import authors
from app.models.change import changes
from app.models.edition import editions
from app.models.former_slug import former_slugs
from app.models.idempotency_key import idempotency_keys
from app.models.key_value import key_value
from app.models.label import labels
from app.models.listing import listings
from app.models.revision import revision_block_uses, revision_blocks, revisions
from app.models.section import sections
from app.models.tag import tags
from app.schemas.interchange import ArticleRecord

MAX_SHOWN = 20
Logged = tuple[str, int, str]
"""Type, instant and actor of a row of the log."""
CATALOGUE_TABLES = {Facet.SECTION: sections, Facet.TAG: tags, Facet.AUTHOR: authors, Facet.LABEL: labels}


@dataclass(frozen=True, slots=True)
class StoredState:
    """All rows, read in one snapshot; `mark` is the position up to which the log was compacted."""

    connection: Connection
    deleted: Collection[int]
    rows: dict[int, AnyRow]
    past: dict[int, list[AnyRow]]
    log: list[AnyRow]
    logged: dict[int, list[AnyRow]]
    facets: dict[int, list[tuple[Facet, int]]]
    mark: int
    is_thinned: bool
    renamed: set[tuple[Facet, int]]
    merged: dict[tuple[Facet, int], tuple[Facet, int]]


def check_house(connection: Connection, *, deleted: Collection[int] = (), is_thinned: bool = False) -> Counter[str]:
    """Raise AssertionError with every violation, a line each; return the numbers of rows.

    For databases whose articles were all written here, none imported with a history. `deleted` are articles that were
    deleted as drafts: stored responses may still name them. `is_thinned` allows gaps in the numbers of revisions.
    """
    state = _read(connection, deleted, is_thinned=is_thinned)
    wrong = [f"{check.__name__.strip('_')}: {what}" for check in CHECKS for what in check(state)]
    if wrong:
        raise AssertionError("\n".join([f"{len(wrong)} things are wrong", *wrong[:MAX_SHOWN]]))
    public = sum(row.status == "published" for row in state.rows.values())
    saves = sum(map(len, state.past.values()))
    return Counter(articles=len(state.rows), public=public, revisions=saves, changes=len(state.log))


def _read(connection: Connection, deleted: Collection[int], *, is_thinned: bool) -> StoredState:
    def run(statement: Select[Any]) -> list[AnyRow]:
        return list(connection.execute(statement))

    rows = {row.id: row for row in run(select(articles))}
    log = run(select(changes).order_by(changes.c.seq))
    past, logged = defaultdict(list), defaultdict(list)
    for row in run(select(revisions).order_by(revisions.c.article_id, revisions.c.revision)):
        past[row.article_id].append(row)
    for row in log:
        if row.article_id is not None:
            logged[row.article_id].append(row)
    facets = {row.id: [(Facet.EDITION, 0)] for row in rows.values()}
    for row in rows.values():
        facets[row.id] += [(Facet.SECTION, row.section_id)] if row.section_id is not None else []
        facets[row.id] += [(Facet.LABEL, row.label_id)] if row.label_id is not None else []
    for kind, table in ((Facet.SECTION, article_sections), (Facet.TAG, article_tags), (Facet.AUTHOR, article_authors)):
        for article_id, position, number in run(select(table).order_by(table.c.article_id, table.c.position)):
            place = sum(each is kind for each, _ in facets.get(article_id, ()))
            assert position == place, f"a {kind.name} of {format_id(article_id)} stands at {position}, not {place}"
            facets[article_id].append((kind, number))
    for number, row in rows.items():
        has_several = sum(kind is Facet.SECTION for kind, _ in facets[number]) > 1
        assert bool(row.has_further_sections) is has_several, f"{format_id(number)} is in several sections, or is not"
    mark = connection.execute(select(key_value.c.value).where(key_value.c.name == MARK)).scalar()
    until = 0 if mark is None else int(mark)
    former = run(select(former_slugs.c.kind, former_slugs.c.entry_id, former_slugs.c.merged_id))
    renamed = {(Facet(each.kind), number) for each in former for number in (each.entry_id, each.merged_id)}
    merged = {
        (Facet(each.kind), each.merged_id): (Facet(each.kind), each.entry_id)
        for each in former
        if each.merged_id is not None
    }
    return StoredState(connection, deleted, rows, past, log, logged, facets, until, is_thinned, renamed, merged)


def _find_lost() -> Iterator[tuple[str, Select[Any]]]:
    """Count the rows without a target for each reference of a table."""
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            other = constraint.referred_table.alias("target")
            pairs = [(each.parent, other.c[each.column.name]) for each in constraint.elements]
            joined = table.outerjoin(other, and_(*(own == target for own, target in pairs)))
            lost = select(func.count()).select_from(joined).where(pairs[0][0].is_not(None), pairs[0][1].is_(None))
            yield f"rows of {table.name} have no {constraint.referred_table.name}", lost


LOST = [*_find_lost()]


def _links(state: StoredState) -> Iterator[str]:
    """Check that every reference has its target."""
    for what, lost in LOST:
        count = state.connection.execute(lost).scalar_one()
        if count:
            yield f"{count} {what}"


def _bodies(state: StoredState) -> Iterator[str]:
    """Check that row, body, links and references are of one save: the content hash shows it."""
    bodies = set(state.connection.execute(select(article_bodies.c.article_id)).scalars())
    for number in sorted(bodies ^ state.rows.keys()):
        yield f"{format_id(number)} has a row or a body, not both"
    for numbers in chunked(sorted(bodies & state.rows.keys())):
        for number, members in read_records(state.connection, numbers).items():
            if not state.renamed.isdisjoint(state.facets[number]):
                continue  # a hash has the names of its time
            record = ArticleRecord.model_validate({**members, "kind": "article"})
            if content_hash(record, serialize_body(record)) != bytes(state.rows[number].content_hash):
                yield f"{format_id(number)} was written by halves"


def _states(state: StoredState) -> Iterator[str]:
    """Check dates against statuses: a draft has a withdrawal if its publication was withdrawn before its time."""
    for row in state.rows.values():
        is_public = row.status == "published"
        possible = {"draft", "scheduled", "published"} if row.withdrawn_at is None else {"draft", "withdrawn"}
        if row.status not in possible:
            yield f"{format_id(row.id)} is {row.status} and withdrawn at {row.withdrawn_at}"
        if is_public and (row.first_published_at is None or not row.version):
            yield f"{format_id(row.id)} is public and has never been"
        if not row.version and row.status in {"draft", "scheduled"} and row.first_published_at is not None:
            yield f"{format_id(row.id)} was never public, but first at {row.first_published_at}"


def _revision_numbers(state: StoredState) -> Iterator[str]:
    """Check revisions 1, 2, 3 … up to the article's own: each public one a version, the last equal to the article."""
    for number in state.past.keys() - state.rows.keys():
        yield f"{format_id(number)} has revisions and is not there"
    for row in state.rows.values():
        past = state.past[row.id]
        first = 1 if row.erased_at is None else row.revision
        numbers = [each.revision for each in past]
        is_complete = numbers == [*range(first, row.revision + 1)]
        if not is_complete and not (state.is_thinned and {first, row.revision} <= set(numbers)):
            yield f"{format_id(row.id)} is at {row.revision} after {numbers}"
            continue
        version = 0 if row.erased_at is None else row.version
        for each in past:
            version += each.status == "published"
            if each.version != version:
                yield f"revision {each.revision} of {format_id(row.id)} is version {each.version}, not {version}"
        last = past[-1]
        for mine, its in (("version", "version"), ("status", "status"), ("published_at", "published_at")):
            if getattr(row, mine) != getattr(last, its):
                yield f"{mine} of {format_id(row.id)} is {getattr(row, mine)}, of its last save {getattr(last, its)}"
        if row.modified_at != last.at or last.blocks is not None:
            yield f"{format_id(row.id)} is not what its last save made it"
        if any(each.content is not None for each in past):
            yield f"a revision of {format_id(row.id)} has a content that is not split into blocks"
        yield from _notes(row, past)


def _notes(row: AnyRow, past: list[AnyRow]) -> Iterator[str]:
    recorded = [
        {"type": each.note_type, "text": each.note_text, "at": each.at, "version": each.version}
        for each in past
        if each.note_type is not None and each.status == "published"
    ]
    if recorded != ([] if row.notes is None else orjson.loads(row.notes)):
        yield f"{format_id(row.id)} shows other notes than its revisions have"


def _blocks(state: StoredState) -> Iterator[str]:
    """Check that revisions use all stored blocks of their article and no others, and the hash of every block."""
    blocks = {bytes(row.hash): bytes(row.block) for row in state.connection.execute(select(revision_blocks))}
    decoded = {name: decompress_block(block) for name, block in blocks.items()}
    for name, block in decoded.items():
        if hash_block(block) != name:
            yield f"the block {name.hex()} has another hash"
    hashes: dict[int, dict[int, bytes]] = defaultdict(dict)
    for row in state.connection.execute(select(revision_block_uses)):
        hashes[row.article_id][row.number] = bytes(row.hash)
    unused = blocks.keys() - {name for names in hashes.values() for name in names.values()}
    if unused:
        yield f"{len(unused)} blocks are used by no revision"
    for number in sorted(hashes.keys() | state.past.keys()):
        lists = [parse_numbers(row.blocks) for row in state.past[number] if row.blocks is not None]
        listed = {each for numbers in lists for each in numbers}
        if listed != hashes[number].keys():
            yield f"revisions of {format_id(number)} list {sorted(listed ^ hashes[number].keys())} or lack them"
            continue
        for numbers in lists:
            members, *body = [orjson.loads(decoded[hashes[number][each]]) for each in numbers]
            if {*members, *BESIDE_MEMBERS} != set(EDITORIAL_FIELDS) or not all("type" in block for block in body):
                yield f"a revision of {format_id(number)} has other blocks than an article"


def _lists(state: StoredState) -> Iterator[str]:
    """Check that the index has each public article in each of its lists, and no other row.

    Rows of unsettled subtrees may be those of an earlier tree.
    """
    found = {tuple(row) for row in state.connection.execute(select(listings))}
    tree = read_section_tree(state.connection, state.connection.execute(select(editions.c.id)).scalars().all())
    expected = {
        (-row.edition_id if row.format == "page" else row.edition_id, int(kind), number, row.published_at, row.id)
        for row in state.rows.values()
        if row.status == "published"
        for kind, number in (
            *state.facets[row.id],
            *read_traits(row).facets(),
            *_subtrees(tree, state.facets[row.id]),
        )
    }
    different = (row for row in found ^ expected if row[1] != Facet.SECTION_TREE or row[2] not in tree.unsettled)
    for listing in sorted(different):
        yield f"{listing} is {'in excess' if listing in found else 'missing'}"


def _subtrees(tree: SectionTree, facets: list[tuple[Facet, int]]) -> list[tuple[Facet, int]]:
    above = tree.ancestors_of(number for kind, number in facets if kind is Facet.SECTION)
    return [(Facet.SECTION_TREE, number) for number in above]


def _log(state: StoredState) -> Iterator[str]:
    """Check that numbers have no gap (after the mark) and that each article's rows are what its revisions published."""
    numbers = [row.seq for row in state.log]
    young = [seq for seq in numbers if seq > state.mark]
    if numbers and young != [*range(state.mark + 1, numbers[-1] + 1)]:
        gaps = sorted(set(range(state.mark + 1, numbers[-1] + 1)) - set(numbers))
        yield f"the log lacks {gaps[:MAX_SHOWN]}"
    for number in state.logged.keys() - state.rows.keys():
        yield f"the log has {format_id(number)}, which does not exist"
    for row in state.rows.values():
        alerts = [each.at for each in state.logged[row.id] if each.type == "article.alert"]
        if alerts not in ([], [row.alerted_at]):
            yield f"{format_id(row.id)} was announced at {alerts}, but should have been at {row.alerted_at}"
        recorded = [(each.type, each.at, each.actor) for each in state.logged[row.id] if each.type != "article.alert"]
        expected = _expected(row, state.past[row.id])
        recorded = _without_translations(row, recorded, expected)
        if state.is_thinned:  # an edit of a withdrawn article is logged, and its revision may be deleted
            logged = iter(recorded)
            recorded = [
                each for each in expected if each in logged
            ]  # the rows of the log in their order, without others
        elif row.erased_at is not None:
            recorded = recorded[-1:]
        elif state.mark and recorded:
            expected = expected[-len(recorded) :]
        if recorded != expected:
            yield f"the log has {recorded} for {format_id(row.id)}, its revisions {expected}"
        elif recorded:
            yield from _names(state, row, state.logged[row.id][-1])


def _without_translations(row: AnyRow, logged: list[Logged], expected: list[Logged]) -> list[Logged]:
    """Leave out updates of what an article shows of its translations, which make no revision."""
    if row.translation_group is None:
        return logged
    return [each for each in logged if each[0] != "article.updated" or each in expected]


def _expected(row: AnyRow, past: list[AnyRow]) -> list[Logged]:
    if row.erased_at is not None:
        return [("article.withdrawn", row.erased_at, past[-1].actor)]
    expected: list[Logged] = []
    before, at = None, None
    for each in past:
        after = ArticleStatus(each.status)
        kind = article_change(before, after, moved=before is not None and at != each.published_at)
        expected += [(kind, each.at, each.actor)] if kind is not None else []
        before, at = after, each.published_at
    return expected


def _names(state: StoredState, row: AnyRow, last: AnyRow) -> Iterator[str]:
    """Check that the last row of an article names it and, while it is public, each of its lists."""
    wanted = {article_key(row.id)}
    if row.status == "published":
        wanted |= {timestamp_key(row.published_at)}
        wanted |= {facet_key(kind, number) for kind, number in state.facets[row.id] if kind is not Facet.EDITION}
        wanted.add(f"{'pages' if row.format == 'page' else 'edition'}:{row.edition_id}")
        wanted |= {facet_key(*each) for each in read_traits(row).facets() if is_logged(*each)}
    named = set(orjson.loads(last.surrogate_keys))
    named |= {facet_key(*entry) for former, entry in state.merged.items() if facet_key(*former) in named}
    missing = wanted - named
    if missing or last.edition_id != row.edition_id:
        yield f"row {last.seq} of the log does not name {sorted(missing)}"


def _catalogue(state: StoredState) -> Iterator[str]:
    """Check that used entries are listed unless hidden, no other tag or author is, and one edition is the default."""
    public = {number for number, row in state.rows.items() if row.status == "published"}
    used = {facet for number in public for facet in state.facets[number]}
    used |= {state.merged[facet] for facet in used if facet in state.merged}
    for kind, table in CATALOGUE_TABLES.items():
        for row in state.connection.execute(select(table)):
            if getattr(row, "merged_into", None) is not None:
                continue  # its articles are those of another entry
            is_used, may_hide = (kind, row.id) in used, kind not in LISTED_WHILE_USED
            if is_used and not row.is_listed and not (may_hide and row.is_hidden):
                yield f"{kind.name} {row.id} is public and not listed"
            if row.is_listed and not (row.is_entered and (may_hide or is_used)):
                yield f"{kind.name} {row.id} is listed and not public"
    defaults = list(state.connection.execute(select(editions.c.is_default)).scalars())
    if defaults and sum(defaults) != 1:
        yield f"{sum(defaults)} editions are the default one"


def _slugs(state: StoredState) -> Iterator[str]:
    """Check that an old slug belongs to an article of its edition and is nobody's present slug."""
    current = {(row.edition_id, row.slug) for row in state.rows.values()}
    for row in state.connection.execute(select(slug_redirects)):
        owner = state.rows.get(row.article_id)
        if (row.edition_id, row.slug) in current or owner is None or owner.edition_id != row.edition_id:
            yield f"the old slug '{row.slug}' of {format_id(row.article_id)} is somebody's"


def _references(state: StoredState) -> Iterator[str]:
    """Check that a reference which waits for its target has none yet."""
    names = {(row.edition_id, row.source_id) for row in state.rows.values()}
    names |= {(row.edition_id, format_id(row.id)) for row in state.rows.values()}
    for row in state.connection.execute(select(article_related).where(article_related.c.related_id.is_(None))):
        owner = state.rows.get(row.article_id)
        if owner is not None and (owner.edition_id, row.reference) in names:
            yield f"{format_id(row.article_id)} waits for '{row.reference}', which is there"


def _stored_responses(state: StoredState) -> Iterator[str]:
    """Check that a stored response of an Idempotency-Key is about an existing article."""
    for row in state.connection.execute(select(idempotency_keys)):
        if row.article_id is None or row.article_id in state.deleted:
            continue
        if row.article_id not in state.rows or parse_id(orjson.loads(row.body)["id"]) != row.article_id:
            yield f"the stored response of '{row.key}' is about {format_id(row.article_id)}, which does not exist"


def _translations(state: StoredState) -> Iterator[str]:
    """Check that the stored groups are those that the links join."""
    graph = TranslationGraph()
    languages = {row.id: row.language for row in state.connection.execute(select(editions))}
    for row in state.rows.values():
        language = (row.language or languages[row.edition_id]).lower()
        graph.versions[row.id] = StoryVersion(row.edition_id, language, is_public=row.status == "published")
    links = defaultdict[int, list[TranslationLink]](list)
    for row in state.connection.execute(select(article_translations)):
        links[row.article_id].append(TranslationLink(row.edition, row.source_id, row.given_id, row.target_id))
    for number, given in links.items():
        graph.set_links(number, given)
    for group in graph.groups():
        expected = group_number(group, [link for each in group for link in graph.links_of(each)])
        for each in group:
            if state.rows[each].translation_group != expected:
                yield f"{format_id(each)} is in the group {state.rows[each].translation_group}, not {expected}"


CHECKS: tuple[Callable[[StoredState], Iterator[str]], ...] = (
    _links,
    _bodies,
    _states,
    _revision_numbers,
    _blocks,
    _lists,
    _log,
    _catalogue,
    _slugs,
    _references,
    _translations,
    _stored_responses,
)
