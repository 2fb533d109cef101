"""Previews: an article as its page would look, for whoever was given the address."""

from typing import Annotated, Required

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article import BodyForm, Status
from app.schemas.article import Article
from app.schemas.question import WHOLE, Nothing
from app.schemas.scalars import Href, InstantText

EXPIRES_IN_SECONDS = 3_600
EXPIRES_IN_SECONDS_MOST = 7 * 86_400


class PreviewLinkQuestion(Nothing):
    """The address of a preview."""

    expires_in: Annotated[
        int,
        Field(ge=1, le=EXPIRES_IN_SECONDS_MOST, description="For how many seconds the address is good."),
        WHOLE,
    ] = EXPIRES_IN_SECONDS


class PreviewQuestion(Nothing):
    """A preview."""

    body: Annotated[BodyForm, Field(description="The form of the body.")] = BodyForm.BLOCKS


class PreviewLink(TypedDict):
    """Where a front end reads the preview of an article without a key; instants are in the edition's zone."""

    href: Href
    expires_at: InstantText


class PreviewTerm(TypedDict):
    """How long a preview may be read."""

    expires_at: InstantText


class PreviewedArticle(Article, total=False):
    """The article's page as it would be: what has no date yet is dated now, what was never public is version 1."""

    status: Required[Status]
    preview: Required[PreviewTerm]
