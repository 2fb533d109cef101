"""Parser of the records of the interchange format."""

from hashlib import blake2b
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from app.domain.control_characters import repair_texts
from app.domain.html.inline_html import clean_text
from app.domain.json_text import TextPosition, check_json, load_json
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.schemas.curated_list_records import CuratedListRecord
from app.schemas.errors import invalid_input
from app.schemas.interchange import ArticleRecord, Record
from app.schemas.write_warning import WriteWarning, find_warnings, repair_warnings, repeat_warnings, truncate

KINDS = ("edition", "label", "section", "tag", "author", "article", "list")
MAX_ERRORS = 3
IDENTITY_BYTES = 12

AnyRecord = Annotated[Record | CuratedListRecord, Field(discriminator="kind")]

_RECORD: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord, config=ConfigDict(defer_build=True))


class ParsedLine(NamedTuple):
    """Record of a line, and the warnings about its texts."""

    record: AnyRecord
    warnings: list[WriteWarning]


def parse_line(
    line: bytes,
    start: TextPosition = TextPosition(),  # noqa: B008 - immutable
    value: object = None,
) -> ParsedLine:
    """Parse a line, or a record over several lines, and its warnings; InvalidInputError locates each error.

    `start` is its position in the file; `value` is the line as orjson parsed it, if it did.
    """
    try:
        if value is None:
            value = load_json(line, start)
        else:
            check_json(line, value)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("line", f"{error.detail}.")) from None
    if not isinstance(value, dict):
        raise InvalidInputError(FieldError("line", "Must be a JSON object."))
    if value.get("kind") not in KINDS:
        raise InvalidInputError(FieldError("kind", f"Must be one of {', '.join(KINDS)}."))
    headline = value.get("headline")
    repairs = repair_texts(value, line)
    try:
        record = _RECORD.validate_python(value)
    except ValidationError as error:
        raise invalid_input(error, _RECORD, most=MAX_ERRORS, depth=1) from None
    if not isinstance(record, ArticleRecord):
        return ParsedLine(record, truncate([*repair_warnings(repairs), *repeat_warnings(value, vars(record))]))
    if record.source_id is None and record.id is None:
        record.source_id = _made_identity(str(headline), record)
    return ParsedLine(record, find_warnings(value, record, repairs))


def _made_identity(headline: str, record: ArticleRecord) -> str:
    """Return the identity of an article without one, from its headline and date: a repeated import finds it.

    The headline is that of the line as written: earlier versions neither collapsed its white space nor repaired it.
    """
    known_by = f"{clean_text(headline)}\n{record.published_at}"
    return f"made:{blake2b(known_by.encode(), digest_size=IDENTITY_BYTES).hexdigest()}"
