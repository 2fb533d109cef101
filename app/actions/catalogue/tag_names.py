"""Names of tags: the display names and aliases by which articles may name them."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.catalogue_entry import name_key
from app.domain.list_filter import Facet
from app.domain.slug import LONGEST_CODE, is_code, slugify
from app.interchange.former_slugs import find_entry_ids_by_former_slug
from app.models.tag import tag_names, tags

_WORDLESS = "tag"
_TAGS_BY_NAME = (
    select(tag_names.c.name_key, tags.c.slug, tags.c.name)
    .join(tags, tags.c.id == tag_names.c.tag_id)
    .where(tag_names.c.name_key.in_(bindparam("name_keys", expanding=True)))
    .order_by(tags.c.slug)
)
_SYMBOL = re.compile(r"[^\w\s'\u2019\u02bc-]")


def replace_tag_names(connection: Connection, tag_id: int, names: Iterable[str]) -> None:
    """Replace the names by which articles may name a tag."""
    connection.execute(delete(tag_names).where(tag_names.c.tag_id == tag_id))
    bulk_insert_tuples(connection, tag_names, sorted({(name_key(name), tag_id) for name in names}))


def add_tag_names(connection: Connection, names: Mapping[int, str]) -> None:
    """Store the display names of new tags, by their ids."""
    bulk_insert_tuples(connection, tag_names, sorted((name_key(name), number) for number, name in names.items()))


def find_slugs_by_name(connection: Connection, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the slugs of the tags with each display name or alias, in order; none for an unknown name.

    A display name takes precedence over an alias. There are several slugs where tags share the display name or alias.
    """
    name_keys = {name: name_key(name) for name in names}
    found: dict[str, dict[bool, list[str]]] = {}
    for some in chunked(sorted(set(name_keys.values()))):
        for row in connection.execute(_TAGS_BY_NAME, {"name_keys": some}):
            is_own = name_key(row.name) == row.name_key
            found.setdefault(row.name_key, {}).setdefault(is_own, []).append(row.slug)
    return {name: _by_precedence(found.get(key, {})) for name, key in name_keys.items()}


def choose_tag_slugs(connection: Connection, names: Sequence[str], *, codes: Collection[str]) -> dict[str, str]:
    """Return slugs for names that no tag has: of the tag that the name spells or resembles, else of a new tag.

    `codes` are the slugs of other new tags. A slug that belongs to a tag with a clearly different name gets a number.
    """
    chosen = {name_key(code): code for code in codes}
    taken = {code: code for code in codes}
    for name in names:
        key = name_key(name)
        if key not in chosen:
            chosen[key] = _find_spelt_slug(connection, name) or _choose_slug(connection, name, taken)
            taken.setdefault(chosen[key], name)
    return {name: chosen[name_key(name)] for name in names}


def _find_spelt_slug(connection: Connection, name: str) -> str | None:
    """Return the slug of the tag whose slug is this name in another case, or with spaces for hyphens."""
    key = name_key(name)
    spelt = [each for each in dict.fromkeys((key, key.replace(" ", "-"))) if is_code(each)]
    found = set(connection.execute(select(tags.c.slug).where(tags.c.slug.in_(spelt))).scalars())
    return next((each for each in spelt if each in found), None)


def _choose_slug(connection: Connection, name: str, taken: Mapping[str, str]) -> str:
    base, number = slugify(name) or _WORDLESS, 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        slug = base[: LONGEST_CODE - len(suffix)].rstrip("-") + suffix
        owner = connection.execute(select(tags.c.name).where(tags.c.slug == slug)).scalar() or taken.get(slug)
        is_former = owner is None and bool(
            find_entry_ids_by_former_slug(connection, Facet.TAG, [slug], edition_id=None)
        )
        if is_former:
            number += 1
            continue
        if owner is None or (slug == base and _resembles(name, owner, slug)):
            return slug
        number += 1


def _resembles(name: str, owner: str, slug: str) -> bool:
    """Return whether a name differs from that of the tag in accents, hyphens or apostrophes at most.

    A tag without a display name has its slug as its name. Symbols are significant: `C++` and `C` have the same slug.
    """
    return not (_SYMBOL.search(name) or _SYMBOL.search(owner)) and slugify(owner) == slug


def _by_precedence(found: Mapping[bool, list[str]]) -> list[str]:
    return found.get(True) or found.get(False) or []
