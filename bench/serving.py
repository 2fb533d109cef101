"""Servers to measure, each a process of its own on a core of its own, ended by its own number."""

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
LOOK_EVERY_S = 0.002
PROJECT = Path(__file__).resolve().parents[1]
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds, in MiB: all pages it has in memory, and those it shares with nobody."""

    rss: float
    uss: float


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers HTTP on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int
    words: Path

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MAX_READY_SECONDS)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def walk(self, paths: Iterable[str]) -> None:
        """One request after the other on one connection, each answered with 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MAX_READY_SECONDS)
        try:
            for path in paths:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == http.client.OK, f"{path} is answered with {answer.status}"
        finally:
            connection.close()

    def wait(self, path: str) -> None:
        """Return as soon as it answers this path with 200."""
        until = time.monotonic() + MAX_READY_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, f"the server stopped: {self.words.read_text()}"
            try:
                if self.ask(path).status == http.client.OK:
                    return
            except OSError:
                pass
            time.sleep(LOOK_EVERY_S)
        raise TimeoutError(f"the server is not ready: {self.words.read_text()}")

    def memory(self) -> Memory:
        """Return its memory now, as Linux reports it."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
        return Memory(kib["Rss"] * 1024 / MIB, (kib["Private_Clean"] + kib["Private_Dirty"]) * 1024 / MIB)

    def end(self) -> None:
        """End it, and wait until it has gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(MAX_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started within it stays on this core, where the system can pin and has such a core."""
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
    """Whether server and load generator can have a core each."""
    return hasattr(os, "sched_setaffinity") and {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no other ones of Dayline."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DAYLINE_")}
    return clean | {"PYTHONPATH": str(PROJECT)} | dict(settings)


@contextmanager
def serving(
    command: Sequence[str], port: int, folder: Path, *, ready: str, settings: Mapping[str, str], core: int = SERVER_CORE
) -> Iterator[Server]:
    """A server by its command line, from the moment that `ready` answers until the end."""
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
