"""Schemas of the editorial API."""

from typing import TypedDict

from dayline_client.schemas.article import ArticleNote, Block


class WriteWarning(TypedDict):
    """Part of a request that was dropped or changed."""

    where: str
    code: str
    detail: str


class WithdrawalNote(TypedDict):
    """Reason for editors, and public notice."""

    reason: str | None
    notice: str | None
    at: str


class EditorialArticle(TypedDict):
    """Article as editors see it; `revision` is the one that `update_article` expects."""

    id: str
    href: str
    edition: str
    source_id: str | None
    slug: str
    url: str | None
    status: str
    version: int
    revision: int
    headline: str
    lead: str | None
    label: str | None
    section: str | None
    sections: list[str]
    tags: list[str]
    authors: list[str]
    published_at: str | None
    updated_at: str | None
    first_published_at: str | None
    expires_at: str | None
    embargoed_until: str | None
    withdrawal: WithdrawalNote | None
    body: list[Block]
    notes: list[ArticleNote]
    created_at: str
    modified_at: str
    modified_by: str


class SavedArticle(EditorialArticle):
    """Article after a write; `warnings` lists what was dropped or changed."""

    warnings: list[WriteWarning]
