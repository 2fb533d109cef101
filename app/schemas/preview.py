"""Previews: an article as its page would look, for those who have the URL."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article_status import ArticleStatus, BodyFormat
from app.schemas.article import Article
from app.schemas.param_types import StrictInt
from app.schemas.params import NoParams
from app.schemas.types import MAX_HREF, Href, InstantText, OpenEnum, Url, line

EXPIRES_IN_SECONDS = 3_600
MAX_EXPIRES_IN_SECONDS = 7 * 86_400


class PreviewLinkParams(NoParams):
    """Query parameters of the preview link."""

    expires_in: Annotated[
        int,
        Field(ge=1, le=MAX_EXPIRES_IN_SECONDS, description="Seconds until the URL expires.", examples=[3600]),
        StrictInt,
    ] = EXPIRES_IN_SECONDS


class PreviewParams(NoParams):
    """Query parameters of a preview."""

    body: Annotated[BodyFormat, Field(description="The format of the body.", examples=["blocks"])] = BodyFormat.BLOCKS


class PreviewLink(TypedDict):
    """The URL at which a front end reads the preview of an article without a key."""

    href: Annotated[
        Href,
        line(
            "The URL of the preview; anyone who has it can read.", "/v1/editorial/previews/AZk2…", max_length=MAX_HREF
        ),
    ]
    url: Annotated[
        Url | None,
        Field(
            description="Its page on the front end; null unless the edition has a template of such URLs.",
            examples=["https://meridian.example/preview/AZk2…"],
        ),
    ]
    expires_at: Annotated[InstantText, Field(description="When the URL expires, in the edition's zone.")]


class PreviewValidity(TypedDict):
    """Validity of a preview."""

    expires_at: Annotated[InstantText, Field(description="When the preview expires.")]


class PreviewedArticle(Article):
    """The article's page as it would be: an article without a date is dated now, one never public is version 1."""

    status: Annotated[
        ArticleStatus, OpenEnum(), Field(description="The status of the article.", examples=["scheduled"])
    ]
    preview: PreviewValidity
