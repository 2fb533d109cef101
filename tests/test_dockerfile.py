"""The Dockerfile, executed without Docker: each stage's steps in a new folder that stands for the image."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
UV = PROJECT / ".venv" / "bin" / "uv"
GETTING_UV = re.compile(r"^python -m venv (\S+) && \S+ -m pip install .* uv==\S+$")
SPARED = {"UV_COMPILE_BYTECODE", "UV_LINK_MODE"}
FETCHERS = re.compile(r"\b(?:pip|uv|apt|apt-get|curl|wget|git|npm)\b")


@dataclass
class Stage:
    """A FROM and the instructions after it, in order."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all_of(self, keyword: str) -> list[str]:
        return [value for word, value in self.steps if word == keyword]


def read_stages() -> list[Stage]:
    lines = (line for line in (PROJECT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if not line.strip():
            continue
        keyword, value = line.split(maxsplit=1)
        if keyword == "FROM":
            base, _, name = value.partition(" AS ")
            stages.append(Stage(base, name or str(len(stages))))
        else:
            stages[-1].steps.append((keyword, value))
    return stages


def read_variables(stages: Iterable[Stage], name: str) -> dict[str, str]:
    [stage] = [stage for stage in stages if stage.name == name]
    return dict(pair.split("=", 1) for value in stage.all_of("ENV") for pair in value.split())


def sent_to_the_builder(path: str) -> bool:
    """Return whether .dockerignore includes a path of the project: the last matching pattern decides."""
    is_sent = True
    for pattern in (PROJECT / ".dockerignore").read_text().split():
        plain = pattern.removeprefix("!").removeprefix("**/")
        if plain == "*" or fnmatch(path, plain) or plain in Path(path).parts:
            is_sent = pattern.startswith("!")
    return is_sent


class Builder:
    """Executes stages one after the other, each in the same place, as in containers.

    The short form uses uv of this checkout, where there is one, and neither compiles nor copies uv's cache.
    """

    def __init__(self, folder: Path, *, is_brief: bool) -> None:
        self.folder = folder
        self.is_brief = is_brief
        self.root = folder / "image"
        self.workdir = self.root
        self.environment: dict[str, str] = {}

    def build(self, stage: Stage) -> None:
        self.root.mkdir()
        inherited = {name: value for name, value in os.environ.items() if not foreign(name)}
        python = Path(sys.executable).parent
        self.environment = inherited | {"PATH": f"{python}:{os.environ['PATH']}"}
        for keyword, value in stage.steps:
            match keyword:
                case "WORKDIR":
                    self.workdir = self.inside(value)
                    self.workdir.mkdir(parents=True)
                case "ENV":
                    self.set_variables(value)
                case "COPY":
                    self.copy(value)
                case "RUN":
                    self.run(value)

    def put_aside(self, stage: Stage) -> None:
        self.root.rename(self.folder / stage.name)

    def inside(self, path: str) -> Path:
        return self.root / path.removeprefix("/")

    def set_variables(self, value: str) -> None:
        for pair in value.split():
            name, text = pair.split("=", 1)
            if self.is_brief and name in SPARED:
                continue
            text = text.replace("/dayline/.venv", f"{self.root}/dayline/.venv")
            text = text.replace("sqlite:////", f"sqlite:///{self.root}/")
            self.environment[name] = text.replace("$PATH", self.environment["PATH"])

    def copy(self, value: str) -> None:
        *words, target = value.split()
        origin = PROJECT
        if words[0].startswith("--from="):
            origin = self.folder / words.pop(0).removeprefix("--from=")
        for word in words:
            source, goal = origin / word.removeprefix("/"), self.workdir / target
            if source.is_dir():
                shutil.copytree(source, goal, symlinks=True, ignore=self.left_out(origin))
            else:
                assert origin != PROJECT or sent_to_the_builder(word), f"{word} never reaches the builder"
                shutil.copy2(source, goal)

    def left_out(self, origin: Path) -> Callable[[str, list[str]], set[str]] | None:
        if origin != PROJECT:
            return None

        def names(folder: str, children: list[str]) -> set[str]:
            place = Path(folder).relative_to(PROJECT)
            return {child for child in children if not sent_to_the_builder(str(place / child))}

        return names

    def run(self, command: str) -> str:
        if self.is_brief and UV.is_file():
            command = GETTING_UV.sub(rf"python -m venv --without-pip \1 && ln -s {UV} \1/bin/uv", command)
        done = subprocess.run(  # noqa: S603 - the project's own Dockerfile
            ["/bin/sh", "-c", command],
            cwd=self.workdir,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout


def foreign(name: str) -> bool:
    """Return whether a container would lack a variable of this process (uv's cache may be there)."""
    ours = ("DAYLINE_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")
    return name.startswith(ours) or (name.startswith("UV_") and name != "UV_CACHE_DIR")


def build_and_look(builder: Builder) -> None:
    first, last = read_stages()
    builder.build(first)
    builder.put_aside(first)
    builder.build(last)

    assert "serve" in builder.run("dayline --help")
    imported = builder.run('python -c "import app; print(app.__file__)"').strip()
    assert imported == str(builder.root / "dayline/app/__init__.py")
    assert "operations" in builder.run("dayline docs")
    builder.run("dayline db upgrade")
    assert (builder.root / "var/lib/dayline/dayline.db").is_file()

    contents = {path.name for path in builder.workdir.iterdir()}
    assert contents == {".venv", "app", "docs", "migrations"}
    assert not list(builder.workdir.glob(".venv/lib/*/site-packages/pytest")), "test tools remain"
    assert not list(builder.workdir.glob(".venv/lib/*/site-packages/pip")), "the installer of packages remains"


def test_image_builds_and_its_command_works(tmp_path: Path) -> None:
    build_and_look(Builder(tmp_path, is_brief=True))


@pytest.mark.soak
def test_long_image_builds_from_the_dockerfile(tmp_path: Path) -> None:
    build_and_look(Builder(tmp_path, is_brief=False))


def test_container_runs_as_a_numeric_user_that_is_not_root() -> None:
    user = read_stages()[-1].all_of("USER")[-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_image_health_check_uses_its_own_programs() -> None:
    [check] = read_stages()[-1].all_of("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "HEALTHCHECK", "exec")
    assert "'127.0.0.1', read_settings().port" in command[2]
    assert "'/health/ready'" in command[2]


def test_image_database_is_on_the_volume() -> None:
    last = read_stages()[-1]
    [volume] = last.all_of("VOLUME")
    assert read_variables([last], last.name)["DAYLINE_DATABASE_URL"].startswith(f"sqlite:///{volume}/")


def test_image_fetches_nothing_after_the_first_stage() -> None:
    last = read_stages()[-1]
    for keyword in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ADD"):
        for value in last.all_of(keyword):
            assert not FETCHERS.search(value), f"{keyword} {value}"
    assert not [stage.base for stage in read_stages() if "/" in stage.base], "base images have no host"


def test_image_stages_share_path_and_python() -> None:
    first, last = read_stages()
    assert first.base == last.base
    assert first.all_of("WORKDIR") == last.all_of("WORKDIR") == ["/dayline"]


def test_container_upgrades_and_execs_the_server() -> None:
    command = json.loads(read_stages()[-1].all_of("CMD")[-1])
    assert command == ["sh", "-c", "dayline db upgrade --allow-newer && exec dayline serve --host 0.0.0.0"]


def test_makefile_and_dockerfile_pin_the_same_uv() -> None:
    pinned = re.findall(r"^UV_VERSION := (\S+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert pinned == re.findall(r"\buv==(\S+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)


def test_dockerignore_excludes_generated_files() -> None:
    gathered = [".git", ".venv/bin/python", "dayline.db", "tests/test_dockerfile.py", "app/__pycache__/a.pyc"]
    assert [path for path in gathered if sent_to_the_builder(path)] == []
    assert sent_to_the_builder("app/settings.py")
