"""Tracebacks without the values that exceptions quote."""

import traceback
from collections.abc import Iterator

from app.logging.redaction import REDACTED, error_message

CAUSE = "The exception above was the direct cause of the following one:"
CONTEXT = "During handling of the exception above, another one occurred:"


def traceback_lines(error: BaseException) -> Iterator[str]:
    """Yield the lines of an exception, of those that led to it, and of those in its group, without their content.

    The standard library prints the message of each exception, and notes.
    """
    yield from _lines(error, set())


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _lines(earlier, seen)
        yield CAUSE if earlier is error.__cause__ else CONTEXT
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        for entry in traceback.format_tb(error.__traceback__):
            yield from entry.rstrip("\n").split("\n")
    yield _describe(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            if id(each) not in seen:
                yield from (f"  {line}" for line in _lines(each, seen))


def _describe(error: BaseException) -> str:
    """Return the type and message of an exception; of a failed SQL statement its text, which holds no values."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    statement = getattr(error, "statement", None)
    message = f"{REDACTED} [SQL: {statement}]" if isinstance(statement, str) else error_message(error)
    return f"{name}: {message}" if message else name
