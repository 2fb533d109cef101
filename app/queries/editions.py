"""Editions: found once per answer, and shown."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.cursor import decode_name, encode_name
from app.domain.scope import Scope
from app.domain.strings import complete_strings
from app.errors import NotFound
from app.models.edition import editions
from app.schemas.edition import Edition, EditionLink
from app.schemas.page import EditionList
from app.schemas.question import NameQuestion

ARTICLE_URL = "{site_url}/{slug}"
PATH = "/v1/editions"


@dataclass(frozen=True, slots=True)
class EditionView:
    """What answers need to know of an edition; `article_url` is the `template` with its site filled in."""

    id: int
    slug: str
    name: str
    language: str
    timezone: str
    site_url: str
    template: str
    article_url: str
    is_default: bool
    strings: str
    modified_at: int

    @property
    def zone(self) -> ZoneInfo:
        """The edition's own zone."""
        return find_zone(self.timezone)

    def url_of(self, slug: str, article_id: str) -> str:
        """An article's address on the front end."""
        return self.article_url.replace("{slug}", slug).replace("{id}", article_id)

    def query(self) -> str:
        """What an address needs to mean this edition: nothing for the default one."""
        return "" if self.is_default else f"?edition={self.slug}"


_COLUMNS = select(
    editions.c.id,
    editions.c.slug,
    editions.c.name,
    editions.c.language,
    editions.c.timezone,
    editions.c.site_url,
    editions.c.article_url,
    editions.c.is_default,
    editions.c.strings,
    editions.c.modified_at,
)
_ALL = _COLUMNS.order_by(editions.c.slug)
_DEFAULT = _COLUMNS.where(editions.c.is_default)
_NAMED = _COLUMNS.where(editions.c.slug == bindparam("slug"))
_PAGE = _COLUMNS.where(editions.c.slug > bindparam("after")).order_by(editions.c.slug).limit(bindparam("limit"))


def find_edition(connection: Connection, slug: str | None) -> EditionView:
    """The edition of that slug, or the default one; NotFound."""
    if slug is None:
        row = connection.execute(_DEFAULT).first()
        if row is None:
            raise NotFound("There is no edition here yet.")
    else:
        row = connection.execute(_NAMED, {"slug": slug}).first()
        if row is None:
            raise NotFound(f"There is no edition '{slug[:80]}' here.")
    return _view(row)


def all_editions(connection: Connection) -> list[EditionView]:
    """Every edition, by slug."""
    return [_view(row) for row in connection.execute(_ALL)]


def get_edition(connection: Connection, slug: str) -> tuple[Edition, int]:
    """One edition with its interface strings, and the instant it was last modified; NotFound."""
    view = find_edition(connection, slug)
    return _edition(view), view.modified_at


def list_editions(connection: Connection, question: NameQuestion) -> EditionList:
    """Editions by slug."""
    digest = Scope(edition="editions").digest()
    after = "" if question.cursor is None else decode_name(question.cursor, digest)
    rows = connection.execute(_PAGE, {"after": after, "limit": question.limit + 1}).all()
    shown = [_view(row) for row in rows[: question.limit]]
    page: EditionList = {"items": [_edition(view) for view in shown], "next": None}
    if len(rows) > question.limit:
        cursor = encode_name(shown[-1].slug, digest)
        page["next"] = {"cursor": cursor, "href": question.href(PATH, cursor=cursor)}
    return page


def list_edition_links(connection: Connection) -> list[EditionLink]:
    """Every edition in short, the default one first."""
    views = sorted(all_editions(connection), key=lambda view: not view.is_default)
    return [edition_link(view) for view in views]


def edition_link(view: EditionView) -> EditionLink:
    """An edition in short."""
    return {
        "slug": view.slug,
        "name": view.name,
        "language": view.language,
        "timezone": view.timezone,
        "default": view.is_default,
        "href": f"{PATH}/{view.slug}",
    }


def _edition(view: EditionView) -> Edition:
    return {
        **edition_link(view),
        "site_url": view.site_url,
        "article_url": view.template,
        "strings": complete_strings(view.language, orjson.loads(view.strings)),
    }


def _view(row: AnyRow) -> EditionView:
    template = row.article_url or ARTICLE_URL
    return EditionView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        site_url=row.site_url,
        template=template,
        article_url=template.replace("{site_url}", row.site_url),
        is_default=row.is_default,
        strings=row.strings,
        modified_at=row.modified_at,
    )
