"""Real server processes on this machine, each ended by its process id.

They are forked from one that has loaded the program already: a start takes a tenth of the time, and they serve as
`dayline serve` does.
"""

import asyncio
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx

from app.cli.main import run
from tests.cli.commands import environment_of

MAX_READY_SECONDS = 30.0
MAX_ENDED_SECONDS = 20.0
LOADED = ("app.main", "uvicorn", "asyncpg", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.sqlite", __name__)

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([*LOADED])


def start_process(target: Callable[..., None], *arguments: Any) -> tuple[ForkServerProcess, Connection]:
    """Start a process that runs this function of a module; its first argument is a pipe, whose end is returned."""
    receiver, sender = _processes.Pipe(duplex=False)
    process = _processes.Process(target=target, args=(sender, *arguments), daemon=True)
    process.start()
    sender.close()
    return process, receiver


@dataclass(frozen=True, slots=True)
class Server:
    """`dayline serve` on a loopback port; its output goes into a file."""

    process: ForkServerProcess
    port: int
    output: Path

    @property
    def address(self) -> str:
        """Return its URL."""
        return f"http://127.0.0.1:{self.port}"

    async def wait_ready(self) -> float:
        """Wait until /health/ready responds 200; return the seconds."""
        begun = time.monotonic()
        async with httpx.AsyncClient(base_url=self.address) as client:
            while time.monotonic() - begun < MAX_READY_SECONDS:
                assert self.process.is_alive(), f"the server stopped: {self.output.read_text()}"
                try:
                    if (await client.get("/health/ready")).status_code == 200:
                        return time.monotonic() - begun
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"the server is not ready: {self.output.read_text()}")

    def send(self, number: int) -> None:
        """Send a signal to this process alone."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    async def exit_status(self) -> int | None:
        """Return its status if it has ended by itself or by a signal; None while it runs."""
        await asyncio.to_thread(self.process.join, MAX_ENDED_SECONDS)
        return self.process.exitcode

    def end(self) -> None:
        """End it if it still runs; at once, whatever it does."""
        self.process.kill()
        self.process.join(MAX_ENDED_SECONDS)


def free_port() -> int:
    """Return a port that no process uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start_server(address: str, folder: Path, port: int, **settings: str) -> Server:
    """Start a server on the database at this URL; its output is appended to a file in the folder.

    `settings` are environment variables.
    """
    output = folder / f"server-{port}.txt"
    process = _processes.Process(
        target=_serve, args=(environment_of(address, **settings), folder, output, port), daemon=True
    )
    process.start()
    return Server(process, port, output)


def _serve(environment: dict[str, str], folder: Path, output: Path, port: int) -> None:
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # TMPDIR of this environment counts, not that of the parent process
    os.chdir(folder)
    with output.open("ab") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    sys.exit(run(["serve", "--port", str(port)]))
