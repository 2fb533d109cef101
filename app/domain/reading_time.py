"""Length of a text: its words, and the minutes that it takes to read.

Words are separated by white space, dashes and slashes. Scripts without spaces are counted by characters: a Chinese or
Japanese character is a word, and five letters of Thai, Lao, Khmer or Burmese are one. The script of the text decides,
not the language of the article, so that quotations in another script are counted by its rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, Final, NamedTuple

WORDS_PER_MINUTE: Final = 240
IDEOGRAPHS_PER_MINUTE: Final = 500
LETTERS_PER_WORD: Final = 5

_TAG: Final = re.compile(r"<(br|wbr|/?)[^>]*>")
_SEPARATORS: Final = re.compile(r"[\u2012-\u2015/]")
_IDEOGRAPHS: Final = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_UNSPACED_LETTERS: Final = re.compile(
    "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1780-\u17b3]"
)
_UNSPACED_MARKS: Final = re.compile(
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3]"
)
_TEXTS: Final = ("html", "text", "items", "list", "head", "rows", "blocks")
_NO_TEXT: Final = frozenset({"image", "gallery", "embed", "video", "audio", "code"})
"""Types of blocks whose captions and fallbacks are no running text."""
_PROSE: Final = frozenset({"paragraph", "heading"})
"""Types of most blocks, whose only text is `html`."""

_ASCII: Final = [chr(code) for code in range(128)]
_ASCII_MARKS: Final = "".join(each for each in _ASCII if not (each.isalnum() or each.isspace() or each == "/")).encode()
_ASCII_SEPARATORS: Final = "".join(each for each in _ASCII if each.isspace() or each == "/").encode()
_ASCII_SPACES: Final = bytes.maketrans(_ASCII_SEPARATORS, b" " * len(_ASCII_SEPARATORS))


class MeasuredLength(NamedTuple):
    """Length of a text."""

    word_count: int
    reading_minutes: int


def measure_blocks(blocks: Iterable[Mapping[str, Any]]) -> MeasuredLength:
    """Return the length of the running text of a stored body: not of its captions, embedded content and code."""
    prose: list[str] = []
    others: list[Mapping[str, Any]] = []
    for block in blocks:
        if block.get("type") in _PROSE:
            prose.append(block["html"])
        else:
            others.append(block)
    return measure_text("\n".join([_plain("\n".join(prose)), *_texts(others)]))


def measure_text(text: str) -> MeasuredLength:
    """Return the length of a plain text; a text with a word takes at least a minute."""
    ideographs = 0
    if text.isascii():  # a word is left when its marks are deleted, and nothing of a token without a word
        plain = text.encode().translate(_ASCII_SPACES, _ASCII_MARKS).strip()
        # Counting the spaces takes a third of the time of splitting, where none is doubled.
        words = len(plain.split()) if b"  " in plain else plain.count(b" ") + bool(plain)
    else:
        text, ideographs = _IDEOGRAPHS.subn(" ", text)
        text, letters = _UNSPACED_LETTERS.subn(" ", text)
        text = _UNSPACED_MARKS.sub("", text) if letters else text
        text = _SEPARATORS.sub(" ", text)
        words = sum(1 for token in text.split() if token.isalnum() or any(map(str.isalnum, token)))
        words += -(-letters // LETTERS_PER_WORD)
    minutes = -(-(words * IDEOGRAPHS_PER_MINUTE + ideographs * WORDS_PER_MINUTE) // _BOTH_PER_MINUTE)
    return MeasuredLength(words + ideographs, minutes)


_BOTH_PER_MINUTE: Final = WORDS_PER_MINUTE * IDEOGRAPHS_PER_MINUTE


def _texts(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the plain texts of blocks, those inside blocks included."""
    for block in blocks:
        if block.get("type") in _NO_TEXT:
            continue
        for name in _TEXTS:
            value = block.get(name)
            if value:
                yield from _strings(value, is_html=name != "text")


def _strings(value: Any, *, is_html: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield _plain(value) if is_html else value
    elif isinstance(value, Mapping):
        yield from _texts([value])
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, is_html=is_html)


def _plain(html: str) -> str:
    """Return the text of sanitised inline HTML, in which every `<` begins a tag."""
    if "<" in html:
        html = _TAG.sub(lambda tag: " " if tag[1] == "br" else "", html)
    return unescape(html) if "&" in html else html
