"""Contestants: Dayline, nginx, bare uvicorn, and FastAPI by hand on either database."""

import gzip
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.serving import SERVER_CORE, Response, Server, free_port, serving

PAGE = "/v1/timeline"
BARE_OPTIONS = (
    *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header", "--no-proxy-headers"),
    *("--log-level", "warning"),
)
NGINX_CONF = """{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{
    worker_connections 1024;
    multi_accept on;
}}
http {{
    access_log off;
    default_type application/json;
    types {{ }}
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout 65;
    keepalive_requests 1000000000;
    open_file_cache max=1000 inactive=1h;
    open_file_cache_valid 1h;
    reset_timedout_connection on;
    server_tokens off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {folder}/files;
        location = /plain.json {{ }}
        location = /browser.json {{ gzip_static on; }}
    }}
}}
"""


@contextmanager
def dayline(
    address: str, folder: Path, *, core: int = SERVER_CORE, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run `dayline serve` on a database with one worker; yield once it responds."""
    port = free_port()
    command = dayline_command("serve", "--port", str(port))
    given = {"DAYLINE_DATABASE_URL": address, **(settings or {})}
    with serving(command, port, folder, ready=PAGE, settings=given, core=core) as server:
        yield server


def dayline_command(*words: str) -> list[str]:
    """Return the installed command, as an operator types it."""
    return [str(Path(sys.executable).with_name("dayline")), *words]


@contextmanager
def bare_uvicorn(body: bytes, folder: Path) -> Iterator[Server]:
    """Run an ASGI app that responds to everything with these bytes."""
    file = folder / "body.json"
    file.write_bytes(body)
    with _uvicorn("bench.bare_uvicorn:app", folder, "/", {"BENCH_BODY": str(file)}) as server:
        yield server


@contextmanager
def by_hand(address: str, folder: Path) -> Iterator[Server]:
    """Run the program by hand for the kind of database that the URL names."""
    kind, _, rest = address.partition("://")
    if kind == "sqlite":
        program, database = "bench.by_hand_sqlite:app", rest.removeprefix("/")
    else:
        program, database = "bench.by_hand_postgresql:app", address
    with _uvicorn(program, folder, "/timeline?before=0-0", {"BENCH_DATABASE": database}) as server:
        yield server


@contextmanager
def _uvicorn(program: str, folder: Path, ready: str, settings: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", program, "--port", str(port), *BARE_OPTIONS]
    with serving(command, port, folder, ready=ready, settings=settings) as server:
        yield server


def find_nginx() -> str | None:
    """Return the path of the program, None where it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(program: str, plain: bytes, browser: Response, folder: Path) -> Iterator[Server]:
    """Run nginx with these bytes on disk: /plain.json as they are, /browser.json as a browser received them.

    A gzipped response is stored as a file that `gzip_static` finds; any other coding would need a module that packages
    of nginx lack, so nginx responds with the plain bytes there.
    """
    files = folder / "files"
    files.mkdir()
    (files / "plain.json").write_bytes(plain)
    (files / "browser.json").write_bytes(plain)
    if browser.headers.get("content-encoding") == "gzip":
        assert gzip.decompress(browser.body) == plain
        (files / "browser.json.gz").write_bytes(browser.body)
    port = free_port()
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""  # else it would run as nobody
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX_CONF.format(user=user, folder=folder, port=port))
    command = [program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    with serving(command, port, folder, ready="/plain.json", settings={}) as server:
        yield server
