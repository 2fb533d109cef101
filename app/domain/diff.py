"""Diff of two contents of an article: members, blocks, and words of texts."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.body.text_rendering import render_text

MAX_WORK: Final = 2_000_000
"""Maximum of comparisons for one diff, about a third of a second; beyond it a stretch is reported as replaced."""
MAX_WORDS: Final = 20_000
"""Maximum length of a text whose words are compared, in characters."""

_TEXTS: Final = frozenset({"headline", "lead", "dateline", "subheadline", "editor_note"})
_TEXT_BLOCKS: Final = frozenset({"paragraph", "heading", "list", "quote", "table", "code"})
_BODY: Final = "body"
_WORDS: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")

_BLOCKS: Final = [{"type": "paragraph", "html": "The budget passed by one vote."}]

Op = Literal["keep", "insert", "delete", "replace"]
Blocks = list[dict[str, Any]]


class WordChange(TypedDict):
    """Run of words; `keep` and `delete` together are the text before, `keep` and `insert` the text after."""

    op: Annotated[
        Literal["keep", "insert", "delete"],
        Field(description="What happened to the words.", examples=["insert"]),
    ]
    text: Annotated[str, Field(description="The words.", examples=["by one vote "], max_length=MAX_WORDS)]


class BlockOperation(TypedDict):
    """Operation on a run of blocks: `keep` has their number, the others the blocks themselves."""

    op: Annotated[Op, Field(description="What happened to the blocks.", examples=["replace"])]
    count: NotRequired[
        Annotated[
            int, Field(description="The number of unchanged blocks; present on `keep`.", ge=1, le=2_000, examples=[3])
        ]
    ]
    before: NotRequired[
        Annotated[Blocks, Field(description="The blocks before.", max_length=2_000, examples=[_BLOCKS])]
    ]
    after: NotRequired[Annotated[Blocks, Field(description="The blocks after.", max_length=2_000, examples=[_BLOCKS])]]
    words: NotRequired[
        Annotated[
            list[WordChange],
            Field(
                description="The words of one text block that replaced another, as plain text.", max_length=MAX_WORDS
            ),
        ]
    ]


class MemberDifference(TypedDict):
    """Change of one member."""

    member: Annotated[str, Field(description="The name of the member.", examples=["headline"], max_length=50)]
    before: Annotated[Any, Field(description="Its value before.", examples=["Budget fails"])]
    after: Annotated[Any, Field(description="Its value after.", examples=["Budget passes by one vote"])]
    words: NotRequired[
        Annotated[
            list[WordChange],
            Field(description="The words of a text that had a value before and after.", max_length=MAX_WORDS),
        ]
    ]


class BodyDifference(TypedDict):
    """Change of a body, from the first block to the last."""

    member: Annotated[Literal["body"], Field(description="The name of the member.")]
    operations: Annotated[
        list[BlockOperation], Field(description="From the first block to the last.", max_length=4_000)
    ]


Difference = BodyDifference | MemberDifference


class _WorkBudget:
    """Budget of comparisons."""

    def __init__(self, work: int) -> None:
        self._left = work

    def take(self, work: int) -> bool:
        """Return whether that much was left, and subtract it."""
        if work > self._left:
            return False
        self._left -= work
        return True


class _Matcher(SequenceMatcher[str]):
    """Sequence matcher that reports no further matches once the budget is spent."""

    def __init__(self, before: Sequence[str], after: Sequence[str], allowance: _WorkBudget) -> None:
        super().__init__(None, before, after, autojunk=False)
        known = Counter(after)
        self._work = [0, *accumulate(1 + known[each] for each in before)]
        self._allowance = allowance

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Return the longest common run, or an empty one."""
        end = len(self._work) - 1 if ahi is None else ahi
        if not self._allowance.take(self._work[end] - self._work[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def diff_articles(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return one entry for each member that differs, in the order of the members; none for equal contents.

    Both contents are in record form; an absent member is null, an absent body is empty. The blocks of a body are
    compared as a whole and returned as operations. The work is bounded for any input: beyond the bound a changed
    stretch is reported as replaced, and the words of a very long text are not compared.
    """
    allowance = _WorkBudget(MAX_WORK)
    differences: list[Difference] = []
    for member in dict.fromkeys([*before, *after]):
        old, new = before.get(member), after.get(member)
        if member == _BODY:
            if (old or []) != (new or []):
                differences.append({"member": "body", "operations": _blocks(old or [], new or [], allowance)})
        elif old != new:
            changed: MemberDifference = {"member": member, "before": old, "after": new}
            if member in _TEXTS and old and new:
                _add_words(changed, old, new, allowance)
            differences.append(changed)
    return differences


def _blocks(before: Blocks, after: Blocks, allowance: _WorkBudget) -> list[BlockOperation]:
    differences: list[BlockOperation] = []
    for op, old, new in _operations([_seal(each) for each in before], [_seal(each) for each in after], allowance):
        if op == "keep":
            differences.append({"op": op, "count": old.stop - old.start})
        elif op == "replace":
            differences += _replaced(before[old], after[new], allowance)
        else:
            differences.append({"op": op, "before": before[old], "after": after[new]})
    return differences


def _replaced(before: Blocks, after: Blocks, allowance: _WorkBudget) -> Iterator[BlockOperation]:
    """Pair equal numbers of blocks one by one; report unequal numbers as deletions and insertions."""
    if len(before) != len(after):
        yield {"op": "replace", "before": before, "after": after}
        return
    for old, new in zip(before, after, strict=True):
        pair: BlockOperation = {"op": "replace", "before": [old], "after": [new]}
        if (old_text := _text(old)) is not None and (new_text := _text(new)) is not None:
            _add_words(pair, old_text, new_text, allowance)
        yield pair


def _add_words(to: MemberDifference | BlockOperation, before: str, after: str, allowance: _WorkBudget) -> None:
    if max(len(before), len(after)) > MAX_WORDS:
        return
    old_words, new_words = _WORDS.findall(before), _WORDS.findall(after)
    words: list[WordChange] = []
    for op, old, new in _operations(old_words, new_words, allowance):
        if op in {"keep", "delete", "replace"}:
            words.append({"op": "keep" if op == "keep" else "delete", "text": "".join(old_words[old])})
        if op in {"insert", "replace"}:
            words.append({"op": "insert", "text": "".join(new_words[new])})
    to["words"] = words


def _operations(
    before: Sequence[str], after: Sequence[str], allowance: _WorkBudget
) -> Iterator[tuple[Op, slice, slice]]:
    """Return the operations that turn one sequence into the other; common ends are excluded from the comparison."""
    most = min(len(before), len(after))
    start = next((i for i in range(most) if before[i] != after[i]), most)
    rest = most - start
    end = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    old, new = len(before) - end, len(after) - end
    if start:
        yield "keep", slice(0, start), slice(0, start)
    matcher = _Matcher(before[start:old], after[start:new], allowance)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        op: Op = "keep" if tag == "equal" else tag
        yield op, slice(start + i1, start + i2), slice(start + j1, start + j2)
    if end:
        yield "keep", slice(old, len(before)), slice(new, len(after))


def _text(block: Mapping[str, Any]) -> str | None:
    """Return the visible text of a block of text, None for other blocks."""
    if block["type"] == "pull_quote":
        return str(block["text"])
    return render_text([block]) if block["type"] in _TEXT_BLOCKS else None


def _seal(block: Mapping[str, Any]) -> str:
    return json.dumps(block, sort_keys=True, ensure_ascii=False)
