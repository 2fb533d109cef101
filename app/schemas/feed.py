"""What can be asked of a feed: the filters of every list; what it does not know is ignored, as readers add to URLs."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.article import BodyFormat
from app.schemas.params import LIMIT_WITH_BODY, ArticleListParams, Cursor, FilterParams, QueryParams, StrictInt

MAX_NEWS_PARTS = 50

FeedLimit = Annotated[
    int, Field(ge=1, le=LIMIT_WITH_BODY, description="Articles in a document.", examples=[10]), StrictInt
]


class FeedParams(FilterParams):
    """A feed of an edition, or of what its filters hold; the address names the edition."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    cursor: Cursor = None
    limit: FeedLimit = 40

    def articles(self, body: BodyFormat) -> ArticleListParams:
        """The same of the list of articles."""
        return ArticleListParams(
            edition=self.edition,
            section=self.section,
            tag=self.tag,
            author=self.author,
            label=self.label,
            body=body,
            cursor=self.cursor,
            limit=self.limit,
        )


class CurrentFeedParams(FilterParams):
    """A feed whose past is in archive documents."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


class SitemapParams(QueryParams):
    """All the pages of an edition: no filter counts."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


class NewsSitemapParams(CurrentFeedParams):
    """A sitemap of recent news."""

    part: Annotated[
        int | None,
        Field(
            ge=1,
            le=MAX_NEWS_PARTS,
            description="Which thousand of articles, where there are more.",
            examples=[1],
        ),
        StrictInt,
    ] = None
