"""The tables, one file per concept; only records, queries and actions import them."""

from app.models import (
    api_key,
    article,
    author,
    change,
    edition,
    idempotent_answer,
    installation,
    label,
    listing,
    revision,
    schema_compatibility,
    section,
    tag,
    webhook,
)

__all__ = [
    "api_key",
    "article",
    "author",
    "change",
    "edition",
    "idempotent_answer",
    "installation",
    "label",
    "listing",
    "revision",
    "schema_compatibility",
    "section",
    "tag",
    "webhook",
]
