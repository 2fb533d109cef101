"""Real nginx with the configuration of the documentation, for these ports and folders, and what may stand behind."""

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
    """Where nginx is; the test is skipped where it is not."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("nginx is not installed here")
    return found


def configured(upstream: int, port: int, folder: Path) -> str:
    """The configuration, for these ports of this machine and this folder."""
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
        assert text.count(documented) == 1, documented
        text = text.replace(documented, here)
    return text


@contextmanager
def nginx_before(upstream: int, folder: Path) -> Iterator[str]:
    """The address of nginx in front of this port, from its start to its end."""
    program, port = find_nginx(), free_port()
    file = folder / "nginx.conf"
    file.write_text(configured(upstream, port, folder))
    user = " user root;" if os.geteuid() == 0 else ""
    command = [program, "-p", str(folder), "-c", str(file), "-e", str(folder / "begin.log"), "-g", f"daemon off;{user}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:  # noqa: S603 - found above
        try:
            _wait_for(port, process, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(MAX_SECONDS)
    told = (folder / "error.log").read_text() if (folder / "error.log").exists() else ""
    assert "[emerg]" not in told
    assert "[alert]" not in told


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
    """Stands in Dayline's place: notes what it is asked, and answers with what it was given for each path.

    Unless it `is_open` it answers nobody; once it `is_gone` it hangs up on whoever asks for anything but /lasting.
    """

    port: int = 0
    connections: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    body: bytes = b"words"
    pause: float = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    is_gone: bool = False

    def asked_for(self, path: str) -> list[dict[str, str]]:
        """The requests for a path, each with its fields."""
        return [each for each in self.asked if each["line"].split(" ")[1] == path]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection; 304 where the client names the tag."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().strip().split("\r\n")
                told = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
                self.asked.append({"line": line, **told})
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
                is_known = "ETag" in fields and told.get("if-none-match") == fields["ETag"]
                status, body = ("304 Not Modified", b"") if is_known else ("200 OK", self.body)
                if not is_known:
                    fields["Content-Length"] = str(len(body))
                said = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                writer.write(f"HTTP/1.1 {status}\r\n{said}\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def an_upstream(fields: dict[str, dict[str, str]]) -> AsyncIterator[Upstream]:
    """One within it, which answers with these fields by path."""
    upstream = Upstream(fields=fields)
    upstream.is_open.set()
    server = await asyncio.start_server(upstream.answer, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
