"""The index of the guides by task, which the documentation has as one table, and the addresses of its pages."""

import posixpath
import re
from collections.abc import Collection
from typing import Final, NamedTuple

from app.net.base_path import href_of
from app.pages.markdown import LinkResolver

SECTION: Final = "/guides"
INDEX: Final = "README"
_GROUP: Final = re.compile(r"\| \*\*(.+?)\*\* \| \|")
_ROW: Final = re.compile(r"\| (.+?) \| (.+?) \|")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_DECISION: Final = re.compile(r"\d+\. \[([^\]]+)\]\((decisions/[^)]+)\.md\)")
_ENDING: Final = ".md"


class GuideLink(NamedTuple):
    """The title of a guide, and the target of its link in the documentation."""

    title: str
    target: str

    @property
    def name(self) -> str:
        """Return the name of the guide, without the heading that the link may lead to."""
        return self.target.partition("#")[0].removesuffix(_ENDING)

    @property
    def is_guide(self) -> bool:
        """Return whether the target is a page of the documentation, not a file of the repository or a heading."""
        return _ENDING in self.target and not self.target.startswith("../")


class GuideTask(NamedTuple):
    """Task of a reader, and the guides for it."""

    task: str
    guides: list[GuideLink]


class GuideGroup(NamedTuple):
    """Tasks of one kind, such as those of publishing."""

    name: str
    tasks: list[GuideTask]

    def list_guides(self) -> list[GuideLink]:
        """Return the links to guides of all tasks, in their order."""
        return [each for task in self.tasks for each in task.guides if each.is_guide]


class GuideIndex(NamedTuple):
    """The groups of tasks, and the records of decisions."""

    groups: list[GuideGroup]
    decisions: list[GuideLink]


def parse_index(source: str) -> GuideIndex:
    """Parse the index page: a table of tasks with a row in bold before each group, and a list of decisions."""
    groups: list[GuideGroup] = []
    decisions: list[GuideLink] = []
    for line in source.splitlines():
        if group := _GROUP.fullmatch(line):
            groups.append(GuideGroup(group[1], []))
        elif groups and (row := _ROW.fullmatch(line)):
            guides = [GuideLink(title, target) for title, target in _LINK.findall(row[2])]
            groups[-1].tasks.append(GuideTask(row[1], guides))
        elif decision := _DECISION.fullmatch(line):
            decisions.append(GuideLink(decision[1], f"{decision[2]}{_ENDING}"))
    return GuideIndex(groups, decisions)


def guide_href(name: str) -> str:
    """Return the address of a guide."""
    return href_of(SECTION if name == INDEX else f"{SECTION}/{name}")


def make_resolver(page: str, *, pages: Collection[str], files: Collection[str]) -> LinkResolver:
    """Return the resolver of the links in a page: relative ones lead to guides and to files beside them."""
    folder = posixpath.dirname(page)

    def resolve(target: str) -> str | None:
        path, mark, fragment = target.partition("#")
        if "://" in target or target.startswith("mailto:") or not path:
            return target
        place = posixpath.normpath(posixpath.join(folder, path))
        name = place.removesuffix(_ENDING)
        if place.endswith(_ENDING) and name in pages:
            return f"{guide_href(name)}{mark}{fragment}"
        return href_of(f"{SECTION}/{place}") if place in files else None

    return resolve
