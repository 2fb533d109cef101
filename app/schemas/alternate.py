"""The same content in another form, for front ends and readers to discover."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict


class AlternateLink(TypedDict):
    """Where another form is."""

    rel: Annotated[str, Field(examples=["alternate"])]
    type: Annotated[str, Field(examples=["application/rss+xml"])]
    href: Annotated[str, Field(examples=["/feeds/meridian/rss.xml"])]
    title: NotRequired[
        Annotated[str, Field(description="Tells those of one type apart.", examples=["The Meridian: RSS"])]
    ]
