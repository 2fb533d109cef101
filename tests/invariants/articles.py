"""Invariants of articles: their references, bodies, dates, slugs and translations."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Select, and_, func, select

from app.actions.articles.content_hash import content_hash, serialize_body
from app.db.base import metadata
from app.db.bulk import chunked
from app.domain.translation_graph import StoryVersion, TranslationGraph, TranslationLink, group_number
from app.domain.tsid import format_id, parse_id
from app.interchange.articles import read_records
from app.models.article import article_bodies
from app.models.article_links import article_related, article_translations, slug_redirects
from app.models.edition import editions
from app.models.idempotency_key import idempotency_keys
from app.schemas.interchange import ArticleRecord
from tests.invariants.stored_state import StoredState


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


def check_links(state: StoredState) -> Iterator[str]:
    """Check that every reference has its target."""
    for what, lost in LOST:
        count = state.connection.execute(lost).scalar_one()
        if count:
            yield f"{count} {what}"


def check_bodies(state: StoredState) -> Iterator[str]:
    """Check that each article has a body, and that row, body, links and references are of one save, by their hash."""
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


def check_states(state: StoredState) -> Iterator[str]:
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


def check_slugs(state: StoredState) -> Iterator[str]:
    """Check that a former slug is of an article of its edition, and the present one of none."""
    current = {(row.edition_id, row.slug) for row in state.rows.values()}
    for row in state.connection.execute(select(slug_redirects)):
        owner = state.rows.get(row.article_id)
        if (row.edition_id, row.slug) in current or owner is None or owner.edition_id != row.edition_id:
            yield f"the old slug '{row.slug}' of {format_id(row.article_id)} is somebody's"


def check_references(state: StoredState) -> Iterator[str]:
    """Check that references wait only for articles that do not exist."""
    names = {(row.edition_id, row.source_id) for row in state.rows.values()}
    names |= {(row.edition_id, format_id(row.id)) for row in state.rows.values()}
    for row in state.connection.execute(select(article_related).where(article_related.c.related_id.is_(None))):
        owner = state.rows.get(row.article_id)
        if owner is not None and (owner.edition_id, row.reference) in names:
            yield f"{format_id(row.article_id)} waits for '{row.reference}', which is there"


def check_translations(state: StoredState) -> Iterator[str]:
    """Check that the stored groups are those that the links join, with one article for each edition and language."""
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
        if (clash := graph.find_clash(min(group))) is not None:
            yield f"{format_id(clash.first)} is in a group of {len(group)} articles with another of its language"
        for each in group:
            if state.rows[each].translation_group != expected:
                yield f"{format_id(each)} is in the group {state.rows[each].translation_group}, not {expected}"


def check_stored_responses(state: StoredState) -> Iterator[str]:
    """Check that the stored response of an Idempotency-Key is about an article that was created."""
    for row in state.connection.execute(select(idempotency_keys)):
        if row.article_id is None or row.article_id in state.deleted:
            continue
        if row.article_id not in state.rows or parse_id(orjson.loads(row.body)["id"]) != row.article_id:
            yield f"the stored response of '{row.key}' is about {format_id(row.article_id)}, which does not exist"
