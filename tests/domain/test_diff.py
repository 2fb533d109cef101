"""Differences between two contents: members, blocks and words, with bounded time for any input."""

from time import perf_counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.diff import BlockOperation, Difference, WordChange, diff_articles

PATIENCE_SECONDS = 5


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "html": text}


def operations_of(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[BlockOperation]:
    """Return the operations on the body, the only difference."""
    found = diff_articles({"body": before}, {"body": after})
    assert [each["member"] for each in found] == ["body"]
    return found[0]["operations"]  # type: ignore[typeddict-item]  # of the body


def words_of(difference: Any) -> list[tuple[str, str]]:
    return [(word["op"], word["text"]) for word in difference["words"]]


def text_of(words: list[WordChange], *, without: str) -> str:
    return "".join(word["text"] for word in words if word["op"] != without)


def replay(operations: list[BlockOperation], before: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Return both bodies as the operations describe them."""
    old: list[Any] = []
    new: list[Any] = []
    for operation in operations:
        unchanged = before[len(old) : len(old) + operation.get("count", 0)]
        old += unchanged + operation.get("before", [])
        new += unchanged + operation.get("after", [])
    return old, new


def test_diff_of_equal_contents_is_empty() -> None:
    content = {"headline": "Fog", "tags": ["fog"], "body": [paragraph("It lifts.")]}
    assert diff_articles(content, dict(content)) == []


def test_diff_reports_each_changed_member_with_both_values_in_order() -> None:
    before = {"headline": "Fog", "section": "city", "tags": ["fog"], "source": None}
    after = {"headline": "Fog", "section": "world", "tags": ["fog", "trams"], "source": {"name": "Port", "url": None}}
    assert diff_articles(before, after) == [
        {"member": "section", "before": "city", "after": "world"},
        {"member": "tags", "before": ["fog"], "after": ["fog", "trams"]},
        {"member": "source", "before": None, "after": {"name": "Port", "url": None}},
    ]


def test_diff_treats_an_absent_member_as_null_and_an_absent_body_as_empty() -> None:
    assert diff_articles({"lead": None, "body": []}, {}) == []
    assert diff_articles({}, {"label": "opinion"}) == [{"member": "label", "before": None, "after": "opinion"}]


def test_diff_reports_changed_words_of_a_text() -> None:
    (found,) = diff_articles({"headline": "Night trams return today!"}, {"headline": "Night ferries return!"})
    assert words_of(found) == [
        ("keep", "Night "),
        ("delete", "trams return today"),
        ("insert", "ferries return"),
        ("keep", "!"),
    ]
    (found,) = diff_articles({"lead": "It waits for the ferry."}, {"lead": "It never waits for a ferry."})
    assert words_of(found) == [
        ("keep", "It "),
        ("insert", "never "),
        ("keep", "waits for "),
        ("delete", "the "),
        ("insert", "a "),
        ("keep", "ferry."),
    ]


def test_diff_reports_no_words_for_a_new_text() -> None:
    assert diff_articles({"lead": None}, {"lead": "At last."}) == [
        {"member": "lead", "before": None, "after": "At last."}
    ]


def test_diff_reports_unchanged_inserted_and_deleted_blocks() -> None:
    one, two, three, four = (paragraph(name) for name in ("One.", "Two.", "Three.", "Four."))
    assert operations_of([one, two, three], [one, three, four]) == [
        {"op": "keep", "count": 1},
        {"op": "delete", "before": [two], "after": []},
        {"op": "keep", "count": 1},
        {"op": "insert", "before": [], "after": [four]},
    ]


def test_diff_of_a_replaced_paragraph_has_words_without_markup() -> None:
    old, new = paragraph("It runs <em>on time</em> &amp; free."), paragraph("It runs <em>late</em> &amp; free.")
    (operation,) = operations_of([old], [new])
    assert (operation["op"], operation["before"], operation["after"]) == ("replace", [old], [new])
    assert words_of(operation) == [
        ("keep", "It runs "),
        ("delete", "on time "),
        ("insert", "late "),
        ("keep", "& free."),
    ]


def test_diff_replaces_equal_numbers_of_blocks_one_by_one() -> None:
    quote = {"type": "pull_quote", "text": "We forgot.", "attribution": None}
    image = {"type": "image", "image": {"url": "https://media.example/a.png", "alt": ""}}
    new = [paragraph("1."), {**quote, "text": "We knew."}, paragraph("No picture.")]
    found = operations_of([paragraph("One."), quote, image], new)
    assert [each["op"] for each in found] == ["replace", "replace", "replace"]
    assert ["words" in each for each in found] == [True, True, False]


def test_diff_replaces_unequal_numbers_of_blocks_as_one() -> None:
    (operation,) = operations_of([paragraph("One.")], [paragraph("1."), paragraph("2.")])
    assert operation == {
        "op": "replace",
        "before": [paragraph("One.")],
        "after": [paragraph("1."), paragraph("2.")],
    }


BODIES = st.lists(st.text("ab c", max_size=8).map(paragraph), max_size=8)


@given(BODIES, BODIES)
def test_diff_operations_reconstruct_both_bodies(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    if before != after:
        assert replay(operations_of(before, after), before) == (before, after)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_diff_words_reconstruct_both_texts(before: str, after: str) -> None:
    for found in diff_articles({"lead": before}, {"lead": after}):
        words: list[WordChange] = found["words"]  # type: ignore[typeddict-item]  # a lead has words
        assert text_of(words, without="insert") == before
        assert text_of(words, without="delete") == after


def timed(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return the differences, within a time limit."""
    begun = perf_counter()
    found = diff_articles(before, after)
    assert perf_counter() - begun < PATIENCE_SECONDS
    return found


def test_diff_of_adversarial_bodies_is_bounded() -> None:
    before = [paragraph("ab"[i % 2] * (i % 7)) for i in range(2_000)]
    after = [paragraph("ab"[i % 3 % 2] * (i % 5)) for i in range(2_000)]
    (found,) = timed({"body": before}, {"body": after})
    assert replay(found["operations"], before) == (before, after)  # type: ignore[typeddict-item]  # of the body


def test_diff_of_adversarial_texts_is_bounded() -> None:
    before = {"lead": "a b " * 4_900, "body": [paragraph("x y " * 4_000 + str(i)) for i in range(60)]}
    after = {"lead": "b a a " * 3_300, "body": [paragraph("y x x " * 3_000 + str(i)) for i in range(60)]}
    lead, body = timed(before, after)
    assert text_of(lead["words"], without="insert") == before["lead"]  # type: ignore[typeddict-item]  # a lead has words
    assert len(body["operations"]) == 60  # type: ignore[typeddict-item]  # of the body


def test_diff_of_a_very_long_text_has_no_words() -> None:
    (operation,) = operations_of([paragraph("a " * 20_000)], [paragraph("b")])
    assert "words" not in operation
