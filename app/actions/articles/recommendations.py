"""Recommendations for "Read also", chosen among earlier articles when an article is written.

Candidates are the latest few articles of each of its tags and sections. A shared subject counts the more the
rarer it is, and rarity is measured by the age of its latest few articles. Ties go to the later article.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from math import log1p
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    SelectBase,
    bindparam,
    delete,
    literal_column,
    select,
    tuple_,
    union_all,
)

from app.actions.articles.listings import Placement
from app.db.bulk import bulk_insert_tuples, chunked
from app.db.prepared import by_shape
from app.domain.list_filter import Facet
from app.models.article_links import article_recommendations
from app.models.listing import listings

MAX_PICKS = 4
MAX_SUBJECTS = 5
MAX_SECTIONS = 3
CANDIDATES_EACH = 5
LISTS_AT_ONCE = 64
SECTION_WEIGHT = 0.1
HOUR_US = 3_600_000_000

Key = tuple[int, int]
Subject = tuple[int, Facet, int]

_STALE: BindParameter[list[int]] = bindparam("stale", expanding=True)
_CLEAR = delete(article_recommendations).where(article_recommendations.c.article_id.in_(_STALE))


def store_recommendations(connection: Connection, written: Sequence[Placement], *, known: frozenset[int]) -> None:
    """Choose recommendations for these public articles; `known` are those that may have had some before.

    The articles may be of several editions: subjects are of one edition, so no recommendation crosses editions. A page
    has no recommendations, and is in none of the lists that they are chosen from.
    """
    for stale in chunked(sorted(known.intersection(each.article_id for each in written))):
        connection.execute(_CLEAR, {"stale": stale})
    written = [each for each in written if not each.traits.is_page]
    if not written:
        return
    latest = max((each.published_at or 0, each.article_id) for each in written)
    counts = Counter(subject for each in written for subject in _subjects(each))
    # Starting at the newest of them, as many as these articles and a few more: enough for each of them
    # unless others lie between.
    keys_by_subject = _read(connection, {subject: n + CANDIDATES_EACH for subject, n in counts.items()}, latest)
    rows = [
        (each.article_id, position, picked)
        for each in written
        for position, picked in enumerate(_pick(connection, each, keys_by_subject, counts))
    ]
    bulk_insert_tuples(connection, article_recommendations, rows)


def _subjects(article: Placement) -> list[Subject]:
    tagged = [(article.edition_id, Facet.TAG, number) for number in article.tag_ids[:MAX_SUBJECTS]]
    filed = [(article.edition_id, Facet.SECTION, number) for number in article.section_ids[:MAX_SECTIONS]]
    return [*tagged, *filed]


def _pick(
    connection: Connection, article: Placement, keys_by_subject: dict[Subject, list[Key]], read: Counter[Subject]
) -> list[int]:
    here = (article.published_at or 0, article.article_id)
    scores: dict[Key, float] = {}
    for subject in _subjects(article):
        keys = keys_by_subject[subject]
        index = bisect_left(keys, here)
        if index < CANDIDATES_EACH and len(keys) == read[subject] + CANDIDATES_EACH:
            keys = _read(connection, {subject: CANDIDATES_EACH + 1}, here)[subject]
            index = bisect_left(keys, here)
        candidates = keys[max(index - CANDIDATES_EACH, 0) : index]
        if candidates:
            reach = here[0] - candidates[0][0]
            weight = log1p(reach / HOUR_US) * (1.0 if subject[1] is Facet.TAG else SECTION_WEIGHT)
            for candidate in candidates:
                scores[candidate] = scores.get(candidate, 0.0) + weight
    ranked = sorted([(score, candidate) for candidate, score in scores.items()], reverse=True)
    return [article_id for _, (_, article_id) in ranked[:MAX_PICKS]]


def _read(connection: Connection, counts: dict[Subject, int], up_to: Key) -> dict[Subject, list[Key]]:
    """Return the last keys of each list up to a maximum key (included), oldest first."""
    subjects = list(counts)
    keys_by_subject: dict[Subject, list[Key]] = {subject: [] for subject in subjects}
    for start in range(0, len(subjects), LISTS_AT_ONCE):
        chunk = subjects[start : start + LISTS_AT_ONCE]
        size = 1 << (len(chunk) - 1).bit_length()  # powers of two limit the number of statements
        bound: dict[str, int] = {"at": up_to[0], "id": up_to[1]}
        for i in range(size):
            edition, kind, number = chunk[i] if i < len(chunk) else (0, Facet.EDITION, 0)
            most = counts[chunk[i]] if i < len(chunk) else 0
            bound |= {f"edition_{i}": edition, f"kind_{i}": kind, f"number_{i}": number, f"most_{i}": most}
        for i, published_at, article_id in _latest(size).all(connection, bound):
            keys_by_subject[chunk[i]].append((published_at, article_id))
    for keys in keys_by_subject.values():
        keys.sort()
    return keys_by_subject


@by_shape
def _latest(lists: int) -> SelectBase:
    parts: list[Select[Any]] = []
    for i in range(lists):
        latest = (
            select(listings.c.published_at, listings.c.article_id)
            .where(
                listings.c.edition_id == bindparam(f"edition_{i}"),
                listings.c.kind == bindparam(f"kind_{i}"),
                listings.c.facet_id == bindparam(f"number_{i}"),
                tuple_(listings.c.published_at, listings.c.article_id) <= tuple_(bindparam("at"), bindparam("id")),
            )
            .order_by(listings.c.published_at.desc(), listings.c.article_id.desc())
            .limit(bindparam(f"most_{i}", type_=Integer))
            .subquery()
        )
        parts.append(select(literal_column(str(i)).label("place"), latest.c.published_at, latest.c.article_id))
    return union_all(*parts) if len(parts) > 1 else parts[0]
