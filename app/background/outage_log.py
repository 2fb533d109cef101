"""Log lines of repeating failures: one where a failure begins, one for each new cause, one where it ends."""

import logging
import time

from app.db.database import DATABASE_ERRORS, error_summary, log_summary

REQUEST_SETTLE_S = 5.0
MAX_CAUSES = 16
"""Causes of one outage that are logged; further ones are counted only."""


class OutageLogger:
    """Logs one kind of failure when it begins, when it has another cause, and when it ends, instead of each time.

    `failed` and `recovered` are the beginnings of the lines, such as "CDN purge failed, retrying" and "CDN purge
    recovered". A cause is logged once in an outage, so that failures with alternating causes do not fill the log. An
    outage ends with the first success that follows the last failure by `settle_s` seconds. Exceptions that are not
    `expected` are faults, logged with their traceback. Methods may be called from any thread.
    """

    def __init__(
        self,
        log: logging.Logger,
        failed: str,
        recovered: str,
        *,
        expected: tuple[type[BaseException], ...] = DATABASE_ERRORS,
        settle_s: float = 0.0,
    ) -> None:
        self._log = log
        self._failed = failed
        self._recovered = recovered
        self._expected = expected
        self._settle_s = settle_s
        self._causes: set[str] = set()
        self._began_at = self._last_at = 0.0
        self.failures = 0
        """Failures since the outage began; 0 where there is none."""

    @property
    def is_failing(self) -> bool:
        """Return whether an outage has begun and not ended."""
        return self.failures > 0

    def failure(self, error: BaseException, *, subject: str | None = None) -> None:
        """Count a failure, and log it where it begins an outage or has a new cause; `subject` precedes the line."""
        self._last_at = time.monotonic()
        if not self.failures:
            self._began_at = self._last_at
        self.failures += 1
        is_own = isinstance(error, self._expected) and not isinstance(error, DATABASE_ERRORS)
        summary = error_summary(error) if is_own else log_summary(error)
        if summary in self._causes or len(self._causes) >= MAX_CAUSES:
            return
        self._causes.add(summary)
        event = self._failed if subject is None else f"{subject}: {self._failed}"
        is_fault = not isinstance(error, self._expected)
        self._log.error("%s: %s", event, summary, exc_info=error if is_fault else None)

    def success(self) -> None:
        """End the outage, where there is one, and log its length."""
        if not self.failures or time.monotonic() - self._last_at < self._settle_s:
            return
        failures, self.failures = self.failures, 0
        self._causes.clear()
        seconds, times = self._last_at - self._began_at, "1 failure" if failures == 1 else f"{failures} failures"
        self._log.warning("%s after %s in %.1f s", self._recovered, times, seconds)


class RequestOutages:
    """Outages that requests meet: of the database, apart for reads and writes, and unexpected errors by route.

    Routes are few, so each has a logger of its own. A response to another request of the same kind ends an outage, five
    seconds after the last failure at the earliest.
    """

    def __init__(self) -> None:
        self._database: dict[bool, OutageLogger] = {}  # by whether the request writes
        self._faults: dict[str, OutageLogger] = {}
        self.is_failing = False
        """True from the first failure of an outage to its end."""

    def database_failure(self, log: logging.Logger, subject: str, error: BaseException, *, is_write: bool) -> None:
        """Log that the database cannot be used; `subject` is the method and path of the request."""
        self.is_failing = True
        if is_write not in self._database:
            recovered = "Database writes succeed again" if is_write else "Database available again"
            self._database[is_write] = OutageLogger(log, "database unavailable", recovered, settle_s=REQUEST_SETTLE_S)
        self._database[is_write].failure(error, subject=subject)

    def fault(self, log: logging.Logger, subject: str, error: BaseException, *, route: str) -> None:
        """Log an unexpected error, with its traceback."""
        self.is_failing = True
        if route not in self._faults:
            recovered = f"{route}: no unexpected errors any more"
            self._faults[route] = OutageLogger(
                log, "unexpected error", recovered, expected=(), settle_s=REQUEST_SETTLE_S
            )
        self._faults[route].failure(error, subject=subject)

    def success(self, *, route: str | None, is_write: bool, used_database: bool) -> None:
        """End the outages that a response without an error disproves."""
        if not self.is_failing:
            return
        if used_database and is_write in self._database:
            self._database[is_write].success()
        if route is not None and route in self._faults:
            self._faults[route].success()
        self.is_failing = any(each.is_failing for each in (*self._database.values(), *self._faults.values()))
