"""Members of catalogue entries: types of tags and authors, URI forms of codes, and comparison of names."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from app.errors import InvalidValueError

MAX_EMAIL: Final = 254
MAX_POSITION: Final = 10_000
"""The last position of a section; the lists order sections without one after it."""
MAX_FORMER_SLUGS: Final = 1_000
"""Maximum of former names of an entry; a rename or a merge beyond it is refused, so that no stored entry has more."""

_EMAIL: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\".]+(?:\.[^\s@<>()\[\]\\,;:\".]+)+")
_AGENCIES: Final = frozenset(
    {
        "afp",
        "agence france presse",
        "agencia efe",
        "ansa",
        "ap",
        "associated press",
        "bloomberg news",
        "bta",
        "deutsche presse agentur",
        "dpa",
        "efe",
        "interfax ukraine",
        "kyodo news",
        "pa media",
        "press association",
        "press trust of india",
        "reuters",
        "ritzau",
        "tass",
        "ukrinform",
        "united press international",
        "xinhua",
    }
)
"""News agencies by their folded names, without a leading article, hyphens as spaces."""

_CODE_URIS: Final = {
    "iptc-mediatopic": "http://cv.iptc.org/newscodes/mediatopic/{}",
    "mediatopic": "http://cv.iptc.org/newscodes/mediatopic/{}",
    "medtop": "http://cv.iptc.org/newscodes/mediatopic/{}",
    "wikidata": "http://www.wikidata.org/entity/{}",
}
"""URI forms of codes by scheme; IPTC and Wikidata define theirs with http."""


class TagType(StrEnum):
    """Kind of subject that a tag stands for."""

    TOPIC = "topic"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    EVENT = "event"
    OTHER = "other"


class AuthorType(StrEnum):
    """Kind of author."""

    PERSON = "person"
    ORGANISATION = "organisation"


class EntryOrder(StrEnum):
    """Order of a list of entries."""

    NAME = "name"
    POSITION = "position"
    SLUG = "slug"


def default_author_type(name: str) -> AuthorType:
    """Return the type of an author whose record has none: an organisation only if it is a well-known news agency."""
    plain = name_key(name).replace("-", " ").removeprefix("the ")
    return AuthorType.ORGANISATION if plain in _AGENCIES else AuthorType.PERSON


def name_key(name: str) -> str:
    """Return the form in which two spellings of one name are equal: without regard to case, width and spacing."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def code_uri(scheme: str, code: str) -> str | None:
    """Return the URI of a code in a scheme that has one; None for others."""
    form = _CODE_URIS.get(scheme)
    return None if form is None else form.format(quote(code.removeprefix("medtop:"), safe=""))


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return each name once, in the first of its spellings."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name_key(name), name)
    return list(found.values())


def validate_email(value: str) -> str:
    """Return the e-mail address unchanged if it has the form `name@host`; InvalidValueError otherwise."""
    if len(value) > MAX_EMAIL or not value.isprintable() or not _EMAIL.fullmatch(value):
        raise InvalidValueError("Expected an e-mail address such as 'desk@courier.example'.")
    return value
