"""Preconditions of writes: the revision that a change was made from."""

from collections.abc import Collection

from app.errors import PreconditionFailedError


def check_revision(current: int, expected: Collection[int] | None, *, noun: str = "resource") -> None:
    """Raise PreconditionFailedError unless the current revision is among the expected ones, if any are.

    `noun` is what the error calls the resource.
    """
    if expected is not None and current not in expected:
        raise PreconditionFailedError(f"The {noun} is at revision {current} now; read it again and repeat the change.")
