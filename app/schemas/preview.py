"""Previews: an article as its page would look, for whoever was given the address."""

from typing import Annotated, Required

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article import ArticleStatus, BodyFormat
from app.schemas.article import Article
from app.schemas.params import NoParams, StrictInt
from app.schemas.types import Href, InstantText

EXPIRES_IN_SECONDS = 3_600
MAX_EXPIRES_IN_SECONDS = 7 * 86_400


class PreviewLinkParams(NoParams):
    """The address of a preview."""

    expires_in: Annotated[
        int,
        Field(ge=1, le=MAX_EXPIRES_IN_SECONDS, description="For how many seconds the address is good."),
        StrictInt,
    ] = EXPIRES_IN_SECONDS


class PreviewParams(NoParams):
    """A preview."""

    body: Annotated[BodyFormat, Field(description="The form of the body.")] = BodyFormat.BLOCKS


class PreviewLink(TypedDict):
    """Where a front end reads the preview of an article without a key; instants are in the edition's zone."""

    href: Href
    expires_at: InstantText


class PreviewValidity(TypedDict):
    """How long a preview may be read."""

    expires_at: InstantText


class PreviewedArticle(Article, total=False):
    """The article's page as it would be: what has no date yet is dated now, what was never public is version 1."""

    status: Required[ArticleStatus]
    preview: Required[PreviewValidity]
