"""Locks of a transaction: that of the change log, and named ones that are tried without waiting."""

from hashlib import blake2b

from sqlalchemy import BigInteger, Connection, bindparam, text

CHANGE_LOG_LOCK = 0x6461796C696E65  # "dayline", a number that no other lock on the server has

_LOCK = text(f"SELECT pg_advisory_xact_lock({CHANGE_LOG_LOCK})")
_TRY = text("SELECT pg_try_advisory_xact_lock(:number)").bindparams(bindparam("number", type_=BigInteger))


def lock_change_log(connection: Connection) -> None:
    """Block other writers of the change log until this transaction ends; on SQLite any write does."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def try_lock(connection: Connection, name: str) -> bool:
    """Return whether this transaction now holds the lock of that name until it ends; never waits.

    On SQLite always True: any write transaction excludes all other writers.
    """
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(_TRY, {"number": lock_number(name)}).scalar_one())


def lock_number(name: str) -> int:
    """Return the lock number of a name: 63 bits of its hash, negative, so that it differs from fixed numbers."""
    return -1 - (int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1)
