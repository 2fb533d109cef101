"""`dayline serve`: the API in one process or several."""

import ctypes
import gc
import logging
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from app.cli.command import SERVER_SETTINGS, Command, Example, setting_option, with_options
from app.cli.runner import check_schema, with_database
from app.cli.settings import format_former, format_unknown
from app.db.engine import find_wide_files, parse_database_url
from app.environment import is_color_disabled
from app.errors import ConfigurationError
from app.logging.configuration import configure_logging, log_uncaught, make_configuration
from app.settings import (
    LogFormat,
    Settings,
    find_former_variables,
    find_unknown_variables,
    read_settings,
)

log = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 30
DRAIN_SECONDS = 10
FILES = 16_384  # one for each connection, among them up to 5,000 streams
M_ARENA_MAX = -8  # malloc.h of glibc
MAX_ARENAS = 2
GARBAGE_THRESHOLDS = (10_000, 20, 5)
"""Thresholds of the garbage collector: the first generation after 10,000 new objects, all after a million.

Streams, writes and SQLAlchemy's statements leave cycles that survive the first two generations. The collector also
defers the third until a quarter of all objects is new to it, so that it seldom traverses a full cache.
"""


@click.command(
    "serve",
    cls=Command,
    settings=SERVER_SETTINGS,
    examples=[
        Example("dayline serve", "Serve on http://127.0.0.1:8000"),
        Example("dayline serve --host 0.0.0.0 --port 9000 --workers 4", "Serve other machines, in four processes"),
        Example("DAYLINE_DATABASE_URL=postgresql://news@db/news dayline serve", "Use PostgreSQL"),
        Example("DAYLINE_DATABASE_URL_FILE=/run/secrets/database dayline serve", "Read its URL from a mounted secret"),
    ],
)
@setting_option("host")
@setting_option("port", type=click.IntRange(0, 65_535))
@setting_option("workers", type=click.IntRange(1, 64))
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API.

    Options override variables. A DAYLINE_PORT such as tcp://10.0.0.7:8000 is ignored, because Kubernetes sets it
    (service link). With NO_COLOR set, log lines have no colour.
    """
    gc.disable()  # `make_app` enables it again: until then everything that is created stays
    settings = with_options(read_settings(), host=host, port=port, workers=workers)
    with_database(check_schema, at_head=False)
    with _serving_metrics(settings):
        _run(settings)


def _run(settings: Settings) -> None:
    """Serve until a signal ends the process."""
    import uvicorn  # noqa: PLC0415 - only this command pays for it

    _check_address(settings.host, settings.port)
    _allow_files()
    configuration = _logging_configuration(settings)
    configure_logging(configuration)
    _warn_of_former_variables()
    _warn_of_unknown_variables()
    _warn_of_wide_files(settings)
    uvicorn.run(
        "app.cli.serve:make_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http="app.response_cache.wire.protocol:CachedResponseProtocol"
        if settings.wire_cache
        else "app.server.protocol:BoundedProtocol",
        ws="none",
        log_config=configuration,
        access_log=False,  # the application logs requests, cached responses included
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


@contextmanager
def _serving_metrics(settings: Settings) -> Iterator[None]:
    """Serve the metrics of several workers in this process, which outlives them; a single one serves its own."""
    if settings.metrics is None:
        yield
        return
    from app.metrics.group import MetricsGroup  # noqa: PLC0415 - only where metrics are served
    from app.metrics.leader import MetricsLeader  # noqa: PLC0415 - as above

    leader = MetricsLeader(MetricsGroup(settings.metrics, settings.database_url), settings.metrics)
    if settings.workers == 1:
        leader.check()
        yield
        return
    leader.lead_if_free()
    try:
        yield
    finally:
        leader.close()


def _warn_of_former_variables() -> None:
    """Log settings under their former names, once for all workers."""
    former = find_former_variables()
    if former:
        log.warning("Deprecated settings, read until 1.0: %s; rename them", format_former(former))


def _warn_of_unknown_variables() -> None:
    """Log unknown settings in the process that starts the workers: once for all of them."""
    unknown = find_unknown_variables()
    if unknown:
        log.warning("Unknown settings are ignored: %s; 'dayline settings' lists the settings", format_unknown(unknown))


def _logging_configuration(settings: Settings) -> dict[str, Any]:
    return make_configuration(
        level=settings.log_level.upper(),
        json=settings.log_format is LogFormat.JSON,
        color=sys.stderr.isatty() and not is_color_disabled(),
    )


def _warn_of_wide_files(settings: Settings) -> None:
    """Log a warning if other users of this machine can read the database, which holds secrets."""
    for path, mode in find_wide_files(parse_database_url(settings.database_url)):
        log.warning(
            "Database file readable by every user of this machine: %s (mode %04o); 'chmod 600' restricts it", path, mode
        )


def make_app() -> object:
    """Create the application of one serving process, with the garbage collector off while modules load.

    Later collections leave out what exists then (`gc.freeze`).
    """
    gc.disable()
    log_uncaught()  # uvicorn's configuration is unchanged, a disabled access log included
    bound_arenas()
    from app.main import create_app  # noqa: PLC0415 - the process that supervises workers has no use for it

    app = create_app()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.enable()
    return app


def _allow_files() -> None:
    """Raise the limit of open files to what streams may need, as far as the system allows: many start at 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _check_address(host: str, port: int) -> None:
    """Raise ConfigurationError if the address is unusable, in one sentence and before the server logs anything."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error


def bound_arenas() -> bool:
    """Limit glibc to two malloc arenas; return False with another C library.

    Each thread otherwise gets an arena of its own, up to eight per core, and memory that a thread frees stays
    in its arena: 30 MB after five minutes of mixed load. Call it before threads start.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, MAX_ARENAS))
    except (OSError, AttributeError, TypeError):  # another C library, or another system
        return False
