"""Graph of translations: articles that name each other as the same story, and the groups that they form."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_GROUP = 100
"""Maximum number of articles in a group."""


class TranslationLink(NamedTuple):
    """Reference to an article as it was given, and the article that it names: None until that one exists."""

    edition: str | None
    source_id: str | None
    given_id: int | None
    target_id: int | None = None

    @property
    def identity(self) -> int | tuple[str | None, str | None, int | None]:
        """Return what makes two links equal: their article, or the reference while there is none."""
        return self[:3] if self.target_id is None else self.target_id

    def names(self) -> Iterator[tuple[str, str] | int]:
        """Yield the identities of articles that the reference means: edition and `source_id`, or the id."""
        if self.edition is not None and self.source_id is not None:
            yield self.edition, self.source_id
        if self.given_id is not None:
            yield self.given_id


class StoryVersion(NamedTuple):
    """Article in a group: its edition, the language of its text in lower case, and whether it is public."""

    edition_id: int
    language: str
    is_public: bool


class Clash(NamedTuple):
    """Two articles that cannot be in one group, or None for a group that is too large."""

    first: int
    second: int | None


@dataclass(slots=True)
class TranslationGraph:
    """Articles and their links. A link in either direction joins two articles; what is joined is a group."""

    versions: dict[int, StoryVersion]
    _links: dict[int, tuple[TranslationLink, ...]]
    _referrers: dict[int, set[int]]

    def __init__(self) -> None:
        self.versions = {}
        self._links = {}
        self._referrers = {}

    def links_of(self, article_id: int) -> tuple[TranslationLink, ...]:
        """Return the links of an article to others, as they were given."""
        return self._links.get(article_id, ())

    def set_links(self, article_id: int, links: Iterable[TranslationLink]) -> None:
        """Replace the links of an article; of several with one identity the first remains."""
        for link in self.links_of(article_id):
            if link.target_id is not None:
                self._referrers[link.target_id].discard(article_id)
        once: dict[object, TranslationLink] = {}
        for link in links:
            if link.target_id != article_id:
                once.setdefault(link.identity, link)
        self._links[article_id] = tuple(once.values())
        for link in once.values():
            if link.target_id is not None:
                self._referrers.setdefault(link.target_id, set()).add(article_id)

    def group_of(self, article_id: int) -> set[int]:
        """Return the articles that an article is joined with, itself included."""
        found, following = {article_id}, [article_id]
        while following:
            each = following.pop()
            near = {link.target_id for link in self.links_of(each) if link.target_id is not None}
            fresh = (near | self._referrers.get(each, set())) - found
            found |= fresh
            following += fresh
        return found

    def groups(self) -> Iterator[set[int]]:
        """Yield every group, those of one article included."""
        left = set(self.versions)
        while left:
            group = self.group_of(min(left))
            left -= group
            yield group

    def find_clash(self, article_id: int) -> Clash | None:
        """Return two articles of the group with the same edition and language, None if there are none."""
        group = self.group_of(article_id)
        if len(group) > MAX_GROUP:
            return Clash(article_id, None)
        seen: dict[tuple[int, str], int] = {}
        for each in sorted(group):
            edition_id, language, _ = self.versions[each]
            other = seen.setdefault((edition_id, language), each)
            if other != each:
                return Clash(other, each)
        return None

    def replace_group(self, article_id: int, targets: Sequence[int], pending: Iterable[TranslationLink]) -> set[int]:
        """Make the group of an article exactly these; those that it no longer has remain joined with each other.

        Return the articles whose links changed.
        """
        stay = {article_id, *targets}
        rest = self.group_of(article_id) - stay
        before = {each: self.links_of(each) for each in rest | stay}
        for each in rest:
            self.set_links(each, [link for link in self.links_of(each) if link.target_id not in stay])
        for each in stay - {article_id}:
            self.set_links(each, [link for link in self.links_of(each) if link.target_id not in rest])
        self.set_links(article_id, [*(_to(target) for target in targets), *pending])
        self.join(sorted(rest))
        return {each for each, links in before.items() if links != self.links_of(each)}

    def join(self, article_ids: Sequence[int]) -> None:
        """Link those of these articles that are not in the group of the first one."""
        for each in article_ids[1:]:
            first = article_ids[0]
            if each not in self.group_of(first):
                self.set_links(first, [*self.links_of(first), _to(each)])


def group_number(group: set[int], links: Iterable[TranslationLink]) -> int | None:
    """Return the number of a group: its lowest id, None for an article without translations and references."""
    return min(group) if len(group) > 1 or any(links) else None


def _to(target: int) -> TranslationLink:
    return TranslationLink(None, None, target, target)
