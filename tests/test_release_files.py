"""What a release is made of: one version everywhere, notes from the changelog, and workflows with pinned actions."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from app.schemas.examples.reading import SERVICE
from tools.release_notes import absolute_links, check_tag, cut_notes, main

PROJECT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
CHANGELOG = """# Changelog

## [0.3.0] - 2027-01-02

### Added
- A thing ([docs](docs/thing.md#a), [site](https://site.example/)).

## [0.2.0] - 2026-11-29
- Older.
"""


def test_version_is_the_same_everywhere() -> None:
    written = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert version("dayline") == written, "run `make setup`: the installed metadata are those of another version"
    assert SERVICE["version"] == written
    assert f'name = "dayline"\nversion = "{written}"\n' in (PROJECT / "uv.lock").read_text()
    assert cut_notes((PROJECT / "CHANGELOG.md").read_text(), written)


def test_notes_are_the_section_of_a_version() -> None:
    assert cut_notes(CHANGELOG, "0.3.0").splitlines()[0] == "### Added"
    assert cut_notes(CHANGELOG, "0.2.0") == "- Older."


@pytest.mark.parametrize("unknown", ["0.1.0", "0.3", "0.3.00"])
def test_notes_of_an_unknown_version_are_refused(unknown: str) -> None:
    with pytest.raises(ValueError, match="no notes"):
        cut_notes(CHANGELOG, unknown)


def test_links_to_files_are_made_absolute() -> None:
    notes = absolute_links(cut_notes(CHANGELOG, "0.3.0"), "https://forge.example/blob/v0.3.0")
    assert "[docs](https://forge.example/blob/v0.3.0/docs/thing.md#a)" in notes
    assert "[site](https://site.example/)" in notes


def test_notes_are_refused_for_another_tag(capsys: pytest.CaptureFixture[str]) -> None:
    check_tag("v1.2.3", "1.2.3")
    assert main(["v0.0.1"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert main([f"v{version('dayline')}"]) == 0
    assert capsys.readouterr().out.strip()


def test_workflows_pin_actions_by_commit() -> None:
    used = [line for path in WORKFLOWS for line in re.findall(r"uses: (.+)", path.read_text())]
    assert used
    for line in used:
        assert line.startswith("./") or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[0-9.]+", line), line


def test_workflows_call_existing_targets() -> None:
    text = "".join(path.read_text() for path in WORKFLOWS)
    targets = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    for called in (*re.findall(r"\.ci/[a-z]+", text), *re.findall(r"tools/[a-z_]+\.py", text)):
        assert (PROJECT / called).is_file(), called
    assert set(re.findall(r"make ([a-z]+)", text)) <= set(targets)
    assert {".ci/run", ".ci/image"} <= set(re.findall(r"\.ci/[a-z]+", text))


def test_pre_commit_hooks_run_the_commands_of_lint() -> None:
    lint = (PROJECT / "Makefile").read_text().split("lint: setup")[1].split("\n\n")[0]
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in lint.splitlines()[1:]]
    hooks = re.findall(r"entry: (.+)", (PROJECT / ".pre-commit-config.yaml").read_text())
    assert [hook.replace(" --force-exclude", "").replace(" --check", "") for hook in hooks] == [
        command.replace(" --check", "") for command in commands
    ]
