"""A row of the change log as those read it who drop kept answers."""

from dataclasses import dataclass

from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, is_article_key, is_timestamp_key, slugs_key


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """What a change concerned: answers that looked at something `named`, and parts of `lists` that hold a place.

    `lists` are those an article stood in before or stands in after; `places` the instants (µs) at which it does,
    None where they are not told apart. A change of the catalogue has only names.
    """

    seq: int
    entity_keys: frozenset[str]
    list_keys: frozenset[str]
    timestamps: tuple[int, ...] | None


def parse_change_event(seq: int, names: list[str], *, is_of_article: bool, edition_id: int | None) -> ChangeEvent:
    """A change from the surrogate keys of its row and the edition it belongs to."""
    if not is_of_article:
        return ChangeEvent(seq, frozenset(names), frozenset(), ())
    places = None if ALL_TIMESTAMPS in names else tuple(int(name[3:]) for name in names if is_timestamp_key(name))
    named = {name for name in names if is_article_key(name)}
    if edition_id is not None:
        named.add(slugs_key(edition_id))
    lists = frozenset(name for name in names if not is_timestamp_key(name) and not is_article_key(name))
    return ChangeEvent(seq, frozenset(named), lists, places)
