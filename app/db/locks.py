"""Locks that last as long as a transaction: the change log's, and those taken by name when nobody holds them."""

from hashlib import blake2b

from sqlalchemy import BigInteger, Connection, bindparam, text

CHANGE_LOG_LOCK = 0x6461796C696E65  # "dayline", any number that nothing else on the server locks

_LOCK = text(f"SELECT pg_advisory_xact_lock({CHANGE_LOG_LOCK})")
_TRY = text("SELECT pg_try_advisory_xact_lock(:number)").bindparams(bindparam("number", type_=BigInteger))


def lock_change_log(connection: Connection) -> None:
    """Hold other writers of the log back until this transaction ends; on SQLite it already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def try_lock(connection: Connection, name: str) -> bool:
    """Whether this transaction now holds the lock of that name, until it ends; it never waits.

    On SQLite it always does: whoever writes there holds back every other writer anyway.
    """
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(_TRY, {"number": lock_number(name)}).scalar_one())


def lock_number(name: str) -> int:
    """The number of a name: 63 bits of its hash, below zero, where no lock with a number of its own is."""
    return -1 - (int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1)
