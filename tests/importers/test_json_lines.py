"""Invalid lines are reported with their number and reason, and the others are imported."""

import gzip
from typing import Any

import orjson
import pytest

from app.db.database import Database
from app.errors import InvalidInputError
from app.importers import record_reader
from app.importers.json_lines import parse_line
from tests.importers.conftest import Content, ImportLines, import_bytes
from tests.importers.lines import article_line, edition_line, pack

LONE_SURROGATE = b'{"kind":"tag","slug":"x","name":"\\ud800"}'
INVALID_UTF8 = b'{"kind":"tag","slug":"x","name":"\xff\xfe"}'

TWO_RECORDS = b'{"kind":"tag","slug":"x","name":"X"} {}'
NO_RECORDS = b"[]"

BAD_LINES: list[tuple[dict[str, Any] | bytes, str]] = [
    (b"{", "line: not JSON"),
    (b"kind=tag", "line: not JSON"),
    (TWO_RECORDS, "line: not JSON"),
    (b'{"kind":"tag","slug":"x","name":NaN}', "line: not JSON"),
    (b"[" * 100_000, "line: not JSON"),
    (LONE_SURROGATE, "line: not JSON"),
    (INVALID_UTF8, "line: not UTF-8: octet 0xFF in column 34"),
    (NO_RECORDS, "line: Must be a JSON object."),
    (b'"article"', "line: Must be a JSON object."),
    (b"null", "line: Must be a JSON object."),
    (b"{}", "kind: Must be one of edition, label, section, tag, author, article, list."),
    ({"kind": "story"}, "kind: Must be one of "),
    ({"kind": ["article"]}, "kind: Must be one of "),
    (article_line("b", headline=None), "headline: "),
    (article_line("b", headline=" \t "), "headline: Must not be empty."),
    (article_line("b", headline="x" * 1_001), "headline: "),
    (article_line("b", headline={"en": "x"}), "headline: "),
    (
        article_line("b", headline="a\x00b"),
        "headline: Text must not contain control characters other than tab and line",
    ),
    (article_line("b", lead="a\x00b"), "lead: Text must not contain control characters"),
    (article_line("a\x1bb", headline="b"), "source_id: Text must not contain control characters"),
    (article_line("语" * 401), "source_id: "),
    (article_line("b", related=["x" * 401]), "related.0: "),
    (article_line("b", colour="red"), "colour: Unknown field."),
    (article_line("b", edition=None), "edition: "),
    (article_line("b", published_at="2 November 2026"), "published_at: An instant is written as in RFC 3339"),
    (article_line("b", published_at="2026-11-02T10:00:00"), "published_at: An instant needs seconds and its offset"),
    (article_line("b", published_at="2026-02-30T10:00:00Z"), "published_at: The calendar has no such date or time"),
    (article_line("b", published_at="0999-12-31T23:59:59Z"), "published_at: An instant must lie between"),
    (article_line("b", published_at=1_762_000_000), "published_at: An instant must be a string"),
    (article_line("b", published_at=True), "published_at: An instant must be a string"),
    (article_line("b", updated_at=1e300), "updated_at: An instant must be a string"),
    (article_line("b", withdrawal={"at": 5}), "withdrawal.at: An instant must be a string"),
    (article_line("b", status="hidden"), "status: "),
    (article_line("b", slug="Night Boats"), "slug: A slug is 1 to 120"),
    (article_line("b", slug="01m8x3c7k2v9q"), "slug: A slug must not have the form of an article id"),
    (article_line("b", id="1234"), "id: '1234' is not an article id"),
    (article_line("b", id="81m8x3c7k2v9q"), "id: "),
    (article_line("b", tags="fog"), "tags: "),
    (article_line("b", authors=["Fog!"]), "authors.0: Expected a slug or code, such as 'fog', not"),
    (article_line("b", authors=[f"a{n}" for n in range(201)]), "authors: "),
    (article_line("b", source={"url": "https://x.example"}), "source.name: "),
    (article_line("b", source={"name": "X", "url": "javascript:alert(1)"}), "source.url: "),
    (article_line("b", image={"url": "https://x.example/a.jpg"}), "image.alt: "),
    (article_line("b", image={"url": "https://x.example/a.jpg", "alt": "", "width": "12"}), "image.width: "),
    (article_line("b", body="<p>Text</p>"), "body: "),
    (article_line("b", body=[{"type": "poll"}]), "body.0: "),
    (article_line("b", body=[{"type": "paragraph"}]), "body.0.html: Either 'html' or 'text' is required."),
    (
        article_line("b", body=[{"type": "paragraph", "text": "a"}, {"type": "heading", "level": 9, "text": "b"}]),
        "body.1.level: ",
    ),
    (
        article_line("b", body=[{"type": "paragraph", "html": "a\x00b"}]),
        "body.0.html: Text must not contain control characters",
    ),
    (edition_line("b", timezone="Europe/Lume"), "timezone: Must be the IANA name of a time zone"),
    (edition_line("b", timezone="localtime"), "timezone: Must be the IANA name of a time zone"),
    (edition_line("b", language="english"), "language: "),
    (edition_line("b", site_url="courier.example"), "site_url: Expected an absolute URL"),
    (edition_line("b", site_url="https://courier.example/?paper=b"), "site_url: A site's URL must not have a query"),
    (edition_line("b", site_url="https://courier.example#b"), "site_url: A site's URL must not have a query"),
    (edition_line("b", article_url="{site_url}/news"), "article_url: A template must contain {slug} or {id}"),
    (edition_line("b", default="yes"), "default: "),
    (edition_line("B"), "slug: Expected a slug or code"),
    ({"kind": "tag", "slug": "x"}, "name: "),
    ({"kind": "section", "slug": "x", "name": "X"}, "edition: "),
    ({"kind": "label", "code": "x", "text": "X", "texts": {"ukrainian": "Порт"}}, "texts.ukrainian"),
    ({"kind": "label", "code": "x", "text": "X", "genre": "Long Read"}, "genre: Expected a slug or code"),
    ({"kind": "author", "slug": "x", "name": "X", "bio": ""}, "bio: Must not be empty."),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES)
def test_invalid_line_is_rejected_with_the_location_of_its_error(line: dict[str, Any] | bytes, reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_line(line if isinstance(line, bytes) else orjson.dumps(line))
    assert refused.value.detail.startswith(reason)


def test_line_with_many_errors_reports_the_first_few() -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_line(orjson.dumps(article_line("b", headline=1, lead=2, dateline=3, section=4, label=5)))
    assert len(refused.value.errors) == 3


async def test_invalid_lines_are_reported_by_number_and_others_imported(bring: ImportLines, content: Content) -> None:
    lines: list[dict[str, Any] | bytes] = [edition_line()]
    expected = []
    bad_lines = [(line, reason) for line, reason in BAD_LINES if line not in (TWO_RECORDS, NO_RECORDS)]
    for line, reason in bad_lines:
        lines += [article_line(f"good {len(lines)}"), line]
        expected.append((len(lines), reason))
    report = await bring(*lines)
    assert [
        (number, why.startswith(reason)) for (number, why), (_, reason) in zip(report.errors, expected, strict=True)
    ] == [(number, True) for number, _ in expected]
    assert report.report.rejected == len(bad_lines)
    assert report.outcomes == {"created": len(bad_lines)}
    assert (await content()).count(b'"kind":"article"') == len(bad_lines)


async def test_records_of_every_layout_are_imported(database: Database, content: Content) -> None:
    records = [edition_line(), article_line("a"), article_line("b", lead="} {"), edition_line("late")]
    compact = [orjson.dumps(each) for each in records]
    pretty = [orjson.dumps(each, option=orjson.OPT_INDENT_2) for each in records]
    early = orjson.dumps([records[3] | {"slug": "last"} if n == 3 else each for n, each in enumerate(records)][::-1])
    await import_bytes(database, b"\n".join(compact))
    exported = await content()
    for text in (b"".join(compact), b"\n".join(pretty), orjson.dumps(records), b"[\n" + b",\n".join(pretty) + b"\n]\n"):
        for file in (text, gzip.compress(text)):
            report = await import_bytes(database, file)
            assert report.errors == []
            assert set(report.report.records.values()) <= {1, 2}
            assert {outcome for _, outcome in report.report.records} == {"unchanged"}
    assert await content() == exported
    assert (await import_bytes(database, early)).errors == []


async def test_records_before_their_edition_are_retried_whatever_their_layout(database: Database) -> None:
    records = [article_line("a", edition="late"), article_line("b", edition="never"), edition_line("late")]
    report = await import_bytes(database, orjson.dumps(records, option=orjson.OPT_INDENT_2))
    assert report.outcomes == {"created": 1}
    assert [(line, why.partition(" of ")[0]) for line, why in report.errors] == [(9, "record 2")]


async def test_invalid_records_of_a_document_are_reported_with_line_and_number(database: Database) -> None:
    good, bad = edition_line(), article_line("a", lead=5)
    twice = b'{\n "kind": "tag",\n "name": "A", "name": "B"\n}'
    latin = '{\n "kind": "tag",\n "name": "Café"\n}'.encode("latin-1")
    pretty = [orjson.dumps(good), orjson.dumps(bad, option=orjson.OPT_INDENT_2), twice, latin]
    report = await import_bytes(database, b"[" + b",\n".join(pretty) + b"\n]")
    assert report.errors[0][0] == 2
    assert report.errors[0][1].startswith("record 2 of the array: lead: ")
    assert [(line, why.split(";")[0]) for line, why in report.errors[1:]] == [
        (10, "record 3 of the array: line: the member 'name' is repeated in one object."),
        (14, "record 4 of the array: line: not UTF-8: octet 0xE9 in line 16, column 14"),
    ]


async def test_line_over_the_limit_does_not_affect_its_neighbours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_reader, "MAX_RECORD_BYTES", 1_000)

    def padded(size: int) -> bytes:
        line = pack({"kind": "tag", "slug": "padded", "name": "x"}).strip()
        return line[:-1] + b" " * (size - len(line) - 1) + b"}\n"

    good = pack({"kind": "tag", "slug": "good", "name": "Good"})
    for size in (1_001, 1_002, 1_003, 2_002, 2_003, 3_500):
        file = pack(edition_line()) + padded(size) + good + padded(size)
        report = await import_bytes(database, file)
        assert [number for number, _ in report.errors] == [2, 4], size
        assert report.report.records.total() == 2, size
    report = await import_bytes(database, padded(990) + good)
    assert report.errors == []


@pytest.mark.parametrize("ending", [b"\r\n", b"\n\n", b"\n \t\n", b"\r\n\r\n"])
async def test_any_line_ends_and_blank_lines_are_accepted(database: Database, ending: bytes) -> None:
    lines = [orjson.dumps(each) for each in (edition_line(), article_line("a"), article_line("b"))]
    for end in (ending, b""):
        report = await import_bytes(database, ending.join(lines) + end)
        assert report.errors == []
        assert report.report.records.total() == 3


async def test_byte_order_mark_is_skipped(database: Database) -> None:
    report = await import_bytes(database, b"\xef\xbb\xbf" + pack(edition_line(), article_line("a")))
    assert (report.errors, report.outcomes) == ([], {"created": 1})


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n \n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
async def test_blank_file_imports_nothing(database: Database, content: bytes) -> None:
    report = await import_bytes(database, content)
    assert (report.errors, report.report.records.total()) == ([], 0)


async def test_truncated_gzip_file_imports_its_lines_with_one_error(database: Database) -> None:
    lines = [edition_line(), *(article_line(f"a{n}", lead=f"{n * 7919 % 1009} boats") for n in range(300))]
    packed = gzip.compress(pack(*lines))
    report = await import_bytes(database, packed[: len(packed) // 2])
    assert [reason for _, reason in report.errors] == ["the compressed file is damaged from here on."]
    assert report.errors[0][0] == report.report.records.total() + 1
    assert 50 < report.outcomes["created"] < 250


async def test_damaged_gzip_file_is_reported(database: Database) -> None:
    packed = bytearray(gzip.compress(pack(edition_line(), article_line("a"))))
    packed[-6] ^= 0xFF
    report = await import_bytes(database, bytes(packed))
    assert [reason for _, reason in report.errors] == ["the compressed file is damaged from here on."]


async def test_rejection_reason_contains_no_terminal_controls(bring: ImportLines) -> None:
    report = await bring(article_line("a", **{"\x1b[2J\r\n": 1}), article_line("a", **{"x" * 10_000: 1}))
    assert all(reason.isprintable() and len(reason) <= 400 for _, reason in report.errors)
    assert len(report.errors) == 2
