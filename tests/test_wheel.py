"""The wheel, built and installed in an environment that does not see the checkout, and used in an empty folder."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.db import migrations
from tests.server_process import free_port

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SECONDS_MOST = 60


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    environment: Path
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of a user's shell."""
        names = ("DAYLINE_", "PYTHON", "VIRTUAL_ENV", "UV_")
        return {name: value for name, value in os.environ.items() if not name.startswith(names)}

    def run(self, program: str, *words: object) -> str:
        """Return the output of a program of the environment."""
        command: list[str | Path] = [self.environment / "bin" / program, *map(str, words)]
        done = subprocess.run(  # noqa: S603 - our own program
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel without its dependencies, which come from this suite's environment; nothing is downloaded."""
    place = tmp_path_factory.mktemp("wheel")
    environment, folder = place / "environment", place / "folder"
    folder.mkdir()
    clean = Installed(environment, folder).variables
    build: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place]
    install: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--no-cache"]
    subprocess.run(build, cwd=PROJECT, env=clean, check=True, capture_output=True, timeout=SECONDS_MOST)  # noqa: S603
    subprocess.run(  # noqa: S603 - of this suite's own interpreter
        [sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=SECONDS_MOST
    )
    [packages] = environment.glob("lib/*/site-packages")
    # The .pth files of a folder that a .pth file adds are not read: the checkout is not importable.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    [wheel] = place.glob("*.whl")
    install += ["--python", environment / "bin/python", wheel]
    subprocess.run(install, cwd=place, env=clean, check=True, capture_output=True, timeout=SECONDS_MOST)  # noqa: S603
    return Installed(environment, folder)


def test_an_installed_wheel_migrates_and_fills_and_serves_in_an_empty_folder(installed: Installed) -> None:
    where = installed.run("python", "-c", "import app; print(app.__file__)").strip()
    assert Path(where).is_relative_to(installed.environment)
    assert installed.run("dayline", "db", "upgrade") == f"The database is at {migrations.HEAD_REVISION}.\n"
    assert "articles created" in installed.run("dayline", "sample")
    port = free_port()
    with subprocess.Popen(  # noqa: S603 - our own program
        [installed.environment / "bin/dayline", "serve", "--port", str(port)],
        cwd=installed.folder,
        env=installed.variables,
        stderr=subprocess.PIPE,
    ) as server:
        try:
            assert await_json(port, "/health/ready") == {"status": "ready"}
            assert await_json(port, "/v1/timeline")["days"]
            for path in ("/docs", "/feeds/harbour/rss.xml", "/openapi.json", "/problems/not-found"):
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS_MOST) as answer:
                    assert answer.status == 200, path
            server.send_signal(signal.SIGTERM)
            _, said = server.communicate(timeout=SECONDS_MOST)
        finally:
            server.kill()
    assert b"Traceback" not in said
    assert {path.name for path in installed.folder.iterdir()} == {"dayline.db"}


def test_the_wheel_holds_every_file_of_the_package_that_is_not_code(installed: Installed) -> None:
    [package] = installed.environment.glob("lib/*/site-packages/app")
    sources = (PROJECT / "app", PROJECT / "migrations")
    found = {
        path.relative_to(PROJECT)
        for source in sources
        for path in source.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert found
    for path in found:
        target = package / path.relative_to("app") if path.parts[0] == "app" else package / path
        assert target.read_bytes() == (PROJECT / path).read_bytes()


def await_json(port: int, path: str) -> dict[str, object]:
    """Return the JSON document at a path, once the server responds."""
    for _ in range(20 * SECONDS_MOST):
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS_MOST) as answer:
                document: dict[str, object] = json.load(answer)
                return document
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(path)
