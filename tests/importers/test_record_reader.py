"""Streams are split into the same records in every layout, and a damaged record does not affect the others."""

import json
from io import BufferedReader, BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.json_text import TextPosition
from app.importers import record_reader
from app.importers.record_reader import RawRecord, RecordReader, RejectedPart

TEXTS = st.text('ab"\\{}[]:, \n\té舟', max_size=12)
VALUES = st.recursive(
    TEXTS | st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), min_size=1, max_size=6)


def read(content: bytes, *, most: int = 1_000_000) -> list[RawRecord | RejectedPart]:
    return list(RecordReader(BufferedReader(BytesIO(content), buffer_size=1), max_record_bytes=most))


def values(content: bytes) -> list[Any]:
    return [orjson.loads(part.text) for part in read(content) if isinstance(part, RawRecord)]


def layouts(records: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return the records in every layout that systems write."""
    compact = [json.dumps(each, ensure_ascii=False) for each in records]
    pretty = [json.dumps(each, indent=2) for each in records]
    texts = {
        "lines": "\n".join(compact),
        "lines with commas": ",\n".join(compact),
        "one line": "".join(compact),
        "blanks between": "  ".join(compact) + "\r\n",
        "pretty": "\n".join(pretty),
        "pretty without breaks": "".join(pretty),
        "mixed": "\n".join(c if n % 2 else p for n, (c, p) in enumerate(zip(compact, pretty, strict=True))),
        "array": json.dumps(records),
        "array of lines": "[\n" + ",\n".join(compact) + "\n]\n",
        "pretty array": json.dumps(records, indent="\t", ensure_ascii=False),
        "leading commas": "[" + "\n,".join(compact) + "]",
        "arrays": "\n".join(f"[{each}]" for each in compact),
        "blank lines": "\n\n \r\n".join(compact) + "\n\n",
        "carriage returns": "[\r\n" + ",\r\n".join(compact) + "\r\n]\r\n",
        "mark": "\ufeff" + json.dumps(records, indent=1),
    }
    return {name: text.encode() for name, text in texts.items()}


@given(RECORDS, st.integers(1, 80))
def test_reader_finds_the_records_of_every_layout(records: list[dict[str, Any]], piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_reader, "PIECE_BYTES", piece)
        for name, content in layouts(records).items():
            assert values(content) == records, name
            assert all(isinstance(part, RawRecord) for part in read(content)), name


@given(st.binary(max_size=60) | st.text('{}[]",:\\\n x', max_size=60).map(str.encode), st.integers(1, 30))
def test_reader_ends_on_any_bytes_and_reports_invalid_parts(content: bytes, most: int) -> None:
    parts = read(content, most=most)
    rest = content
    for part in parts:
        if isinstance(part, RawRecord):
            assert 0 < len(part.text) <= most
            _, found, rest = rest.partition(part.text)
            assert found
    if content.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\f\v,[]"):
        assert parts


@pytest.mark.parametrize(
    ("content", "positions"),
    [
        (b'{"a":1}\n\n{"b":2}\n', [(1, 1), (3, 1)]),
        (b'[\n  {"a":1},\n  {"b":\n2}, {"c":3}\n]\n{"d":4}', [(2, 3), (3, 3), (4, 5), (6, 1)]),
        (b'{\n"a":1\n}\n{"b":2} {"c":3}\n', [(1, 1), (4, 1), (4, 9)]),
        ('[{"a":"é"},{"b":2}]'.encode(), [(1, 2), (1, 13)]),
    ],
)
def test_records_have_their_line_and_byte(content: bytes, positions: list[tuple[int, int]]) -> None:
    assert [part.start for part in read(content) if isinstance(part, RawRecord)] == [
        TextPosition(*each) for each in positions
    ]


def test_records_of_an_array_are_numbered() -> None:
    parts = read(b'{"a":1}\n[{"b":2}, null,\n{"c":3}]\n')
    assert [(part.ordinal, part.text) for part in parts if isinstance(part, RawRecord)] == [
        (None, b'{"a":1}\n'),
        (1, b'{"b":2}'),
        (2, b"null"),
        (3, b'{"c":3}'),
    ]


GOOD = b'{"kind":"tag","slug":"b"}'


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"kind":"tag","slug":"a',
        b'{"kind":"tag","codes":["a",',
        b'{"kind":"tag"',
        b"{",
        b"[" * 3_000,
        b'{"kind":"tag",}',
        b'{"kind":"tag"]',
        b"kind=tag",
        b'"kind"',
        b"}",
    ],
)
def test_damaged_line_does_not_affect_its_neighbours(damaged: bytes) -> None:
    parts = read(b"\n".join([GOOD, damaged, GOOD, GOOD]))
    assert [(part.start.line, part.text.strip()) for part in parts if isinstance(part, RawRecord)] == [
        (1, GOOD),
        (2, damaged[damaged.startswith(b"[") :].strip()),
        (3, GOOD),
        (4, GOOD),
    ]


@pytest.mark.parametrize(
    "damaged", [b'    "slug": "a\n    "name": "A"', b'    "slug": "a", "name": A"', b'    "slug": ["a"}']
)
def test_damaged_record_of_a_document_does_not_affect_the_others(damaged: bytes) -> None:
    good = b'  {\n    "kind": "tag",\n    "codes": [{\n      "code": "c"\n    }]\n  }'
    bad = b'  {\n    "kind": "tag",\n' + damaged + b',\n    "codes": [{\n      "code": "c"\n    }]\n  }'
    parts = read(b"[\n" + b",\n".join([good, bad, good]) + b"\n]\n")
    assert [part.start.line for part in parts if isinstance(part, RawRecord)][:2] == [2, 8]
    assert parts[-1] == RawRecord(TextPosition(14 + damaged.count(b"\n") + 1, 3), good.strip(), 3)


def test_unclosed_array_is_reported() -> None:
    assert read(b"[\n" + GOOD + b",\n")[1:] == [RejectedPart(3, "the array is not closed: the file may be incomplete.")]


def test_utf_16_is_named_once() -> None:
    assert read('{"a":1}\n{"b":2}\n'.encode("utf-16")) == [
        RejectedPart(1, "the file is in UTF-16; convert it to UTF-8 first.")
    ]


@pytest.mark.parametrize("filler", ['"' + "x" * 90_000 + '"', "[" + "1," * 50_000 + "{}]", '"' + '\\"' * 50_000 + '"'])
@pytest.mark.parametrize(("before", "between", "after"), [("", "\n", ""), ("[", ",", "]"), ("", "", "")])
def test_record_over_the_limit_is_skipped(filler: str, before: str, between: str, after: str) -> None:
    long = '{"a":' + filler + "}"
    content = before + between.join(['{"b":1}', long, '{"c":2}', long]) + after
    parts = read(content.encode(), most=1_000)
    assert [part.text.strip() for part in parts if isinstance(part, RawRecord)] == [b'{"b":1}', b'{"c":2}']
    assert [part.reason for part in parts if isinstance(part, RejectedPart)] == ["longer than 0.000954 MiB."] * 2
