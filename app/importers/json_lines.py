"""The parser of JSON Lines, the interchange format: one record a line."""

from hashlib import blake2b

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from app.errors import Flaw, InvalidInput
from app.schemas.record import ArticleRecord, Record
from app.schemas.validation import invalid_input

KINDS = ("edition", "label", "section", "tag", "author", "article")
FLAWS_TOLD = 3
IDENTITY_BYTES = 12

_RECORD: TypeAdapter[Record] = TypeAdapter(Record, config=ConfigDict(defer_build=True))


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
        record = _RECORD.validate_python(value)
    except ValidationError as error:
        raise invalid_input(error, most=FLAWS_TOLD, depth=1) from None
    if isinstance(record, ArticleRecord) and record.source_id is None and record.id is None:
        record.source_id = _made_identity(record)
    return record


def _made_identity(record: ArticleRecord) -> str:
    """What an article is known by that brought no identity: its headline and date, so that twice is once."""
    known_by = f"{record.headline}\n{record.published_at}"
    return f"made:{blake2b(known_by.encode(), digest_size=IDENTITY_BYTES).hexdigest()}"
