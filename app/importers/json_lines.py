"""The parser of JSON Lines, the interchange format: one record a line."""

import orjson
from pydantic import TypeAdapter, ValidationError

from app.errors import Flaw, InvalidInput
from app.schemas.record import Record

KINDS = ("edition", "label", "section", "tag", "author", "article")
FLAWS_TOLD = 3

_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


def parse_line(line: bytes) -> Record:
    """The record of one line; InvalidInput says what is wrong with it and where."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(Flaw("line", f"not JSON ({error}).")) from None
    if not isinstance(value, dict):
        raise InvalidInput(Flaw("line", "a JSON object is expected."))
    if value.get("kind") not in KINDS:
        raise InvalidInput(Flaw("kind", f"one of {', '.join(KINDS)} is expected."))
    try:
        return _RECORD.validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidInput(*(_flaw(each["loc"], each["msg"]) for each in found[:FLAWS_TOLD])) from None


def _flaw(place: tuple[int | str, ...], message: str) -> Flaw:
    where = ".".join(str(part) for part in place[1:])  # the first is the kind
    return Flaw(where or "line", message.removeprefix("Value error, "))
