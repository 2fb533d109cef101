"""Records for tests with short definitions."""

from typing import Any

from app.schemas.catalogue_records import AuthorRecord, EditionRecord, LabelRecord, SectionRecord, TagRecord
from app.schemas.curated_list_records import CuratedListRecord
from app.schemas.interchange import ArticleRecord


def edition(slug: str = "global", **members: Any) -> EditionRecord:
    """Return an edition in British English and Kyiv time, by default the default one."""
    given = {
        "name": "The Lume Courier",
        "language": "en-GB",
        "timezone": "Europe/Kyiv",
        "site_url": "https://courier.example",
        "default": True,
    }
    return EditionRecord.model_validate({**given, "slug": slug, **members})


def article(published_at: str | None = "2026-11-20T10:00:00Z", **members: Any) -> ArticleRecord:
    """Return an article of the edition `global`; without a headline it is named after its source_id."""
    source_id = members.get("source_id")
    given = {"edition": "global", "headline": f"Story {source_id or published_at}", "published_at": published_at}
    return ArticleRecord.model_validate({**given, **members})


def label(code: str, text: str, **members: Any) -> LabelRecord:
    """Return a label."""
    return LabelRecord.model_validate({"code": code, "text": text, **members})


def author(slug: str, name: str, **members: Any) -> AuthorRecord:
    """Return an author."""
    return AuthorRecord.model_validate({"slug": slug, "name": name, **members})


def section(slug: str, name: str, *, edition: str = "global", **members: Any) -> SectionRecord:
    """Return a section."""
    return SectionRecord.model_validate({"slug": slug, "name": name, "edition": edition, **members})


def curated_list(slug: str, name: str, *, edition: str = "global", **members: Any) -> CuratedListRecord:
    """Return a curated list."""
    return CuratedListRecord.model_validate({"edition": edition, "slug": slug, "name": name, **members})


def tag(slug: str, name: str, **members: Any) -> TagRecord:
    """Return a tag."""
    return TagRecord.model_validate({"slug": slug, "name": name, **members})
