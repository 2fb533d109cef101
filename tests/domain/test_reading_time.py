"""Length of texts: words by script, and minutes of reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reading_time import measure_blocks, measure_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— … !", 0),
        ("One word — or two", 4),
        ("It's 1,000 e-mails and/or letters.", 6),
        ("з'ява кур\N{RIGHT SINGLE QUOTATION MARK}єра", 2),
        ("हिन्दी में लिखा", 3),
        ("한국어 기사", 2),
        ("霧が船を止めた。", 7),
        ("雾锁港口 in London", 6),
        ("เรือไม่ออกจากท่า", 3),
    ],
)
def test_words_are_counted_by_script(text: str, words: int) -> None:
    assert measure_text(text).word_count == words


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 0), ("word", 1), ("word " * 240, 1), ("word " * 241, 2), ("字" * 500, 1), ("字" * 501, 2)],
)
def test_minutes_are_rounded_up(text: str, minutes: int) -> None:
    assert measure_text(text).reading_minutes == minutes


def test_running_text_of_every_block_counts_once() -> None:
    image = {"url": "https://media.example/a.jpg", "alt": "Four words of alternative", "caption": "A caption"}
    blocks: list[dict[str, Any]] = [
        {"type": "paragraph", "html": "<b>B</b>old &amp; <i>one</i>two<br>three"},
        {"type": "heading", "level": 2, "html": "A heading"},
        {"type": "pull_quote", "text": "Five < six", "attribution": "A driver"},
        {
            "type": "list",
            "ordered": False,
            "items": ["one", {"html": "two", "list": {"ordered": True, "items": ["3"]}}],
        },
        {"type": "quote", "blocks": [{"type": "paragraph", "html": "quoted words"}], "attribution": None},
        {"type": "table", "caption": None, "head": ["a"], "rows": [["b", "c"]]},
        {"type": "image", "image": image},
        {"type": "embed", "url": "https://video.example/1", "provider": "Video", "html": "A film of it"},
        {"type": "divider"},
    ]
    assert measure_blocks(blocks).word_count == 3 + 2 + 2 + 3 + 2 + 3


def test_a_long_text_without_words_has_none() -> None:
    assert measure_text("." * 1_000_000) == (0, 0)


@given(st.text(st.characters(max_codepoint=127)))
def test_words_of_ascii_texts_have_a_letter_or_a_digit(text: str) -> None:
    tokens = text.replace("/", " ").split()
    assert measure_text(text).word_count == sum(any(map(str.isalnum, token)) for token in tokens)
