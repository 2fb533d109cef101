"""API keys as their managers see them, and what makes one."""

from typing import Annotated
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from app.domain.api_key import PREFIX_PATTERN, ApiKeyScope
from app.errors import InvalidValueError
from app.schemas.pagination import NextPage
from app.schemas.params import Cursor, Limit, NoParams
from app.schemas.types import Href, Instant, InstantText

MAX_NAME = 200
MAX_GRACE_SECONDS = 30 * 86_400


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise InvalidValueError("A name for people is expected, in one line, such as 'Newsroom CMS'.")
    return value.strip()


def _once(scopes: list[ApiKeyScope]) -> list[ApiKeyScope]:
    return sorted(set(scopes), key=list(ApiKeyScope).index)


class ApiKeyCreate(BaseModel):
    """What a key is made from."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Annotated[
        str,
        Field(max_length=MAX_NAME, description="Who or what it is for.", examples=["Newsroom CMS"]),
        AfterValidator(_name),
    ]
    scopes: Annotated[
        list[ApiKeyScope], Field(min_length=1, description="What it may do: one scope or more."), AfterValidator(_once)
    ]
    expires_at: Annotated[
        Instant | None,
        Field(description="An RFC 3339 instant; never where absent."),
    ] = None


class ApiKeyRotate(BaseModel):
    """How a key is given a new secret."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    grace_seconds: Annotated[
        int, Field(ge=0, le=MAX_GRACE_SECONDS, strict=True, description="How long the old secret stays good.")
    ] = 0


class ApiKeyListParams(NoParams):
    """A list of keys."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Keys on a page.")] = 100

    def href(self, path: str, *, cursor: str) -> str:
        """The address of the next page."""
        asked = self.model_dump(exclude_unset=True, mode="json")
        return f"{path}?{urlencode(asked | {'cursor': cursor})}"


class ApiKey(TypedDict):
    """A key without its secret; instants are in UTC."""

    prefix: Annotated[
        str,
        Field(
            description="What names the key: the ten characters after `dl_` in its token.",
            pattern=f"^{PREFIX_PATTERN}$",
            examples=["k7q2m5xw3f"],
        ),
    ]
    href: Annotated[Href, Field(examples=["/v1/editorial/keys/k7q2m5xw3f"])]
    name: Annotated[str, Field(examples=["Newsroom CMS"])]
    scopes: list[ApiKeyScope]
    created_at: InstantText
    expires_at: InstantText | None
    revoked_at: InstantText | None
    rotated_at: InstantText | None
    previous_until: Annotated[
        InstantText | None, Field(description="Until when the secret before the last rotation stays good.")
    ]
    last_used_at: Annotated[InstantText | None, Field(description="To about a minute.")]


class ApiKeyWithToken(ApiKey):
    """A key with its token, which is told this once."""

    token: Annotated[
        str,
        Field(
            description="Keep it as a password is kept: nobody can tell it again.",
            examples=["dl_k7q2m5xw3f" + "a2b3c4d5e6f7g2h3i4j5k6l7m2n3o4p5q6r7s2t3u4v5w6x7y2z3"],
        ),
    ]


class ApiKeyList(TypedDict):
    """A page of keys, by prefix."""

    items: list[ApiKey]
    next: NextPage | None
