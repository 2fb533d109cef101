"""Past addresses of articles: aliases that editors and imports give, and former URLs, stored when they end."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.write_options import WriteResult
from app.db.base import AnyRow
from app.db.bulk import bulk_insert_tuples, chunked
from app.domain.article_address import address_digest, address_key, normalize_address
from app.domain.article_url import ArticleAddressParts
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError
from app.interchange.article_urls import find_present_owners, iterate_former_urls, read_section_slugs, read_templates
from app.models.article_links import article_addresses
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

_ARTICLE: BindParameter[int] = bindparam("b_article_id")
_DIGEST: BindParameter[bytes] = bindparam("b_digest")

_Addresses = Mapping[int, Mapping[str, int | None]]
"""Addresses of articles by id, each with the instant of its end, None for an alias."""


def check_aliases(
    connection: Connection, edition_id: int, writes: Sequence[ArticleWrite], stored: WriteResult
) -> list[ArticleWrite]:
    """Return the writes whose aliases no other article has; the others get an InvalidInputError.

    An alias that is the present URL of another article would never be resolved: an editor's is an error, too, and an
    import's a warning, because the file of another installation may have it. Four statements if a record has aliases,
    none otherwise.
    """
    given = [write for write in writes if write.record.aliases is not None]
    if not given:
        return list(writes)
    keys = {address_key(alias) for write in given for alias in write.record.aliases or ()}
    owners = _find_owners(connection, edition_id, keys)
    known = [write.article_id for write in given if write.current is not None]
    for some in chunked(known):
        own = select(article_addresses.c.article_id, article_addresses.c.address).where(
            article_addresses.c.article_id.in_(some), article_addresses.c.until.is_(None)
        )
        before: dict[int, set[str]] = {}
        for row in connection.execute(own):
            before.setdefault(row.article_id, set()).add(row.address)
        for write in given:
            write.aliases_before |= before.get(write.article_id, set())
    present = find_present_owners(connection, edition_id, keys)
    for write in given:
        _check_present(write, present, stored)
        for alias in write.record.aliases or ():
            owner = owners.setdefault(address_key(alias), write.article_id)
            if owner != write.article_id:
                taken = FieldError("aliases", f"'{alias[:200]}' is an address of the article {format_id(owner)}.")
                stored.outcomes[write.index] = InvalidInputError(taken)
                break
    return [write for write in writes if not isinstance(stored.outcomes[write.index], InvalidInputError)]


def _check_present(write: ArticleWrite, present: Mapping[str, int], stored: WriteResult) -> None:
    """Record an error or a warning for each new alias that is the `present` URL of another article."""
    for alias in sorted({*(write.record.aliases or ())} - write.aliases_before):
        owner = present.get(address_key(alias), write.article_id)
        if owner == write.article_id:
            continue
        detail = f"'{alias[:200]}' is the present URL of the article {format_id(owner)}."
        if write.options.reject_unknown:
            stored.outcomes[write.index] = InvalidInputError(FieldError("aliases", detail))
        else:
            warning = WriteWarning(where="aliases", code=str(WarningCode.ALIAS_TAKEN), detail=detail)
            stored.warnings.setdefault(write.index, []).append(warning)


def store_addresses(connection: Connection, edition_id: int, writes: Sequence[ArticleWrite], *, now: int) -> None:
    """Replace the aliases of these articles and store the URLs that they had until now.

    An address that another article has stays with that one.
    """
    aliases = {w.article_id: dict.fromkeys(w.record.aliases or ()) for w in writes if w.aliases_changed}
    removed = [w.article_id for w in writes if w.aliases_changed and w.aliases_before]
    if removed:
        own_aliases = (article_addresses.c.article_id == _ARTICLE, article_addresses.c.until.is_(None))
        connection.execute(delete(article_addresses).where(*own_aliases), [{"b_article_id": each} for each in removed])
    _insert(connection, edition_id, aliases)
    brought = {w.article_id: {each.url: each.until for each in w.record.former_urls} for w in writes if not w.current}
    _insert(connection, edition_id, brought)
    _insert(connection, edition_id, _former_urls(connection, edition_id, writes, now))


def _former_urls(
    connection: Connection, edition_id: int, writes: Sequence[ArticleWrite], now: int
) -> dict[int, dict[str, int | None]]:
    """Return the URLs that articles lose by a new slug or section.

    They are by all templates since the publication, with the present and the former slugs of the section.
    """
    moved = [w for w in writes if w.current is not None and w.current.version and _moves(w, w.current)]
    if not moved:
        return {}
    templates = read_templates(connection, edition_id)
    numbers = {w.current.section_id for w in moved if w.current is not None} - {None}
    section_slugs = read_section_slugs(connection, sorted(numbers))
    found: dict[int, dict[str, int | None]] = {}
    for write in moved:
        row = write.current
        if row is None or row.first_published_at is None:
            continue
        after = ArticleAddressParts(format_id(row.id), write.slug, write.record.section, row.first_published_at)
        for url, until, template in iterate_former_urls(row, section_slugs.get(row.section_id, ()), templates):
            if url != normalize_address(template.render(after)):
                found.setdefault(row.id, {}).setdefault(url, now if until is None else until)
    return found


def _moves(write: ArticleWrite, row: AnyRow) -> bool:
    return bool(row.slug != write.slug or row.section_id != next(iter(write.section_ids), None))


def _insert(connection: Connection, edition_id: int, addresses: _Addresses) -> None:
    keys = {address_key(each): article_id for article_id, some in addresses.items() for each in some}
    if not keys:
        return
    owners = _find_owners(connection, edition_id, keys)
    replaced = [{"b_digest": address_digest(key)} for key, owner in owners.items() if owner == keys[key]]
    if replaced:
        own = (article_addresses.c.edition_id == edition_id, article_addresses.c.digest == _DIGEST)
        connection.execute(delete(article_addresses).where(*own), replaced)
    rows = {
        address_key(each): (edition_id, address_digest(address_key(each)), article_id, each, until)
        for article_id, some in addresses.items()
        for each, until in some.items()
        if owners.get(address_key(each), article_id) == article_id
    }
    bulk_insert_tuples(connection, article_addresses, list(rows.values()))


def _find_owners(connection: Connection, edition_id: int, keys: Iterable[str]) -> dict[str, int]:
    """Return the articles that have these addresses, by address."""
    by_digest = {address_digest(key): key for key in keys}
    owners: dict[str, int] = {}
    for some in chunked(sorted(by_digest)):
        found = select(article_addresses.c.digest, article_addresses.c.article_id).where(
            article_addresses.c.edition_id == edition_id, article_addresses.c.digest.in_(some)
        )
        owners |= {by_digest[bytes(row.digest)]: row.article_id for row in connection.execute(found)}
    return owners
