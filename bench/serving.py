"""Servers to measure, each a process on a core of its own, ended by its process id."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1
MAX_READY_SECONDS, MAX_END_SECONDS = 60.0, 15.0
POLL_INTERVAL_S = 0.002
PROJECT = Path(__file__).resolve().parents[1]
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """Response as received: `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process in MiB: all resident pages, and those it shares with no other process."""

    rss: float
    uss: float


@dataclass(frozen=True, slots=True)
class Server:
    """Process that serves HTTP on a loopback port."""

    process: subprocess.Popen[bytes]
    port: int
    words: Path

    def get(
        self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes | None = None
    ) -> Response:
        """Send one request on a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MAX_READY_SECONDS)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            return Response(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def get_each(self, paths: Iterable[str]) -> None:
        """Send requests one after the other on one connection; each has to be answered with 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MAX_READY_SECONDS)
        try:
            for path in paths:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                assert response.status == http.client.OK, f"{path} is answered with {response.status}"
        finally:
            connection.close()

    def wait(self, path: str) -> None:
        """Return as soon as the server responds to this path with 200."""
        until = time.monotonic() + MAX_READY_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, f"the server stopped: {self.words.read_text()}"
            try:
                if self.get(path).status == http.client.OK:
                    return
            except OSError:
                pass
            time.sleep(POLL_INTERVAL_S)
        raise TimeoutError(f"the server is not ready: {self.words.read_text()}")

    def memory(self) -> Memory:
        """Return its memory now, as Linux reports it."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
        return Memory(kib["Rss"] * 1024 / MIB, (kib["Private_Clean"] + kib["Private_Dirty"]) * 1024 / MIB)

    def end(self) -> None:
        """End it, and wait until it has exited."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(MAX_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Pin processes started in this context to a core, where the system can pin and has such a core."""
    if not can_pin():
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def can_pin() -> bool:
    """Return whether server and load generator can have a core each."""
    return hasattr(os, "sched_setaffinity") and {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with these settings and no other ones of Dayline."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DAYLINE_")}
    return clean | {"PYTHONPATH": str(PROJECT)} | dict(settings)


@contextmanager
def serving(
    command: Sequence[str], port: int, folder: Path, *, ready: str, settings: Mapping[str, str], core: int = SERVER_CORE
) -> Iterator[Server]:
    """Run a server by its command line; yield once `ready` responds, and end it afterwards."""
    words = folder / f"server-{port}.txt"
    with words.open("wb") as stream, on_core(core):
        process = subprocess.Popen(  # noqa: S603 - commands of the bench itself
            list(command), env=environment(settings), cwd=folder, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL
        )
    server = Server(process, port, words)
    try:
        server.wait(ready)
        yield server
    finally:
        server.end()
