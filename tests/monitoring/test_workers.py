"""Several real workers are one target: their counts are added, whichever of them ends and however."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.cli.commands import environment_of
from tests.server_process import free_port

PATIENCE_S = 30.0
MARKER = "zebrafish"
PATHS = [
    "/v1/timeline?limit=3",
    f"/v1/articles/{MARKER}",
    f"/v1/tags/{MARKER}?edition=global",
    f"/{MARKER}/{MARKER}",
    f"/v1/search?q={MARKER}",
    "/v1/editorial/keys",
]
ROUNDS = 8
REQUESTS, DURATIONS = "dayline_http_requests_total", "dayline_http_request_duration_seconds_count"
PROCESSES, MEMORY = "dayline_processes", "dayline_process_resident_memory_bytes"
CACHE_LIMIT = "dayline_cache_limit_bytes"
DAYLINE = ["-m", "app", "serve"]
UVICORN = ["-m", "uvicorn", "app.main:create_app", "--factory"]


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Return status and text of a response, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class Metrics:
    """Samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = [each for family in text_string_to_metric_families(text) for each in family.samples]

    def sum(self, name: str, **labels: str) -> float:
        """Return the sum of all samples of a metric with these labels."""
        return sum(each.value for each in self._samples if each.name == name and labels.items() <= each.labels.items())

    def count_requests(self) -> float:
        """Return how many requests were counted, but for those that waited for the start."""
        return self.sum(REQUESTS) - self.sum(REQUESTS, route="/health/live")


class Workers:
    """Two workers on one port, and their metrics on another."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self._log = folder / "server.txt"
        (folder / "tmp").mkdir()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *command, "--workers", "2", "--port", str(self.port)],
                env=environment_of(
                    f"sqlite:///{folder}/dayline.db",
                    DAYLINE_METRICS=f"127.0.0.1:{self.metrics_port}",
                    TMPDIR=str(folder / "tmp"),
                ),
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def read_log(self) -> str:
        return self._log.read_text()

    def worker_ids(self) -> list[int]:
        """Return the process ids of the workers, the latest last."""
        return [int(each) for each in re.findall(r"Started server process \[(\d+)\]", self.read_log())]

    def request(self, path: str) -> int:
        """Send a request on a connection of its own, which any worker may accept."""
        return get(self.port, path, {"authorization": f"Bearer {MARKER}", "user-agent": MARKER})[0]

    def scrape(self) -> str:
        status, text = get(self.metrics_port, "/metrics")
        assert status == 200
        return text

    def read_metrics(self) -> "Metrics":
        return Metrics(self.scrape())

    def until(self, holds: Callable[[], bool]) -> None:
        """Return as soon as it is true."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if holds():
                    return
            except OSError:
                pass
            assert self.process.poll() is None, self.read_log()
            assert time.monotonic() < deadline, self.read_log()
            time.sleep(0.05)


def end(workers: Workers) -> None:
    """End the server with its workers, which a killed one would leave behind."""
    workers.process.send_signal(signal.SIGTERM)
    workers.process.wait(PATIENCE_S)


@contextmanager
def serving(folder: Path, template: Path, command: list[str]) -> Iterator[Workers]:
    shutil.copy(template, folder / "dayline.db")
    workers = Workers(folder, command)
    try:
        workers.until(lambda: workers.read_metrics().sum(PROCESSES) == 2)
        workers.until(lambda: workers.request("/health/live") == 200)
        yield workers
    finally:
        end(workers)


def send(workers: Workers) -> int:
    """Send each request several times, and return how many there were."""
    for _ in range(ROUNDS):
        for path in PATHS:
            workers.request(path)
    return ROUNDS * len(PATHS)


def test_counts_of_workers_are_added_and_survive_a_kill(tmp_path: Path, sqlite_template: Path) -> None:
    with serving(tmp_path, sqlite_template, DAYLINE) as workers:
        sent = send(workers)
        workers.until(lambda: workers.read_metrics().count_requests() == sent)
        metrics = workers.read_metrics()
        assert metrics.sum(DURATIONS) - metrics.sum(DURATIONS, route="/health/live") == sent
        assert metrics.sum(REQUESTS, route="none", status="404") == 2 * ROUNDS
        assert metrics.sum(REQUESTS, status="401") == ROUNDS
        assert metrics.sum(REQUESTS, route="/v1/timeline", cache="hit") >= ROUNDS - 2
        assert MARKER not in metrics.text
        assert workers.request("/metrics") == 404
        workers.until(lambda: workers.read_metrics().count_requests() == sent + 1)
        os.kill(workers.worker_ids()[0], signal.SIGKILL)
        workers.until(lambda: len(workers.worker_ids()) == 3 and workers.read_metrics().sum(PROCESSES) == 2)
        after = workers.read_metrics()
        assert after.count_requests() == sent + 1
        assert after.sum(CACHE_LIMIT) == metrics.sum(CACHE_LIMIT)
        assert after.sum(MEMORY) < 1.3 * metrics.sum(MEMORY)
        end(workers)
        assert list((tmp_path / "tmp").glob("dayline-metrics-*")) == []


def test_workers_of_uvicorn_elect_one_that_serves_the_metrics(tmp_path: Path, sqlite_template: Path) -> None:
    with serving(tmp_path, sqlite_template, UVICORN) as workers:
        sent = send(workers)
        workers.until(lambda: workers.read_metrics().count_requests() == sent)
        end(workers)
        assert list((tmp_path / "tmp").glob("dayline-metrics-*")) == []


def test_metrics_are_off_by_default(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "dayline.db")
    program = "import sys; from app.main import create_app; create_app(); print(sorted(sys.modules))"
    environment = environment_of(f"sqlite:///{tmp_path}/dayline.db")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert "'fastapi'" in done.stdout
    assert "'prometheus_client" not in done.stdout
    assert "'app.metrics" not in done.stdout
