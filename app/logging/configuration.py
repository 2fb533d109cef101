"""The one configuration of logging: every logger of the process, those of libraries included, writes to one stream."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

LIBRARIES_LEVEL = "WARNING"

log = logging.getLogger(__name__)


def make_configuration(*, level: str = "INFO", json: bool = False, color: bool = False) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`, which uvicorn calls in each process that serves.

    The level is that of the application and its server. Libraries log warnings only: below that level some of them
    log addresses with their query strings, or the values of SQL statements.
    """
    libraries = LIBRARIES_LEVEL if logging.getLevelName(level) < logging.WARNING else level
    formatter = {"()": "app.logging.rendering.make_formatter", "json": json, "color": color}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": libraries},
        "loggers": {
            "app": {"level": level},
            "uvicorn": {"level": level, "handlers": [], "propagate": True},
            "uvicorn.error": {"level": level, "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def configure_logging(configuration: dict[str, Any]) -> None:
    """Configure the log lines of this process, as uvicorn does in each process that serves."""
    from logging.config import dictConfig  # noqa: PLC0415 - only servers log

    dictConfig(configuration)
    log_uncaught()


def is_configured() -> bool:
    """Return whether anything receives the records of this process: else only warnings are printed, without a time."""
    return logging.getLogger().hasHandlers()


def log_uncaught() -> None:
    """Log warnings and uncaught exceptions of this process, and no error about the log itself.

    A line that cannot be written, on a full disk for instance, is lost: a traceback could not be written either.
    """
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_of_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("The process ends with an uncaught exception", exc_info=(kind, error, traceback))


def _log_unraisable(unraisable: Any) -> None:
    kind = type(unraisable.object).__name__  # its representation may hold content
    log.error("An exception was ignored in an object of type %s", kind, exc_info=unraisable.exc_value)


def _log_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread is not None else "unknown"
    log.error("The thread %s ended with an uncaught exception", name, exc_info=ended.exc_value)
