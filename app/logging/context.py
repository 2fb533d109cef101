"""Context of log lines: the request id, and attributes of log records. It imports no library."""

from contextvars import ContextVar

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being handled, for its log lines."""
BATCH = "batch"
"""Attribute of a record that stands for many: pairs of a time (µs) and the arguments of its `make_record`."""
MAKE_RECORD = "make_record"
