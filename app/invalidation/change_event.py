"""Change event: a row of the change log, as cache invalidation reads it."""

from dataclasses import dataclass

from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, is_article_key, is_timestamp_key, slugs_key


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """Scope of a change: it affects responses that depend on keys in `named`, or on ranges of `lists` around `places`.

    `lists` are the lists that an article was in before or is in after the change; `places` its instants (µs) in them,
    None if they are unknown. A change of the catalogue has names only.
    """

    seq: int
    entity_keys: frozenset[str]
    list_keys: frozenset[str]
    timestamps: tuple[int, ...] | None


def parse_change_event(seq: int, names: list[str], *, is_of_article: bool, edition_id: int | None) -> ChangeEvent:
    """Parse the surrogate keys of a row and the edition it belongs to."""
    if not is_of_article:
        return ChangeEvent(seq, frozenset(names), frozenset(), ())
    places = None if ALL_TIMESTAMPS in names else tuple(int(name[3:]) for name in names if is_timestamp_key(name))
    named = {name for name in names if is_article_key(name)}
    if edition_id is not None:
        named.add(slugs_key(edition_id))
    lists = frozenset(name for name in names if not is_timestamp_key(name) and not is_article_key(name))
    return ChangeEvent(seq, frozenset(named), lists, places)
