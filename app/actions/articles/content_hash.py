"""Content hash: detects whether the editorial members differ from the stored ones, without reading those."""

from hashlib import blake2b

import orjson

from app.domain.article_members import given_members
from app.domain.body import ImageInput, RightsInput, dump_body
from app.errors import FieldError, InvalidInputError
from app.schemas.interchange import ArticleRecord

FINGERPRINT_BYTES = 16
MAX_ARTICLE_BODY_BYTES = 2 * 1024 * 1024
"""Maximum size of a body as JSON, by HTTP and by import. Requests may be larger: responses can be sent back."""


def serialize_body(record: ArticleRecord) -> str:
    """Return the body of a record as it is stored; InvalidInputError beyond MAX_ARTICLE_BODY_BYTES."""
    return serialize_blocks(dump_body(record.body))


def serialize_blocks(blocks: list[dict[str, object]]) -> str:
    """Return canonical blocks as they are stored; InvalidInputError beyond MAX_ARTICLE_BODY_BYTES."""
    body = orjson.dumps(blocks)
    if len(body) > MAX_ARTICLE_BODY_BYTES:
        message = f"Must not be larger than {MAX_ARTICLE_BODY_BYTES:,} bytes as JSON in UTF-8."
        raise InvalidInputError(FieldError("body", message))
    return body.decode()


def serialize_part(part: ImageInput | RightsInput | None) -> str | None:
    """Return an image or rights in their stored form."""
    return None if part is None else orjson.dumps(part.model_dump()).decode()


def content_hash(record: ArticleRecord, blocks: str) -> bytes:
    """Return a hash of the editorial members, except the slug and the time of the update.

    Members of the table in `domain/article_members.py` are part of it if they have a value, and sections beyond the
    first if there are any, so that a hash stored before a member existed stays valid.
    """
    members = [record.headline, record.lead, record.dateline, record.label, record.section]
    lists = [record.tags, record.authors, record.related]
    parts = [None if each is None else each.model_dump() for each in (record.source, record.image, record.rights)]
    given = given_members(record)
    if len(record.sections) > 1:
        given["sections"] = record.sections
    hashed = [members, lists, parts, given] if given else [members, lists, parts]
    return blake2b(orjson.dumps(hashed) + blocks.encode(), digest_size=FINGERPRINT_BYTES).digest()
