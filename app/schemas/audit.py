"""Who did what: the change log as the newsroom sees it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from app.schemas.change import ChangedEntry
from app.schemas.editorial import Actor
from app.schemas.pagination import NextPage
from app.schemas.params import Cursor, Limit
from app.schemas.types import ArticleId, Href, InstantText, Seq


class AuditedArticle(TypedDict):
    """The article that a change was about."""

    id: ArticleId
    href: Annotated[Href, Field(examples=["/v1/editorial/articles/0s9et2dg0bgsr"])]


class AuditItem(TypedDict):
    """A public change, and who made it."""

    seq: Seq
    type: Annotated[str, Field(examples=["article.published"])]
    at: InstantText
    actor: Actor
    article: AuditedArticle | None
    entry: Annotated[ChangedEntry | None, Field(description="The edition, section, tag, label or author.")]


class AuditLogPage(TypedDict):
    """A page of the change log, the latest first."""

    items: list[AuditItem]
    next: NextPage | None


class AuditLogParams(BaseModel):
    """The change log, the latest first."""

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
            "article": {"id": "0s9et2dg0bgsr", "href": "/v1/editorial/articles/0s9et2dg0bgsr"},
            "entry": None,
        }
    ],
    "next": None,
}
