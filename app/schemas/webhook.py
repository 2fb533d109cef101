"""Webhooks as their managers see them, what makes one, and what was sent."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from app.domain.change import ChangeType
from app.errors import InvalidValueError
from app.schemas.pagination import NextPage
from app.schemas.params import MAX_NAMES, Cursor, Limit, NoParams, StrictInt
from app.schemas.types import Href, InstantText, Seq

MAX_DESCRIPTION = 500
MAX_URL = 2_048
MAX_NAME = 200
MAX_SECRET = 200
GRACE_SECONDS = 86_400
MAX_GRACE_SECONDS = 30 * 86_400


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise InvalidValueError("One line is expected.")
    return value.strip()


def _storable(value: str) -> str:
    if "\0" in value:
        raise InvalidValueError("It holds a character that no value has.")
    return value


def _types(values: list[ChangeType]) -> list[ChangeType]:
    return sorted(set(values), key=list(ChangeType).index)


def _names(description: str) -> Any:
    return Field(max_length=MAX_NAMES, description=description)


Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_storable)]
WebhookId = Annotated[
    str,
    Field(description="What names the webhook.", pattern="^[0-7][0-9a-hjkmnp-tv-z]{12}$", examples=["0677y7hzc3m2e"]),
]
Address = Annotated[
    str,
    Field(
        max_length=MAX_URL,
        description="Where messages are sent: https, at a public address.",
        examples=["https://partner.example/hooks/dayline"],
    ),
    AfterValidator(_storable),
]
Description = Annotated[
    str | None,
    Field(max_length=MAX_DESCRIPTION, description="Whose it is, for people.", examples=["The Harbour Gazette"]),
    AfterValidator(lambda value: None if value is None else _one_line(value) or None),
]
Secret = Annotated[
    str,
    Field(
        max_length=MAX_SECRET,
        description="`whsec_` and the base64 of 24 to 64 octets: what messages are signed with.",
        examples=["whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="],
    ),
]


class WebhookFilters(BaseModel):
    """Which changes are told: the filters of `/v1/changes`, and the types of change."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    edition: Annotated[
        Name | None, Field(description="The edition's slug, or `*` for all; the default edition where absent.")
    ] = None
    section: Annotated[list[Name], _names("Slugs of sections, any of them.")] = []
    tag: Annotated[list[Name], _names("Slugs of tags, any of them.")] = []
    author: Annotated[list[Name], _names("Slugs of authors, any of them.")] = []
    label: Annotated[list[Name], _names("Codes of labels, any of them.")] = []
    types: Annotated[
        list[ChangeType],
        Field(
            max_length=len(ChangeType),
            description="Only these types, all where empty; `article.withdrawn` and `article.removed` always come.",
        ),
        AfterValidator(_types),
    ] = []


class WebhookCreate(BaseModel):
    """What a webhook is made from."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address
    description: Description = None
    filters: Annotated[WebhookFilters, Field(description="Which changes are told.")] = WebhookFilters()
    since: Annotated[
        int | None,
        Field(ge=0, strict=True, description="Changes after this one are told; those from now on where absent."),
    ] = None
    secret: Annotated[Secret | None, Field(description="A secret of one's own; one is made where absent.")] = None


class WebhookState(BaseModel):
    """What of a webhook is edited."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address
    description: Description = None
    filters: Annotated[WebhookFilters, Field(description="Which changes are told.")] = WebhookFilters()
    is_enabled: Annotated[bool, Field(strict=True, description="Whether messages are sent.")] = True


class WebhookUpdate(BaseModel):
    """A merge patch (RFC 7396); members left out stay, null empties."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address | None = None
    description: Description = None
    filters: WebhookFilters | None = None
    is_enabled: Annotated[bool | None, Field(description="Enabled again it goes on where it stood.")] = None


class WebhookSecretRotate(BaseModel):
    """How a webhook is given a new secret."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    grace_seconds: Annotated[
        int, Field(ge=0, le=MAX_GRACE_SECONDS, strict=True, description="How long messages are signed with both.")
    ] = GRACE_SECONDS
    secret: Annotated[Secret | None, Field(description="A secret of one's own; one is made where absent.")] = None


class WebhookReplay(BaseModel):
    """From where a webhook is told everything again."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    since: Annotated[int, Field(ge=0, strict=True, description="Changes after this one are sent again, in order.")]


class _PageParams(NoParams):
    """A page of a private list."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Entries on a page.")] = 100

    def href(self, path: str, *, cursor: str) -> str:
        """The address of the next page."""
        asked = self.model_dump(exclude_unset=True, mode="json")
        return f"{path}?{urlencode(asked | {'cursor': cursor})}"


class WebhookListParams(_PageParams):
    """A list of webhooks."""


class DeliveryListParams(_PageParams):
    """What was sent to a webhook, or is to be."""

    status: Annotated[
        Literal["pending", "delivered"] | None, Field(description="Only what waits, or only what was taken.")
    ] = None
    since: Annotated[int, Field(ge=0, description="Only of changes after this one."), StrictInt] = 0


class Webhook(TypedDict):
    """A webhook without its secret; instants are in UTC."""

    id: WebhookId
    href: Annotated[Href, Field(examples=["/v1/editorial/webhooks/0677y7hzc3m2e"])]
    url: Address
    description: Description
    filters: WebhookFilters
    is_enabled: bool
    disabled_at: InstantText | None
    disabled_reason: Annotated[str | None, Field(description="Why it is not enabled, in one sentence.")]
    failures: Annotated[int, Field(description="Attempts that failed since the last that did not.", ge=0)]
    failing_since: InstantText | None
    next_attempt_at: Annotated[InstantText | None, Field(description="While it fails: when it is tried again.")]
    as_of: Annotated[
        Seq, Field(description="Changes up to this one were told, are among the deliveries, or do not concern it.")
    ]
    previous_until: Annotated[
        InstantText | None, Field(description="Until when the secret before the last rotation signs as well.")
    ]
    created_at: InstantText
    modified_at: InstantText
    revision: Annotated[int, Field(ge=1)]


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which is told this once."""

    secret: Secret


class WebhookList(TypedDict):
    """A page of webhooks, in the order of their making."""

    items: list[Webhook]
    next: NextPage | None


class DeliveredArticle(TypedDict):
    """The article that a message is about."""

    id: str
    href: Href


class Delivery(TypedDict):
    """A message that was sent, or is to be; instants are in UTC."""

    id: Annotated[
        str, Field(description="The `webhook-id`, the same at each attempt.", examples=["msg_0677y7hzc3m2e_41"])
    ]
    seq: Seq
    type: Annotated[
        str, Field(description="What happened, as it was when it was noted down.", examples=["article.updated"])
    ]
    article: DeliveredArticle | None
    status: Literal["pending", "delivered"]
    attempts: Annotated[int, Field(ge=0)]
    attempted_at: InstantText | None
    response_status: Annotated[int | None, Field(description="What the receiver answered last, if it did.")]
    reason: Annotated[str | None, Field(description="What became of the last attempt, in one sentence.")]
    duration_ms: Annotated[int | None, Field(description="How long the last attempt took.")]
    delivered_at: InstantText | None
    created_at: InstantText


class DeliveryList(TypedDict):
    """A page of deliveries, the latest change first."""

    items: list[Delivery]
    next: NextPage | None


class Ping(TypedDict):
    """What became of a ping."""

    id: Annotated[str, Field(examples=["msg_0677y7hzc3m2e_ping1795435200000000"])]
    is_delivered: bool
    response_status: int | None
    reason: str
    duration_ms: int
