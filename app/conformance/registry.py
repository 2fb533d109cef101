"""All checks, in the order in which they run."""

from app.conformance.check import Check
from app.conformance.checks import (
    caching,
    changes,
    conditional,
    cors,
    days,
    encodings,
    feeds,
    problems,
    service,
    stream,
    timeline,
    writes,
)

CHECKS: tuple[Check, ...] = (
    *service.CHECKS,
    *timeline.CHECKS,
    *days.CHECKS,
    *conditional.CHECKS,
    *encodings.CHECKS,
    *caching.CHECKS,
    *cors.CHECKS,
    *problems.CHECKS,
    *feeds.CHECKS,
    *changes.CHECKS,
    *writes.CHECKS,
    *stream.CHECKS,
)
