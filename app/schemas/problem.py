"""Problem details (RFC 9457)."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict


class InputError(TypedDict):
    """One flaw of what was sent."""

    where: Annotated[str, Field(description="The parameter or member.", examples=["limit"])]
    message: str


class Problem(TypedDict):
    """What went wrong, for a program and for a person."""

    type: Annotated[str, Field(examples=["/problems/invalid-input"])]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    instance: Annotated[str, Field(description="The path that was asked for.", examples=["/v1/timeline"])]
    errors: NotRequired[list[InputError]]
    id: NotRequired[Annotated[str, Field(description="Of the withdrawn article.")]]
    notice: NotRequired[Annotated[str | None, Field(description="What the newsroom tells the public of a withdrawal.")]]
