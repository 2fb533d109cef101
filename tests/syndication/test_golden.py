"""Golden files: each format of the same two articles, byte for byte."""

from pathlib import Path

import pytest

from tests.syndication.samples import fog, keeper, render_documents

GOLDEN = Path(__file__).parents[1] / "golden" / "syndication"
FORMS = render_documents([fog(), keeper()])


@pytest.mark.parametrize("name", FORMS)
def test_document_equals_its_golden_file(name: str) -> None:
    assert FORMS[name]().decode() == (GOLDEN / name).read_text()


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(FORMS)
