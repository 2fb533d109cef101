"""Messages that webhook endpoints receive; `queries/webhooks/webhook_outbox.py` renders them."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.webhook import PING
from app.schemas.article import Article
from app.schemas.change import ChangedEntry
from app.schemas.types import InstantText, Seq, text
from app.schemas.webhook import DeliveredArticle

ARTICLE_TYPES: Final = (
    ChangeType.ARTICLE_PUBLISHED,
    ChangeType.ARTICLE_ALERT,
    ChangeType.ARTICLE_UPDATED,
    ChangeType.ARTICLE_BUMPED,
    ChangeType.ARTICLE_RESTORED,
)
"""Types whose message has the article."""
ENTRY_TYPES: Final = tuple(each for each in ChangeType if not each.startswith("article."))


def _type(*values: str) -> Any:
    """Return the field of a message's type."""
    return Field(description="What changed.", examples=[values[0]], json_schema_extra={"enum": [*map(str, values)]})


class WebhookMessage(TypedDict):
    """The members of every message."""

    timestamp: Annotated[InstantText, Field(description="When the change happened, in UTC.")]


class WebhookMessageContent(TypedDict):
    """The members of the content of every message."""

    seq: Annotated[Seq, Field(description="The position of the change in the log, as in `/v1/changes`.")]
    at: Annotated[InstantText, Field(description="When the change happened, in the edition's zone.")]


class ArticleMessageContent(WebhookMessageContent):
    """A change of an article, with the article in its state when the message is sent."""

    article: Article


class WithdrawalMessageContent(WebhookMessageContent):
    """The withdrawal of an article."""

    article: DeliveredArticle
    notice: Annotated[str | None, text("The public notice of the withdrawal, if any.", "The names were wrong.")]


class RemovalMessageContent(WebhookMessageContent):
    """An article that left the filters of the endpoint."""

    article: DeliveredArticle


class EntryMessageContent(WebhookMessageContent):
    """A change of an edition, a section, a tag, a label, an author or a curated list."""

    article: Annotated[None, Field(description="Null.", examples=[None], json_schema_extra={"const": None})]
    entry: Annotated[ChangedEntry, Field(description="What to read again.")]


class PingMessageContent(WebhookMessageContent):
    """The content of a test message."""

    article: Annotated[None, Field(description="Null.", examples=[None], json_schema_extra={"const": None})]


class ArticleMessage(WebhookMessage):
    """A change of a public article: insert or replace the copy of it."""

    type: Annotated[str, _type(*ARTICLE_TYPES)]
    data: Annotated[ArticleMessageContent, Field(description="The change, with the article.")]


class WithdrawalMessage(WebhookMessage):
    """The withdrawal of an article: delete every copy of it."""

    type: Annotated[str, _type(ChangeType.ARTICLE_WITHDRAWN)]
    data: Annotated[WithdrawalMessageContent, Field(description="The change, with the public notice.")]


class RemovalMessage(WebhookMessage):
    """An article left the filters of the endpoint: delete your copy."""

    type: Annotated[str, _type(ARTICLE_REMOVED)]
    data: Annotated[RemovalMessageContent, Field(description="The change.")]


class EntryMessage(WebhookMessage):
    """Something other than an article changed: read `entry` again."""

    type: Annotated[str, _type(*ENTRY_TYPES)]
    data: Annotated[EntryMessageContent, Field(description="The change, with what changed.")]


class PingMessage(WebhookMessage):
    """A test of the endpoint that an administrator requested: acknowledge it."""

    type: Annotated[Literal["webhook.ping"], Field(description="The type of test messages.", examples=[PING])]
    data: Annotated[PingMessageContent, Field(description="The position of the log, and the time.")]


MESSAGES: Final[dict[str, Any]] = {
    **dict.fromkeys(map(str, ARTICLE_TYPES), ArticleMessage),
    str(ChangeType.ARTICLE_WITHDRAWN): WithdrawalMessage,
    ARTICLE_REMOVED: RemovalMessage,
    **dict.fromkeys(map(str, ENTRY_TYPES), EntryMessage),
    PING: PingMessage,
}
"""The message of each type."""
