"""Control characters of imported lines: C1 characters are repaired and reported, others make a line invalid."""

import orjson

from tests.importers.conftest import Content, ImportLines
from tests.importers.lines import article_line, edition_line, pack

SENTENCE = "Control characters were replaced by those of Windows-1252"


async def test_c1_characters_are_repaired_and_counted(bring: ImportLines, content: Content) -> None:
    brought = await bring(
        edition_line(name="The Pilot\x92s Bell"),
        {"kind": "tag", "slug": "fog", "name": "Fog \x96 thick"},
        article_line("a", headline="It\x92s late", body_html="<p>\x93So?\x94</p>"),
        article_line("b", lead="It\x92s late", extra={"a": ["\x85"]}),
    )
    assert brought.errors == []
    assert dict(brought.report.warnings) == {("characters-repaired", SENTENCE): 6}
    records = [orjson.loads(line) for line in (await content()).splitlines()]
    named = {record.get("source_id") or record["slug"]: record for record in records if record["kind"] != "label"}
    assert (named["global"]["name"], named["fog"]["name"]) == ("The Pilot\u2019s Bell", "Fog \u2013 thick")
    assert (named["a"]["headline"], named["a"]["body"][0]["html"]) == ("It\u2019s late", "“So?”")
    assert (named["b"]["lead"], named["b"]["extra"]) == ("It\u2019s late", {"a": ["…"]})


async def test_repaired_lines_are_unchanged_when_imported_again(bring: ImportLines, content: Content) -> None:
    lines = (edition_line(), article_line(None, headline="It\x92s late"), article_line("a", lead="\x80 5"))
    await bring(*lines)
    exported = await content()
    again = await bring(*lines)
    assert {str(outcome) for _, outcome in again.report.records} == {"unchanged"}
    assert (await bring(*exported.splitlines())).report.warnings == {}
    assert await content() == exported


async def test_other_control_characters_refuse_their_line_alone(bring: ImportLines) -> None:
    brought = await bring(
        edition_line(),
        article_line("a", body=[{"type": "paragraph", "html": "a\x0bb"}]),
        article_line("b", body_html="<p>\x01</p>"),
        article_line("c", extra={"a": "\x7f"}),
        {"kind": "author", "slug": "ada", "name": "Ada", "bio": "\x81"},
        article_line("d"),
        pack(article_line("e", lead="\x1b[31m")).strip(),
    )
    places = [(line, reason.partition(":")[0], reason.partition("U+")[2]) for line, reason in brought.errors]
    assert places == [
        (2, "body.0.html", "000B at character 2."),
        (3, "body_html", "0001 at character 4."),
        (4, "extra.a", "007F at character 1."),
        (5, "bio", "0081 at character 1."),
        (7, "lead", "001B at character 1."),
    ]
    assert brought.outcomes == {"created": 1}
