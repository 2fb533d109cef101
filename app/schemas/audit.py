"""The audit log: the change log with its actors."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from app.domain.change import ChangeType
from app.schemas.change import ChangedEntry
from app.schemas.editorial import Actor, EditorialHref, KeyName, Person
from app.schemas.pagination import NextPage
from app.schemas.param_types import Cursor, Limit
from app.schemas.types import ArticleId, InstantText, OpenEnum, Seq


class AuditedArticle(TypedDict):
    """The article of a change."""

    id: ArticleId
    href: EditorialHref


class AuditItem(TypedDict):
    """A public change and its actor."""

    seq: Seq
    type: Annotated[
        str,
        OpenEnum(*ChangeType),
        Field(description="The type of the change.", examples=["article.published"]),
    ]
    at: Annotated[InstantText, Field(description="When it happened, in UTC.")]
    actor: Actor
    actor_name: KeyName
    person: Person
    article: Annotated[AuditedArticle | None, Field(description="The article; null for catalogue entries.")]
    entry: Annotated[ChangedEntry | None, Field(description="The edition, section, tag, label or author.")]


class AuditLogPage(TypedDict):
    """A page of the audit log, the latest first."""

    items: Annotated[list[AuditItem], Field(description="The entries of the page.", max_length=200)]
    next: NextPage | None


class AuditLogParams(BaseModel):
    """Query parameters of the audit log."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Changes on a page.")] = 50


AUDIT_EXAMPLE: AuditLogPage = {
    "items": [
        {
            "seq": 115,
            "type": "article.published",
            "at": "2026-11-20T17:30:00.041283+00:00",
            "actor": "key:k7q2m5xw3f",
            "actor_name": "Newsroom CMS",
            "person": "Ines Kovary",
            "article": {"id": "0s9et2dg0bgsr", "href": "/v1/editorial/articles/0s9et2dg0bgsr"},
            "entry": None,
        }
    ],
    "next": None,
}
