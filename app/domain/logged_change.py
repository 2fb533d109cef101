"""A row of the change log as those read it who drop kept answers."""

from dataclasses import dataclass

from app.domain.surrogate import EVERY_PLACE, is_place, names_article, slugs_key


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """What a change concerned: answers that looked at something `named`, and parts of `lists` that hold a place.

    `lists` are those an article stood in before or stands in after; `places` the instants (µs) at which it does,
    None where they are not told apart. A change of the catalogue has only names.
    """

    seq: int
    named: frozenset[str]
    lists: frozenset[str]
    places: tuple[int, ...] | None


def logged_change(seq: int, names: list[str], *, is_of_article: bool, edition_id: int | None) -> LoggedChange:
    """A change from the surrogate keys of its row and the edition it belongs to."""
    if not is_of_article:
        return LoggedChange(seq, frozenset(names), frozenset(), ())
    places = None if EVERY_PLACE in names else tuple(int(name[3:]) for name in names if is_place(name))
    named = {name for name in names if names_article(name)}
    if edition_id is not None:
        named.add(slugs_key(edition_id))
    lists = frozenset(name for name in names if not is_place(name) and not names_article(name))
    return LoggedChange(seq, frozenset(named), lists, places)
