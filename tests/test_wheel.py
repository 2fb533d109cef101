"""The wheel, built and installed in an environment that does not see the checkout, and used in an empty folder."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from app.db import migrations
from tests.api.contract import operations
from tests.server_process import free_port

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
TIMEOUT_S = 60
SCOPES = ("articles:write", "articles:publish", "catalogue:write", "keys:manage", "webhooks:manage")
DEPENDENCIES = pytest.param("checkout", id="dependencies-of-the-checkout")
OWN_DEPENDENCIES = pytest.param("index", id="dependencies-of-its-own", marks=pytest.mark.soak)
CARRIED = {"app": "app", "migrations": "app/migrations", "docs": "app/docs"}
"""Folders of the project that the wheel carries, and where it installs them."""


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
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
        assert done.returncode == 0, done
        return done.stdout

    @property
    def package(self) -> Path:
        """Return the folder of the installed package."""
        [package] = self.environment.glob("lib/*/site-packages/app")
        return package


@dataclass(frozen=True, slots=True)
class Served:
    """An installed wheel that serves its sample, and a key with every scope for writing."""

    installed: Installed
    client: httpx.Client
    token: str

    def get(self, path: str, status: int = 200, *, authorized: bool = False) -> httpx.Response:
        """Return the response to a GET request, which has this status."""
        response = self.client.get(path, headers=self.authorization if authorized else {})
        assert response.status_code == status, (path, response.text)
        return response

    @property
    def authorization(self) -> dict[str, str]:
        """Return the header fields of a request with the key."""
        return {"Authorization": f"Bearer {self.token}"}


def install_wheel(project: Path, place: Path, *, has_own_dependencies: bool) -> Installed:
    """Build the wheel of a project and install it in an environment of its own, in this folder.

    Its dependencies are downloaded, or else those of this suite's environment.
    """
    environment, folder = place / "environment", place / "folder"
    folder.mkdir()
    clean = Installed(environment, folder).variables
    build: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place]
    install: list[str | Path] = [BIN / "uv", "pip", "install", "--quiet", "--python", environment / "bin/python"]
    subprocess.run(build, cwd=project, env=clean, check=True, capture_output=True, timeout=TIMEOUT_S)  # noqa: S603
    subprocess.run(  # noqa: S603 - of this suite's own interpreter
        [sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=TIMEOUT_S
    )
    if not has_own_dependencies:
        [packages] = environment.glob("lib/*/site-packages")
        # The .pth files of a folder that a .pth file adds are not read: the checkout is not importable.
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        install += ["--offline", "--no-deps", "--no-cache"]
    [wheel] = place.glob("*.whl")
    subprocess.run([*install, wheel], cwd=place, env=clean, check=True, timeout=5 * TIMEOUT_S)  # noqa: S603
    return Installed(environment, folder)


@pytest.fixture(scope="module", params=[DEPENDENCIES, OWN_DEPENDENCIES])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel of the product."""
    place = tmp_path_factory.mktemp("wheel")
    return install_wheel(PROJECT, place, has_own_dependencies=request.param == "index")


@pytest.fixture(scope="module")
def served(installed: Installed) -> Iterator[Served]:
    """Upgrade an empty folder's database, load the sample, serve it, and end the server without a traceback."""
    assert installed.run("dayline", "db", "upgrade") == f"The database is at {migrations.HEAD_REVISION}.\n"
    assert "articles created" in installed.run("dayline", "sample")
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    token = installed.run("dayline", "keys", "create", "--name", "Wheel", *scopes).strip()
    port = free_port()
    with (
        subprocess.Popen(  # noqa: S603 - our own program
            [installed.environment / "bin/dayline", "serve", "--port", str(port)],
            cwd=installed.folder,
            env=installed.variables,
            stderr=subprocess.PIPE,
        ) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT_S) as client,
    ):
        try:
            wait_until_ready(client)
            yield Served(installed, client, token)
            server.send_signal(signal.SIGTERM)
            _, log = server.communicate(timeout=TIMEOUT_S)
        finally:
            server.kill()
    assert b"Traceback" not in log
    assert {path.name for path in installed.folder.iterdir()} == {"dayline.db"}


def wait_until_ready(client: httpx.Client) -> None:
    """Return once the server responds; raise TimeoutError when it never does."""
    for _ in range(20 * TIMEOUT_S):
        try:
            if client.get("/health/ready").json() == {"status": "ready"}:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError


def public_paths(document: dict[str, Any]) -> Iterator[str]:
    """Yield the path of each public GET operation with the examples of its required parameters.

    Left out are the stream, which does not end, and previews, whose tokens are secret.
    """
    for operation in operations(document):
        path = operation.path
        if operation.method != "get" or path.startswith("/v1/editorial/") or path == "/v1/stream":
            continue
        parameters = operation.spec.get("parameters", [])
        examples = {each["name"]: each["schema"]["examples"][0] for each in parameters if each["in"] == "path"}
        required = {each["name"]: each["schema"]["examples"][0] for each in parameters if each.get("required")}
        query = urlencode({name: value for name, value in required.items() if name not in examples})
        yield path.format(**examples) + (f"?{query}" if query else "")


def test_wheel_is_imported_from_its_own_environment(installed: Installed) -> None:
    where = installed.run("python", "-c", "import app; print(app.__file__)").strip()
    assert Path(where).parent == installed.package
    assert not list(installed.package.parent.glob("dayline_client*")), "the client is a package of its own"
    assert installed.run("dayline", "--version") == f"dayline {version('dayline')}\n"
    assert str(installed.package / "docs") in installed.run("dayline", "docs")


def test_wheel_carries_every_file_that_is_not_code(installed: Installed) -> None:
    found = {
        path
        for folder in CARRIED
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert {"py.typed", "meridian.jsonl", "operations.md", "nginx.conf"} <= {path.name for path in found}
    for path in found:
        folder, *rest = path.relative_to(PROJECT).parts
        target = installed.package.parent.joinpath(CARRIED[folder], *rest)
        assert target.read_bytes() == path.read_bytes()
    [licence] = installed.package.parent.glob("dayline-*.dist-info/licenses/LICENSE")
    assert licence.read_bytes() == (PROJECT / "LICENSE").read_bytes()


def test_wheel_responds_to_every_public_get_of_its_document(served: Served) -> None:
    document = served.get("/openapi.json").json()
    assert document["info"]["version"] == served.get("/v1").json()["version"] == version("dayline")
    assert served.get("/v1/timeline").json()["days"]
    paths = list(public_paths(document))
    assert len(paths) > 30
    for path in paths:
        assert served.get(path).content, path


def test_wheel_serves_its_pages_with_their_assets(served: Served) -> None:
    page = served.get("/docs").text
    assets = [part for part in page.split('"') if part.startswith("/assets/")]
    assert len(assets) >= 2
    for path in (*assets, "/problems", "/problems/not-found", "/guides", "/guides/feeds", "/llms.txt"):
        assert served.get(path).content, path
    assert served.get("/guides/feeds.md").content == (PROJECT / "docs/feeds.md").read_bytes()
    start = served.client.get("/", headers={"accept": "text/html"})
    for path in re.findall(r'"(/assets/[^"]+)"', start.text):
        assert "immutable" in served.get(path).headers["cache-control"], path
    assert served.get("/nowhere", 404).headers["content-type"] == "application/problem+json"


def test_wheel_publishes_what_an_editor_writes(served: Served) -> None:
    articles = "/v1/editorial/articles"
    served.get(articles, 401)
    before = served.get("/v1/changes").json()["as_of"]
    headline = "The wheel turns"
    draft = {"headline": headline, "edition": "harbour", "body": [{"type": "paragraph", "text": "It does."}]}
    created = served.client.post(articles, json=draft, headers=served.authorization)
    assert created.status_code == 201, created.text
    article = created.json()
    address = f"/v1/articles/{article['slug']}"
    served.get(address, 404)
    preview = served.get(f"{articles}/{article['id']}/preview", authorized=True).json()
    assert served.get(preview["href"]).json()["headline"] == headline
    published = served.client.put(f"{articles}/{article['id']}/publication", json={}, headers=served.authorization)
    assert published.status_code == 200, published.text
    assert served.get(address).json()["headline"] == headline
    assert headline in served.get("/v1/timeline?limit=1").text
    assert headline in served.get("/feeds/harbour/rss.xml").text
    with served.client.stream("GET", "/v1/stream", headers={"Last-Event-ID": str(before)}) as stream:
        events = (line for line in stream.iter_lines() if line.startswith("data:"))
        assert any(headline in event for event in events)


def test_wheel_responds_to_editorial_lists(served: Served) -> None:
    for name in ("articles", "editions", "sections", "tags", "authors", "labels", "changes", "keys", "webhooks"):
        assert "items" in served.get(f"/v1/editorial/{name}", authorized=True).json(), name


def test_wheel_exports_and_backs_up_its_database(served: Served, tmp_path: Path) -> None:
    served.installed.run("dayline", "export", "-o", tmp_path / "everything.jsonl")
    assert "budget-passes-by-one-vote" in (tmp_path / "everything.jsonl").read_text()
    served.installed.run("dayline", "db", "backup", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_size
