"""Operations without I/O: generators that yield what to do, and receive its outcome.

An operation is written once, as a flow. Each client performs the effects that the flow yields, one with blocking calls
and one with awaited ones.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

import httpx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; `is_streamed` leaves a successful response open, to be read by parts."""

    method: str
    url: httpx.URL
    timeout: httpx.Timeout
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    is_streamed: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: send a request. Its outcome is an httpx.Response."""

    call: Call


@dataclass(frozen=True, slots=True)
class Read:
    """Effect: read the next part of the open response. Its outcome is bytes, or None at the end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Effect: wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Emit(Generic[T]):
    """Step of an iterator: its next item."""

    item: T


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """Last step of a flow: what it returns."""

    value: T


Effect: TypeAlias = Send | Read | Pause
Flow: TypeAlias = Generator[Effect, Any, T]
ItemFlow: TypeAlias = Generator[Effect | Emit[T], Any, None]


def advance(flow: Generator[Any, Any, Any], outcome: object) -> Any:
    """Return the next step of a flow, given the outcome of the one before; an exception is raised within the flow."""
    try:
        return flow.throw(outcome) if isinstance(outcome, Exception) else flow.send(outcome)
    except StopIteration as end:
        return Result(end.value)
