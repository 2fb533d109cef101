"""Queries of API keys: for authentication, and for their managers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.api_key import KeyValidity
from app.domain.calendar import UTC, format_utc
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.signed_token import SECRET_NAME
from app.domain.stream_token import read_stream_token
from app.errors import NotFoundError
from app.interchange.key_value import get_value
from app.models.api_key import api_keys
from app.models.edition import editions
from app.net.base_path import href_of
from app.queries.keyset.pages import by_name
from app.schemas.api_key import ApiKey, ApiKeyList, ApiKeyListParams

PATH = "/v1/editorial/keys"

_DIGEST = ListFilter(edition="keys").digest()
_BY_PREFIX = by_name("prefix")
_STATE = select(
    api_keys.c.id,
    api_keys.c.prefix,
    api_keys.c.name,
    api_keys.c.scopes,
    api_keys.c.edition_ids,
    api_keys.c.is_trusted,
    api_keys.c.digest,
    api_keys.c.previous_digest,
    api_keys.c.previous_secret_expires_at,
    api_keys.c.expires_at,
    api_keys.c.revoked_at,
)
_STATE_BY_PREFIX = _STATE.where(api_keys.c.prefix == bindparam("prefix"))
_STATE_BY_ID = _STATE.where(api_keys.c.id == bindparam("key_id"))
_SHOWN = select(
    api_keys.c.prefix,
    api_keys.c.name,
    api_keys.c.scopes,
    api_keys.c.edition_ids,
    api_keys.c.is_trusted,
    api_keys.c.previous_secret_expires_at,
    api_keys.c.created_at,
    api_keys.c.rotated_at,
    api_keys.c.expires_at,
    api_keys.c.revoked_at,
    api_keys.c.last_used_at,
)
_EDITIONS = select(editions.c.id, editions.c.slug)
_ONE = _SHOWN.where(api_keys.c.prefix == bindparam("prefix"))
_PAGE = _SHOWN.where(api_keys.c.prefix > bindparam("after")).order_by(api_keys.c.prefix).limit(bindparam("limit"))


@dataclass(frozen=True, slots=True)
class StoredKey:
    """API key as stored, for verification."""

    id: int
    prefix: str
    name: str
    scopes: frozenset[str]
    editions: frozenset[int] | None
    is_trusted: bool
    state: KeyValidity


def get_stored_key(connection: Connection, prefix: str) -> StoredKey | None:
    """Return the key with that prefix, valid or not."""
    row = connection.execute(_STATE_BY_PREFIX, {"prefix": prefix}).first()
    return None if row is None else _stored_key(row)


def _stored_key(row: AnyRow) -> StoredKey:
    state = KeyValidity(
        digest=row.digest,
        previous_digest=row.previous_digest,
        previous_until=row.previous_secret_expires_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
    bound = None if row.edition_ids is None else frozenset(orjson.loads(row.edition_ids))
    return StoredKey(row.id, row.prefix, row.name, frozenset(orjson.loads(row.scopes)), bound, row.is_trusted, state)


def find_signing_secret(connection: Connection) -> bytes | None:
    """Return the secret that signs preview and stream tokens; None as long as nothing was signed."""
    return get_value(connection, SECRET_NAME)


def get_key_of_stream_token(connection: Connection, token: str, *, now: int | None) -> StoredKey | None:
    """Return the key that a stream token is for, valid or not; None if the token is not valid at `now`.

    Without `now` an expired token counts as well.
    """
    secret = find_signing_secret(connection)
    key_id = None if secret is None else read_stream_token(secret, token, now=now)
    row = None if key_id is None else connection.execute(_STATE_BY_ID, {"key_id": key_id}).first()
    return None if row is None else _stored_key(row)


def get_key(connection: Connection, prefix: str) -> ApiKey:
    """Return one key as managers see it; NotFoundError."""
    row = connection.execute(_ONE, {"prefix": prefix}).first()
    if row is None:
        raise NotFoundError(f"There is no key '{prefix[:80]}'.")
    return _keys(connection, [row])[0]


def list_keys(connection: Connection, params: ApiKeyListParams) -> ApiKeyList:
    """Return every key by prefix, including revoked and expired ones."""
    page = _BY_PREFIX.read_page(
        connection, _PAGE, params, digest=_DIGEST, href=lambda cursor: params.href(PATH, cursor=cursor)
    )
    return {"items": _keys(connection, page.rows), "next": page.next}


def _keys(connection: Connection, rows: Sequence[AnyRow]) -> list[ApiKey]:
    """Return keys with the slugs of the editions that they are bound to; one statement where any is."""
    is_bound = any(row.edition_ids is not None for row in rows)
    slugs = {row.id: row.slug for row in connection.execute(_EDITIONS)} if is_bound else {}
    return [_key(row, slugs) for row in rows]


def _key(row: AnyRow, slugs: Mapping[int, str]) -> ApiKey:
    bound = None if row.edition_ids is None else orjson.loads(row.edition_ids)
    return {
        "prefix": row.prefix,
        "href": href_of(f"{PATH}/{row.prefix}"),
        "name": row.name,
        "scopes": orjson.loads(row.scopes),
        "editions": None if bound is None else sorted(slugs[each] for each in bound if each in slugs),
        "trusted": row.is_trusted,
        "created_at": format_instant(row.created_at, UTC),
        "expires_at": format_utc(row.expires_at),
        "revoked_at": format_utc(row.revoked_at),
        "rotated_at": format_utc(row.rotated_at),
        "previous_secret_expires_at": format_utc(row.previous_secret_expires_at),
        "last_used_at": format_utc(row.last_used_at),
    }
