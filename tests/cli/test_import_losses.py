"""`dayline import --report` and `--strict`: what is lost of each line."""

from pathlib import Path

import orjson

from tests.cli.conftest import Dayline
from tests.importers.lines import article_line, edition_line, pack


def test_report_file_has_the_warnings_of_each_line(dayline: Dayline, tmp_path: Path) -> None:
    hostile = article_line("b", body_html="<p>Text</p><script>x()</script>")
    (tmp_path / "news.jsonl").write_bytes(
        pack(edition_line(), article_line("a", body_html="<p>Text</p>"), hostile, b"{")
    )

    ended = dayline("import", "--report", "report.jsonl", "news.jsonl")

    assert ended.status == 1
    report = [orjson.loads(line) for line in (tmp_path / "report.jsonl").read_bytes().splitlines()]
    assert [(entry["file"], entry["line"]) for entry in report if "error" in entry] == [("news.jsonl", 4)]
    warnings = {entry["line"]: entry["warnings"] for entry in report if "warnings" in entry}
    detail = "<script> was dropped with its content: x()"
    assert warnings[3] == [{"where": "body_html", "code": "content-dropped", "detail": detail}]


def test_strict_import_refuses_lines_with_a_loss(dayline: Dayline, tmp_path: Path) -> None:
    hostile = article_line("b", body_html="<p>Text</p><script>x()</script>")
    harmless = article_line("a", body_html="<p>Text</p>")
    ignored = article_line("c", status="draft", first_published_at="2026-01-01T08:00:00Z")
    (tmp_path / "news.jsonl").write_bytes(pack(edition_line(), hostile, harmless, ignored))

    ended = dayline("import", "--strict", "news.jsonl")

    assert ended.status == 1
    assert "line 2: body_html: <script> was dropped with its content: x()" in ended.errors
    assert "line 4: first_published_at: An article that was never public does not store it" in ended.errors
    assert "1 article created" in ended.output
