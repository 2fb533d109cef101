"""Table of members of articles that were added to the first ones: where each is stored, and its value where absent.

A member of this table is also a field of the records (`schemas/article_members.py`) and of the responses
(`schemas/article.py`). Storage, content hash, revisions, diffs, exports, previews, erasure and `fields` follow from the
table. A member has a column of its own only if lists show it or filter by it.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from typing import Any, Final, NamedTuple

import orjson


class ArticleAccess(StrEnum):
    """Audience of an article on the front end: a label, since this API has no paywall."""

    FREE = "free"
    REGISTERED = "registered"
    PAID = "paid"


class ArticleFormat(StrEnum):
    """Main medium of an article; a page, such as an imprint, is listed on request only."""

    ARTICLE = "article"
    GALLERY = "gallery"
    VIDEO = "video"
    AUDIO = "audio"
    PAGE = "page"


class Storage(Enum):
    """Storage of a member: a column of `articles`, the JSON object `articles.details`, or a column beside the body."""

    COLUMN = auto()
    DETAILS = auto()
    BODY = auto()


class ArticleMember(NamedTuple):
    """Member of an article: its name, where it is stored, the value of an article without it, and who reads it."""

    name: str
    storage: Storage = Storage.DETAILS
    empty: Any = None
    is_public: bool = True


MEMBERS: Final = (
    ArticleMember("format", Storage.COLUMN, empty=ArticleFormat.ARTICLE),
    ArticleMember("kicker", Storage.COLUMN),
    ArticleMember("subheadline"),
    ArticleMember("short_headline"),
    ArticleMember("byline"),
    ArticleMember("canonical_url"),
    ArticleMember("seo"),
    ArticleMember("social"),
    ArticleMember("access", Storage.COLUMN),
    ArticleMember("featured", Storage.COLUMN, empty=False),
    ArticleMember("alert", Storage.COLUMN, empty=False),
    ArticleMember("urgency"),
    ArticleMember("sensitive", empty=False),
    ArticleMember("language", Storage.COLUMN),
    ArticleMember("editor_note", is_public=False),
    ArticleMember("embargoed_until", Storage.COLUMN, is_public=False),
    ArticleMember("extra", Storage.BODY),
)
NAMES: Final = tuple(member.name for member in MEMBERS)
_NAMES: Final = frozenset(NAMES)
LISTED: Final = frozenset({"kicker", "format", "access"})
"""Members that every item of a public list has."""
SELECTABLE: Final = tuple(member.name for member in MEMBERS if member.is_public and member.name not in LISTED)
"""Public members that the page of an article has, and items of lists whose `fields` names them."""
_COLUMNS: Final = tuple(member for member in MEMBERS if member.storage is Storage.COLUMN)
_DETAILS: Final = tuple(member for member in MEMBERS if member.storage is Storage.DETAILS)
EMPTY: Final = {member.name: member.empty for member in MEMBERS}
_NO_DETAILS: Final = {member.name: member.empty for member in _DETAILS}
_NO_COLUMNS: Final = {**{member.name: member.empty for member in _COLUMNS}, "details": None}


def given_members(record: Any) -> dict[str, Any]:
    """Return the values of the members that a record has, as JSON values in the order of the table.

    Members that the record does not have are empty; most records have none.
    """
    if _NAMES.isdisjoint(record.model_fields_set):
        return {}
    values = ((member.name, getattr(record, member.name), member.empty) for member in MEMBERS)
    return {name: _plain(value) for name, value, empty in values if value != empty}


def member_columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `articles` that store given members."""
    if not given:
        return _NO_COLUMNS.copy()
    details = {member.name: given[member.name] for member in _DETAILS if member.name in given}
    columns = {member.name: given.get(member.name, member.empty) for member in _COLUMNS}
    return {**columns, "details": orjson.dumps(details).decode() if details else None}


def load_details(details: str | None) -> dict[str, Any]:
    """Return the members of a stored `details`, each with a value."""
    return {**_NO_DETAILS, **orjson.loads(details)} if details is not None else _NO_DETAILS.copy()


def is_omitted_from_sitemaps(details: str | None) -> bool:
    """Return whether sitemaps omit an article with these details: another page is canonical, or it has `noindex`."""
    if details is None:
        return False
    stored = load_details(details)
    return stored["canonical_url"] is not None or (stored["seo"] is not None and stored["seo"]["noindex"])


def load_members(row: Any) -> dict[str, Any]:
    """Return the members that a row with the columns of `articles` stores."""
    stored = {member.name: getattr(row, member.name) for member in _COLUMNS}
    stored |= {name: bool(stored[name]) for name in ("featured", "alert")}
    return {**load_details(row.details), **stored}


def _plain(value: Any) -> Any:
    return value.model_dump() if hasattr(value, "model_dump") else value
