"""Exceptions of the OWASP rules (`.spectral.yaml`): each is about a part that the document has."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.api.contract import Json, operations
from tests.conftest import api_document

RULES = Path(__file__).parents[3] / ".spectral.yaml"
POINTER = re.compile(r'"\*\.json#(/[^"]+)"')


@pytest.fixture(scope="module")
def document() -> Json:
    """Return the OpenAPI document of the app."""
    return api_document()


def test_every_exception_is_about_a_part_of_the_document(document: Json) -> None:
    pointers = POINTER.findall(RULES.read_text(encoding="utf-8"))
    assert len(pointers) > 20
    for pointer in pointers:
        part = document
        for token in pointer.split("/")[1:]:
            name = unquote(token).replace("~1", "/").replace("~0", "~")
            assert name in part, pointer
            part = part[name]


def test_fields_of_rate_limits_are_described_where_requests_are_limited(document: Json) -> None:
    for operation in operations(document):
        for status, response in operation.spec["responses"].items():
            is_limited = not operation.path.startswith("/health") and not status.startswith("5")
            fields = {"RateLimit", "RateLimit-Policy"} & response.get("headers", {}).keys()
            assert len(fields) == (2 if is_limited else 0), (operation.name, status)
