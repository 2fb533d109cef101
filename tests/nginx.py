"""Real nginx with the documented configuration, for these ports and folders, and an upstream server for it."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.server_process import free_port

CONFIGURATION = Path(__file__).resolve().parents[1] / "docs/nginx.conf"
MAX_SECONDS = 10.0
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def find_nginx() -> str:
    """Return where nginx is; the test is skipped where it is not."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("nginx is not installed here")
    return found


def configured(upstream: int, port: int, folder: Path) -> str:
    """Return the configuration, for these ports of this machine and this folder."""
    text = CONFIGURATION.read_text()
    places = "".join(f"    {name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    for documented, here in {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/var/cache/nginx/dayline ": f"{folder}/cache ",
        "/var/log/nginx/access.log ": f"{folder}/access.log ",
        "/var/log/nginx/error.log ": f"{folder}/error.log ",
        "/run/nginx.pid;": f"{folder}/nginx.pid;",
        "http {\n": f"http {{\n{places}",
    }.items():
        assert documented in text, documented
        text = text.replace(documented, here)
    return text


def minimal(servers: str, folder: Path) -> str:
    """Return a configuration with these server blocks, whose files are all in this folder."""
    places = "".join(f"{name}_temp_path {folder}/{name}; " for name in TEMPORARY)
    return (
        f"worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn;\n"
        f"events {{}}\nhttp {{ access_log {folder}/access.log combined; {places}\n{servers}\n}}\n"
    )


@contextmanager
def nginx_before(upstream: int, folder: Path) -> Iterator[str]:
    """Run nginx in front of this port; yield its URL."""
    port = free_port()
    with running_nginx(configured(upstream, port, folder), port, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running_nginx(configuration: str, port: int, folder: Path) -> Iterator[None]:
    """Run nginx with a configuration that listens on this port; its log has no emergency and no alert."""
    program, file = find_nginx(), folder / "nginx.conf"
    file.write_text(configuration)
    user = " user root;" if os.geteuid() == 0 else ""
    command = [program, "-p", str(folder), "-c", str(file), "-e", str(folder / "begin.log"), "-g", f"daemon off;{user}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:  # noqa: S603 - found above
        try:
            _wait_for(port, process, folder)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(MAX_SECONDS)
    log = (folder / "error.log").read_text() if (folder / "error.log").exists() else ""
    assert "[emerg]" not in log
    assert "[alert]" not in log


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            assert process.stderr is not None
            raise AssertionError((process.stderr.read().decode(), (folder / "begin.log").read_text()))
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError("nginx does not take connections")


@dataclass(slots=True)
class Upstream:
    """Stand-in for Dayline: it records requests, and responds to each path with given fields.

    Unless it `is_open` it does not respond; once it `is_gone` it closes every connection except for /lasting.
    """

    port: int = 0
    connections: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    body: bytes = b"words"
    pause: float = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    is_gone: bool = False

    def requests_for(self, path: str) -> list[dict[str, str]]:
        """Return the requests for a path, each with its fields."""
        return [each for each in self.requests if each["line"].split(" ")[1] == path]

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Respond to the requests of one connection; 304 where the client sends the tag."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().strip().split("\r\n")
                received = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
                self.requests.append({"line": line, **received})
                await asyncio.sleep(self.pause)
                await self.is_open.wait()
                path = line.split(" ")[1].partition("?")[0]
                if self.is_gone and path != "/lasting":
                    return
                fields = {
                    "Date": "Fri, 20 Nov 2026 12:00:00 GMT",
                    "Cache-Control": "no-cache",
                    **self.fields.get(path, {}),
                }
                is_known = "ETag" in fields and received.get("if-none-match") == fields["ETag"]
                status, body = ("304 Not Modified", b"") if is_known else ("200 OK", self.body)
                if not is_known:
                    fields["Content-Length"] = str(len(body))
                field_lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                writer.write(f"HTTP/1.1 {status}\r\n{field_lines}\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def an_upstream(fields: dict[str, dict[str, str]]) -> AsyncIterator[Upstream]:
    """Run an upstream server that responds with these fields by path."""
    upstream = Upstream(fields=fields)
    upstream.is_open.set()
    server = await asyncio.start_server(upstream.respond, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
