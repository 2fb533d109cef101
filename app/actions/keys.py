"""Actions on keys: create, rotate and revoke API keys, record their last use, create the signing secret."""

from collections.abc import Mapping
from secrets import token_bytes

import orjson
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from app.domain.api_key import hash_token, make_prefix, make_token
from app.domain.instant import SECOND_US
from app.domain.signed_token import SECRET_BYTES, SECRET_NAME
from app.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from app.interchange.key_value import compare_and_set, get_value
from app.models.api_key import api_keys
from app.models.edition import editions
from app.schemas.api_key import ApiKeyCreate

_TAKEN = select(api_keys.c.id).where(api_keys.c.prefix == bindparam("prefix"))
_FOUND = (
    select(api_keys.c.id, api_keys.c.digest, api_keys.c.expires_at, api_keys.c.revoked_at)
    .where(api_keys.c.prefix == bindparam("prefix"))
    .with_for_update()
)
_USED = (
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key_id"),
        or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < bindparam("used_at")),
    )
    .values(last_used_at=bindparam("used_at"))
)


def create_key(connection: Connection, record: ApiKeyCreate, *, now: int) -> tuple[str, str]:
    """Create a key and return its prefix and token; the token is not stored.

    InvalidInputError for a past expiry, and for unknown editions.
    """
    if record.expires_at is not None and record.expires_at <= now:
        raise InvalidInputError(FieldError("expires_at", "Must be in the future."))
    prefix = make_prefix()
    while connection.execute(_TAKEN, {"prefix": prefix}).first() is not None:
        prefix = make_prefix()
    token = make_token(prefix)
    row = {
        "prefix": prefix,
        "name": record.name,
        "scopes": orjson.dumps(record.scopes).decode(),
        "edition_ids": _edition_ids(connection, record),
        "is_trusted": record.trusted,
        "digest": hash_token(token),
        "created_at": now,
        "expires_at": record.expires_at,
    }
    connection.execute(insert(api_keys), row)
    return prefix, token


def _edition_ids(connection: Connection, record: ApiKeyCreate) -> str | None:
    if record.editions is None:
        return None
    rows = connection.execute(select(editions.c.slug, editions.c.id).where(editions.c.slug.in_(record.editions)))
    ids = {row.slug: row.id for row in rows}
    unknown = [slug for slug in record.editions if slug not in ids]
    if unknown:
        raise InvalidInputError(FieldError("editions", f"There is no edition '{unknown[0]}'."))
    return orjson.dumps(sorted(ids.values())).decode()


def rotate_key(connection: Connection, prefix: str, *, grace_seconds: int, now: int) -> str:
    """Return a new token of the key; the previous one remains valid for the grace period.

    A rotation ends the grace period of the previous one. NotFoundError, ConflictError for an expired or revoked key.
    """
    key = connection.execute(_FOUND, {"prefix": prefix}).first()
    if key is None:
        raise _missing(prefix)
    if key.revoked_at is not None:
        raise ConflictError(f"The key '{prefix}' was revoked; create another.")
    if key.expires_at is not None and key.expires_at <= now:
        raise ConflictError(f"The key '{prefix}' has expired; create another.")
    token = make_token(prefix)
    has_grace = grace_seconds > 0
    connection.execute(
        update(api_keys).where(api_keys.c.id == key.id),
        {
            "digest": hash_token(token),
            "previous_digest": key.digest if has_grace else None,
            "previous_secret_expires_at": now + grace_seconds * SECOND_US if has_grace else None,
            "rotated_at": now,
        },
    )
    return token


def revoke_key(connection: Connection, prefix: str, *, now: int) -> None:
    """Revoke the key from this commit on; it remains listed. A repeated call changes nothing. NotFoundError."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.prefix == prefix)
        .values(
            revoked_at=func.coalesce(api_keys.c.revoked_at, now), previous_digest=None, previous_secret_expires_at=None
        )
    )
    if done.rowcount == 0:
        raise _missing(prefix)


def record_last_used(connection: Connection, uses: Mapping[int, int]) -> None:
    """Record the last use by key id; an earlier instant than the stored one is ignored."""
    if uses:
        connection.execute(_USED, [{"key_id": key_id, "used_at": at} for key_id, at in sorted(uses.items())])


def _missing(prefix: str) -> NotFoundError:
    return NotFoundError(f"There is no key '{prefix[:80]}'.")


def get_or_create_signing_secret(connection: Connection) -> bytes:
    """Return the signing secret of this installation, 32 bytes, created on first use."""
    value = get_value(connection, SECRET_NAME)
    if value is not None:
        return value
    secret = token_bytes(SECRET_BYTES)
    if compare_and_set(connection, SECRET_NAME, old=None, new=secret):
        return secret
    return get_or_create_signing_secret(connection)  # another process has created one since it was read
