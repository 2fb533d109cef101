"""Requests for transitions of an article: its publication, its bump, its withdrawal."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.errors import InvalidValueError
from app.schemas.interchange import Note
from app.schemas.record_types import Text
from app.schemas.types import Instant


class TransitionRequest(BaseModel):
    """Request below the address of an article, where a client may send the article itself by mistake.

    A `source_id` that ends like a transition has the address of that transition, which receives its push.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_article(cls, value: Any) -> Any:
        """Raise one InvalidValueError for an article, which has a headline, instead of one for each member."""
        if isinstance(value, dict) and "headline" in value and "headline" not in cls.model_fields:
            members = ", ".join(cls.model_fields)
            raise InvalidValueError(
                f"Must not be an article: the members here are {members}. The article itself is sent to the address "
                "without the last segment; a source_id that ends in /publication, /withdrawal or /bump has no address."
            )
        return value


class PublicationRequest(TransitionRequest):
    """Publication of an article."""

    at: Annotated[
        Instant | None,
        Field(
            description="A future instant schedules the article, a past one back-dates it; now where absent or null."
        ),
    ] = None


class BumpRequest(TransitionRequest):
    """The new public time."""

    at: Annotated[Instant | None, Field(description="An instant that is not in the future; now where absent.")] = None
    note: Annotated[Note | None, Field(description="A public note about the change.")] = None


class WithdrawalRequest(TransitionRequest):
    """Withdrawal of an article, with its reason and public notice."""

    reason: Annotated[
        Text | None, Field(description="The reason, for editors only.", examples=["The names were wrong."])
    ] = None
    notice: Annotated[
        Text | None, Field(description="The public notice.", examples=["This article was withdrawn."])
    ] = None
