"""Addresses of articles on front ends, and what they lead to."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article_address import MAX_ADDRESS
from app.schemas.param_types import described
from app.schemas.params import QueryParams
from app.schemas.types import ArticleId, Code, Href, OpenEnum, Slug, Url


class ResolveParams(QueryParams):
    """A URL or path, of one edition or (a URL) of any."""

    url: Annotated[
        str,
        described(
            "A present or past URL of an article, or a path of the edition's site.",
            "https://meridian.example/budget-passes-by-one-vote",
            max_length=MAX_ADDRESS,
        ),
    ]


class ResolvedAddress(TypedDict):
    """The article to which an address belongs."""

    type: Annotated[
        Literal["article"],
        OpenEnum("article"),
        Field(description="The kind of resource at the address.", examples=["article"]),
    ]
    id: ArticleId
    href: Href
    url: Annotated[Url, Field(description="The present URL of the article on the front end.")]
    slug: Slug
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    current: Annotated[
        bool, Field(description="Whether the address is the present one; redirect readers to `url` if not.")
    ]
