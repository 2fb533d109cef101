"""API keys and their requests."""

from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from app.domain.api_key import PREFIX_LENGTH, PREFIX_PATTERN, ApiKeyScope
from app.domain.body.values import null_as_empty, whole_number
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.net.base_path import href_of
from app.schemas.pagination import NextPage
from app.schemas.param_types import Cursor, Limit
from app.schemas.params import NoParams
from app.schemas.record_types import Code
from app.schemas.types import MAX_HREF, Href, Instant, InstantText, OpenEnum, line
from app.schemas.types import Code as ResponseCode

MAX_NAME = 200
MAX_GRACE_SECONDS = 30 * 86_400
MAX_EDITIONS = 100
SCOPES_OF_EDITIONS = frozenset({ApiKeyScope.CONTENT_READ, ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH})
"""Scopes of keys that are bound to editions; the others reach beyond an edition."""


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise InvalidValueError("Must be a readable name in one line, such as 'Newsroom CMS'.")
    return value.strip()


def _once(scopes: list[ApiKeyScope]) -> list[ApiKeyScope]:
    return sorted(set(scopes), key=list(ApiKeyScope).index)


class ApiKeyCreate(BaseModel):
    """A new API key."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Annotated[
        str,
        Field(max_length=MAX_NAME, description="What it is for.", examples=["Newsroom CMS"]),
        AfterValidator(_name),
    ]
    scopes: Annotated[
        list[ApiKeyScope],
        Field(
            min_length=1,
            description="What it may do: one scope or more.",
            examples=[["articles:write"]],
            json_schema_extra={"maxItems": 100},
        ),
        AfterValidator(_once),
        BeforeValidator(null_as_empty),
    ]
    expires_at: Annotated[
        Instant | None,
        Field(description="When it expires; never where absent. A past instant is 422."),
    ] = None
    editions: Annotated[
        list[Code] | None,
        Field(
            min_length=1,
            max_length=MAX_EDITIONS,
            description=(
                "The editions whose articles it may read and write in the editorial API; all where absent. An "
                "unknown one is 422. Takes the scopes `articles:write`, `articles:publish` and `content:read` alone."
            ),
            examples=[["harbour"]],
        ),
    ] = None
    trusted: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether it may name the person it acts for, in the header field `Dayline-Actor`.",
            examples=[False],
        ),
    ] = False

    @model_validator(mode="after")
    def _bound_to_editions(self) -> Self:
        others = [scope for scope in self.scopes if scope not in SCOPES_OF_EDITIONS]
        if self.editions is not None and others:
            raise InvalidInputError(
                FieldError("scopes", f"A key with the scope {others[0]} cannot be bound to editions.")
            )
        return self


class ApiKeyRotate(BaseModel):
    """Rotation of an API key."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    grace_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_GRACE_SECONDS,
            strict=True,
            description="Seconds for which the old secret stays valid.",
            examples=[3600],
        ),
        BeforeValidator(whole_number),
    ] = 0


class ApiKeyListParams(NoParams):
    """Query parameters of the list of API keys."""

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Keys on a page.")] = 100

    def href(self, path: str, *, cursor: str) -> str:
        """Return the URL of the next page."""
        given = self.model_dump(exclude_unset=True, mode="json")
        return href_of(f"{path}?{urlencode(given | {'cursor': cursor})}")


class ApiKey(TypedDict):
    """An API key without its secret; instants are in UTC."""

    prefix: Annotated[
        str,
        Field(
            description="Identifies the key: the ten characters after `dl_` in its token.",
            pattern=f"^{PREFIX_PATTERN}$",
            max_length=PREFIX_LENGTH,
            examples=["k7q2m5xw3f"],
        ),
    ]
    href: Annotated[Href, line("The key.", "/v1/editorial/keys/k7q2m5xw3f", max_length=MAX_HREF)]
    name: Annotated[str, line("What it is for.", "Newsroom CMS", max_length=MAX_NAME)]
    scopes: Annotated[
        list[Annotated[ApiKeyScope, OpenEnum()]],
        Field(description="What it may do.", examples=[["articles:write"]], max_length=100),
    ]
    editions: Annotated[
        list[ResponseCode] | None,
        Field(
            description="The editions that it is bound to; null for all.",
            max_length=MAX_EDITIONS,
            examples=[["harbour"]],
        ),
    ]
    trusted: Annotated[bool, Field(description="Whether it may send `Dayline-Actor`.", examples=[False])]
    created_at: Annotated[InstantText, Field(description="When it was created.")]
    expires_at: Annotated[InstantText | None, Field(description="When it expires; null for never.")]
    revoked_at: Annotated[InstantText | None, Field(description="When it was revoked.")]
    rotated_at: Annotated[InstantText | None, Field(description="When its secret was last rotated.")]
    previous_secret_expires_at: Annotated[
        InstantText | None, Field(description="Until when the secret before the last rotation is valid.")
    ]
    last_used_at: Annotated[InstantText | None, Field(description="When it was last used, to about a minute.")]


class ApiKeyWithToken(ApiKey):
    """An API key with its token, which is returned this once."""

    token: Annotated[
        str,
        Field(
            description="Store it as you store a password: it cannot be read again.",
            examples=["dl_k7q2m5xw3f" + "a2b3c4d5e6f7g2h3i4j5k6l7m2n3o4p5q6r7s2t3u4v5w6x7y2z3"],
            pattern=f"^dl_{PREFIX_PATTERN}",
            max_length=200,
        ),
    ]


class ApiKeyList(TypedDict):
    """A page of API keys, by prefix."""

    items: Annotated[list[ApiKey], Field(description="The keys of the page.", max_length=200)]
    next: NextPage | None
