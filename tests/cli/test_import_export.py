"""`dayline import`, `export` and `sample`: files, pipes and the report."""

import gzip
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.cli.commands import CommandResult, arguments_of, environment_of, is_one_sentence, run_process
from tests.cli.conftest import Dayline
from tests.importers.lines import article_line, edition_line, pack

GOLDEN = Path(__file__).parents[1] / "golden" / "full.jsonl"


def export(dayline: Dayline, folder: Path) -> list[dict[str, Any]]:
    assert dayline("export", "--output", "all.jsonl").status == 0
    return [orjson.loads(line) for line in (folder / "all.jsonl").read_bytes().splitlines()]


@pytest.fixture
def as_input(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Set the standard input of the next command."""
    given: list[bytes] = []

    class Input:
        @property
        def buffer(self) -> io.BufferedReader:
            return io.BufferedReader(io.BytesIO(b"".join(given)))

    monkeypatch.setattr(sys, "stdin", Input())
    return given


def test_export_and_import_round_trip(dayline: Dayline, database_address: str, tmp_path: Path) -> None:
    assert dayline("import", GOLDEN, address=database_address).status == 0
    exported = dayline("export", "-o", "all.jsonl", address=database_address)
    assert (exported.status, exported.output, exported.errors) == (0, "", "24 records exported.\n")
    assert (tmp_path / "all.jsonl").read_bytes() == GOLDEN.read_bytes()
    again = dayline("import", "all.jsonl", address=database_address)
    assert (again.status, again.errors) == (0, "")
    assert "created" not in again.output
    assert "changed" not in again.output.replace("unchanged", "")


def test_invalid_lines_are_reported_with_status_1(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(pack(edition_line(), b"{", article_line("a", tags=["fog"]), {"kind": "?"}))
    ended = dayline("import", "news.jsonl")
    assert ended.status == 1
    lines = ended.errors.splitlines()
    assert lines[0].startswith("news.jsonl: line 2: line: not JSON")
    assert lines[1].startswith("news.jsonl: line 4: kind: Must be one of ")
    assert len(lines) == 2
    assert ended.output == (
        "news.jsonl: 1 article created, 1 edition created, 1 tag created from unknown codes, 2 invalid records.\n"
    )


def test_files_are_imported_in_order_despite_invalid_lines(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_bytes(pack(edition_line(), b"nonsense"))
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(pack(article_line("a", lead="First"))))
    (tmp_path / "three.txt").write_bytes(pack(article_line("a", lead="Second")))
    (tmp_path / "four.jsonl").write_bytes(b"")
    ended = dayline("import", "one.jsonl", "two.jsonl.gz", "three.txt", "four.jsonl")
    assert ended.status == 1
    assert [line.split(": ")[0] for line in ended.output.splitlines()] == [
        "one.jsonl",
        "two.jsonl.gz",
        "three.txt",
        "four.jsonl",
    ]
    assert ended.output.endswith("four.jsonl: 0 records.\n")
    assert [each["lead"] for each in export(dayline, tmp_path) if each["kind"] == "article"] == ["Second"]


def test_missing_file_stops_the_import_before_it_begins(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_bytes(pack(edition_line()))
    ended = dayline("import", "one.jsonl", "missing.jsonl")
    assert is_one_sentence(ended)
    assert ended.errors == "dayline: There is no file 'missing.jsonl'.\n"
    assert export(dayline, tmp_path) == []


def test_folder_in_place_of_an_import_file_is_named(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    ended = dayline("import", "news")
    assert is_one_sentence(ended)
    assert ended.errors == "dayline: 'news' is a folder; import its files by name.\n"


@pytest.mark.parametrize("packed", [False, True])
def test_dash_means_standard_input(dayline: Dayline, as_input: list[bytes], *, packed: bool) -> None:
    lines = pack(edition_line(), article_line("a"))
    as_input.append(gzip.compress(lines) if packed else lines)
    ended = dayline("import", "-")
    assert ended == CommandResult(0, "-: 1 article created, 1 edition created.\n", "")


def test_standard_input_and_pipes_are_import_files(tmp_path: Path, sqlite_address: str) -> None:
    lines = pack(edition_line(), article_line("a"))
    ended = run_process(sqlite_address, "import", "-", "-", folder=tmp_path, piped=lines)
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output.splitlines()[1] == "-: 0 records."
    ended = run_process(sqlite_address, "import", "/dev/stdin", folder=tmp_path, piped=lines)
    assert ended == CommandResult(0, "/dev/stdin: 1 article unchanged, 1 edition unchanged.\n", "")


def test_export_to_a_closed_pipe_ends_silently(tmp_path: Path, sqlite_address: str) -> None:
    crowd = pack(edition_line(), *(article_line(f"a{n}", lead="fog " * 200) for n in range(600)))
    assert run_process(sqlite_address, "import", "-", folder=tmp_path, piped=crowd).status == 0
    with subprocess.Popen(  # noqa: S603 - our own program
        arguments_of("export"),
        env=environment_of(sqlite_address),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as exporting:
        assert exporting.stdout is not None
        assert exporting.stderr is not None
        exporting.stdout.read(10)
        exporting.stdout.close()
        errors = exporting.stderr.read()
    assert (exporting.returncode, errors) == (1, b"")


def test_sample_covers_the_features(dayline: Dayline, tmp_path: Path) -> None:
    ended = dayline("sample")
    assert (ended.status, ended.errors) == (0, "")
    assert "refused" not in ended.output
    assert "created from unknown codes" not in ended.output
    records = export(dayline, tmp_path)
    kinds = {kind: [each for each in records if each["kind"] == kind] for kind in ("edition", "label", "article")}
    assert {each["language"].split("-")[0] for each in kinds["edition"]} == {"en", "uk"}
    assert {each["label"] for each in kinds["article"]} >= {each["code"] for each in kinds["label"]}
    assert {each["edition"] for each in kinds["article"]} == {each["slug"] for each in kinds["edition"]}
    assert any(each["disclaimer"] for each in kinds["label"])
    blocks = {block["type"] for each in kinds["article"] for block in each["body"]}
    assert {"paragraph", "pull_quote"} <= blocks
    for edition in kinds["edition"]:
        here = [each for each in kinds["article"] if each["edition"] == edition["slug"]]
        known = {each["source_id"] for each in here}
        assert any(each["related"] for each in here)
        assert {reference for each in here for reference in each["related"]} <= known
        assert any(each["tags"] and each["authors"] and each["source"] for each in here)


def test_sample_is_not_loaded_beside_other_editions(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_bytes(pack(edition_line()))
    dayline("import", "own.jsonl")
    assert dayline("sample", "--if-empty") == CommandResult(0, "", "")
    assert len(export(dayline, tmp_path)) == 1
    assert is_one_sentence(dayline("sample"))
    assert len(export(dayline, tmp_path)) == 1
