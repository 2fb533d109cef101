"""Fallbacks of block types that clients of the first version of /v1 do not know."""

from typing import Any, get_args

import pytest

from app.domain import body
from app.domain.body import html_rendering, text_rendering
from app.domain.body.shown_blocks import FIRST_BLOCK_TYPES, add_fallbacks

POLL: dict[str, Any] = {"type": "poll", "question": "Trams on Sundays?"}


def test_first_block_types_have_no_fallback() -> None:
    paragraph = {"type": "paragraph", "html": "The budget passed."}
    assert add_fallbacks([{**paragraph}]) == [paragraph]
    assert {"paragraph", "heading", "pull_quote", "list", "image", "embed"} == FIRST_BLOCK_TYPES


def test_later_block_types_have_both_fallbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(html_rendering._RENDERERS, "poll", lambda block: f"<p>{block['question']}</p>")
    monkeypatch.setitem(text_rendering._RENDERERS, "poll", lambda block: block["question"])
    [shown] = add_fallbacks([{**POLL}])
    assert shown == {**POLL, "fallback_html": "<p>Trams on Sundays?</p>", "fallback_text": "Trams on Sundays?"}


def test_every_block_type_is_rendered_as_html_and_as_text() -> None:
    union = get_args(get_args(body.Block)[0])
    types = {model.model_fields["type"].default for model in union}
    assert types == html_rendering._RENDERERS.keys() == text_rendering._RENDERERS.keys()
