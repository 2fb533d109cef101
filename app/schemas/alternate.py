"""Links to other representations of the same content."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import MAX_URL, line


class AlternateLink(TypedDict):
    """A link to another representation, for front ends and feed readers to discover."""

    rel: Annotated[str, line("The relation (RFC 8288): `canonical`, `alternate`.", "alternate", max_length=50)]
    type: Annotated[str, line("The media type.", "application/rss+xml", max_length=100)]
    href: Annotated[
        str,
        Field(
            description="A URL: absolute from the root of this API, or of the front end.",
            examples=["/feeds/meridian/rss.xml"],
            max_length=MAX_URL,
        ),
    ]
    title: NotRequired[
        Annotated[str, line("Distinguishes links of one type; absent on `canonical`.", "The Meridian: RSS")]
    ]
