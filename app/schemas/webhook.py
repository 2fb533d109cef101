"""Webhook endpoints, their requests, and their deliveries."""

from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict

from app.domain.body.values import null_as_empty, whole_number
from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.tsid import ID_PATTERN
from app.domain.webhook import WebhookPayload
from app.errors import InvalidValueError
from app.net.base_path import href_of
from app.schemas.article_members import FeaturedFilter, SubsectionsFilter
from app.schemas.pagination import NextPage
from app.schemas.param_types import MAX_NAMES, AccessLevels, Cursor, Formats, Languages, Limit, StrictInt
from app.schemas.params import NoParams
from app.schemas.types import (
    MAX_HREF,
    MAX_ID,
    MAX_SEQ,
    ArticleId,
    Href,
    InstantText,
    OpenEnum,
    Revision,
    Seq,
    count,
    line,
)

MAX_DESCRIPTION = 500
MAX_URL = 2_048
MAX_NAME = 200
MAX_SECRET = 200
MAX_PAGE = 200
GRACE_SECONDS = 86_400
MAX_GRACE_SECONDS = 30 * 86_400


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise InvalidValueError("Must be a single line.")
    return value.strip()


def _storable(value: str) -> str:
    if "\0" in value:
        raise InvalidValueError("Contains a control character.")
    return value


def _known_type(value: str) -> str:
    if value not in MESSAGE_TYPES:
        raise InvalidValueError(f"Must be one of: {', '.join(MESSAGE_TYPES)}.")
    return value


def _types(values: list[str]) -> list[str]:
    return sorted(set(values), key=MESSAGE_TYPES.index)


def _null_as_dayline(value: object) -> object:
    return WebhookPayload.DAYLINE if value is None else value


def _names(description: str, example: str) -> Any:
    return Field(max_length=MAX_NAMES, description=description, examples=[[example]])


MESSAGE_TYPES: Final = (*map(str, ChangeType), ARTICLE_REMOVED)
"""Types of the messages of changes."""
NULL_AS_EMPTY = BeforeValidator(null_as_empty)
WHOLE_NUMBER = BeforeValidator(whole_number)
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_storable)]
WebhookId = Annotated[
    str,
    Field(
        description="The id of the endpoint.", pattern=f"^{ID_PATTERN}$", max_length=MAX_ID, examples=["0677y7hzc3m2e"]
    ),
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
    Field(
        max_length=MAX_DESCRIPTION,
        description="A note for people, such as the name of the receiver.",
        examples=["The Harbour Gazette"],
    ),
    AfterValidator(lambda value: None if value is None else _one_line(value) or None),
]
Payload = Annotated[
    WebhookPayload,
    Field(
        description=(
            "`dayline`: messages with `type`, `timestamp` and `data`. `ninjs`: the article as a ninjs 3.1 object, one "
            "with `pubStatus` `canceled` where it was withdrawn or left the filters; changes of entries are not sent."
        ),
        examples=["ninjs"],
    ),
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
    """The changes to send: those of an edition, filtered as lists of articles are, and by type of change."""

    model_config = ConfigDict(extra="forbid", defer_build=True, json_schema_serialization_defaults_required=True)

    edition: Annotated[
        Name | None,
        Field(
            description="The edition's slug, or `*` for all; the default edition where absent. An unknown one is 422.",
            examples=["harbour"],
        ),
    ] = None
    section: Annotated[list[Name], _names("Slugs of sections, any of them.", "politics"), NULL_AS_EMPTY] = []
    tag: Annotated[list[Name], _names("Slugs of tags, any of them.", "trams"), NULL_AS_EMPTY] = []
    author: Annotated[list[Name], _names("Slugs of authors, any of them.", "ines-kovary"), NULL_AS_EMPTY] = []
    label: Annotated[list[Name], _names("Codes of labels, any of them.", "opinion"), NULL_AS_EMPTY] = []
    format: Annotated[Formats, NULL_AS_EMPTY] = []
    language: Annotated[Languages, NULL_AS_EMPTY] = []
    featured: FeaturedFilter = None
    access: Annotated[AccessLevels, NULL_AS_EMPTY] = []
    subsections: SubsectionsFilter = False
    types: Annotated[
        list[Annotated[str, AfterValidator(_known_type), OpenEnum(*MESSAGE_TYPES)]],
        Field(
            max_length=len(MESSAGE_TYPES),
            description="Only these types, all where empty; `article.withdrawn` and `article.removed` always come.",
        ),
        AfterValidator(_types),
        NULL_AS_EMPTY,
    ] = []


def load_filters(row: Any) -> WebhookFilters:
    """Return the filters in a row of webhook_endpoints; one of an earlier release has fewer members."""
    return WebhookFilters.model_validate({**orjson.loads(row.filters), "types": orjson.loads(row.types)})


class WebhookCreate(BaseModel):
    """A new webhook endpoint."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address
    description: Description = None
    filters: Annotated[WebhookFilters, Field(description="The changes to send.")] = WebhookFilters()
    payload: Payload = WebhookPayload.DAYLINE
    since: Annotated[
        int | None,
        Field(
            ge=0,
            le=MAX_SEQ,
            strict=True,
            description="Send the changes after this one; those from now on where absent. Of another log, it is 422.",
            examples=[0],
        ),
        WHOLE_NUMBER,
    ] = None
    secret: Annotated[Secret | None, Field(description="A secret of your own; one is generated where absent.")] = None


class WebhookState(BaseModel):
    """The editable members of a webhook endpoint."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address
    description: Description = None
    filters: Annotated[WebhookFilters, Field(description="The changes to send.")] = WebhookFilters()
    payload: Annotated[Payload, BeforeValidator(_null_as_dayline)] = WebhookPayload.DAYLINE
    enabled: Annotated[bool, Field(strict=True, description="Whether messages are sent.", examples=[True])] = True


class WebhookUpdate(BaseModel):
    """A merge patch (RFC 7396); omitted members are unchanged, null empties."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    url: Address | None = None
    description: Description = None
    filters: WebhookFilters | None = None
    payload: Payload | None = None
    enabled: Annotated[
        bool | None,
        Field(description="Whether messages are sent; enabled again, it continues where it stopped.", examples=[True]),
    ] = None


class WebhookSecretRotate(BaseModel):
    """Rotation of a signing secret."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    grace_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_GRACE_SECONDS,
            strict=True,
            description="Seconds for which messages are signed with both secrets.",
            examples=[86400],
        ),
        WHOLE_NUMBER,
    ] = GRACE_SECONDS
    secret: Annotated[Secret | None, Field(description="A secret of your own; one is generated where absent.")] = None


class WebhookReplay(BaseModel):
    """Replay of changes."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    since: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_SEQ,
            strict=True,
            description="Changes after this one are sent again, in order.",
            examples=[1],
        ),
        WHOLE_NUMBER,
    ]


class _PageParams(NoParams):
    """Query parameters of a page."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Entries on a page.")] = 100

    def href(self, path: str, *, cursor: str) -> str:
        """Return the URL of the next page."""
        given = self.model_dump(exclude_unset=True, mode="json")
        return href_of(f"{path}?{urlencode(given | {'cursor': cursor})}")


class WebhookListParams(_PageParams):
    """Query parameters of the list of webhook endpoints."""


class DeliveryListParams(_PageParams):
    """Query parameters of the list of deliveries."""

    status: Annotated[
        Literal["pending", "delivered"] | None,
        Field(description="Only deliveries in this state.", examples=["pending"]),
    ] = None
    since: Annotated[
        int,
        Field(
            ge=0,
            description="Only of changes after this one.",
            examples=[0],
            json_schema_extra={"maximum": MAX_SEQ},
        ),
        StrictInt,
    ] = 0


class Webhook(TypedDict):
    """A webhook endpoint without its secret; instants are in UTC."""

    id: WebhookId
    href: Annotated[Href, line("The endpoint.", "/v1/editorial/webhooks/0677y7hzc3m2e", max_length=MAX_HREF)]
    url: Address
    description: Description
    filters: WebhookFilters
    payload: Annotated[WebhookPayload, OpenEnum(), Field(description="What messages contain.", examples=["dayline"])]
    enabled: Annotated[bool, Field(description="Whether messages are sent.", examples=[True])]
    disabled_at: Annotated[InstantText | None, Field(description="Since when it is disabled.")]
    disabled_reason: Annotated[
        str | None, line("Why it is disabled, in one sentence.", "It was disabled by an editor.", max_length=2_000)
    ]
    failures: Annotated[int, count("Failed attempts since the last success.", 0)]
    failing_since: Annotated[InstantText | None, Field(description="When the first of these attempts failed.")]
    next_attempt_at: Annotated[InstantText | None, Field(description="The next attempt, while attempts fail.")]
    delivered_up_to: Annotated[
        Seq, Field(description="Changes up to this one were delivered, are in the deliveries, or match no filter.")
    ]
    previous_secret_expires_at: Annotated[
        InstantText | None, Field(description="Until when messages are signed with the previous secret too.")
    ]
    created_at: Annotated[InstantText, Field(description="When it was created.")]
    modified_at: Annotated[InstantText, Field(description="When it was last modified.")]
    revision: Revision


class WebhookWithSecret(Webhook):
    """A webhook endpoint with its secret, which is returned this once."""

    secret: Secret


class WebhookList(TypedDict):
    """A page of webhook endpoints, in the order of creation."""

    items: Annotated[list[Webhook], Field(description="The endpoints of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class DeliveredArticle(TypedDict):
    """The article of a message."""

    id: ArticleId
    href: Href


class Delivery(TypedDict):
    """A message that was delivered or is pending; instants are in UTC."""

    id: Annotated[
        str,
        line("The `webhook-id`, the same at each attempt.", "msg_0677y7hzc3m2e_41", max_length=100, pattern="^msg_"),
    ]
    seq: Seq
    type: Annotated[
        str,
        OpenEnum(*ChangeType, ARTICLE_REMOVED),
        Field(description="The type of the change when the message was queued.", examples=["article.updated"]),
    ]
    article: Annotated[DeliveredArticle | None, Field(description="The article; null for catalogue entries.")]
    status: Annotated[
        Literal["pending", "delivered"],
        OpenEnum(),
        Field(description="The state of the delivery.", examples=["pending"]),
    ]
    attempts: Annotated[int, count("The number of attempts.", 1)]
    attempted_at: Annotated[InstantText | None, Field(description="The time of the last attempt.")]
    response_status: Annotated[int | None, count("The status of the last response, if there was one.", 204, le=999)]
    reason: Annotated[
        str | None,
        line("The outcome of the last attempt, in one sentence.", "The receiver answered 204.", max_length=2_000),
    ]
    duration_ms: Annotated[int | None, count("The duration of the last attempt.", 84)]
    delivered_at: Annotated[InstantText | None, Field(description="When it was delivered.")]
    created_at: Annotated[InstantText, Field(description="When it was queued.")]


class DeliveryList(TypedDict):
    """A page of deliveries, the latest change first."""

    items: Annotated[list[Delivery], Field(description="The deliveries of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class Ping(TypedDict):
    """The outcome of a test ping."""

    id: Annotated[
        str, line("The `webhook-id` of the message.", "msg_0677y7hzc3m2e_ping1795435200000000", max_length=100)
    ]
    delivered: Annotated[bool, Field(description="Whether the receiver responded with success.", examples=[True])]
    response_status: Annotated[int | None, count("The status of the response, if there was one.", 204, le=999)]
    reason: Annotated[str, line("The outcome, in one sentence.", "The receiver answered 204.", max_length=2_000)]
    duration_ms: Annotated[int, count("The duration of the attempt.", 61)]
