"""Query parameters of feeds: the filters of every list; unknown parameters are ignored, as readers add their own."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.article_status import BodyFormat
from app.schemas.param_types import Cursor, StrictInt
from app.schemas.params import LIMIT_WITH_BODY, ArticleListParams, FilterParams, QueryParams

MAX_NEWS_PARTS = 50
MAX_WEEK_PARTS = 1_000

FeedLimit = Annotated[
    int, Field(ge=1, le=LIMIT_WITH_BODY, description="Articles in a document.", examples=[10]), StrictInt
]


class FeedParams(FilterParams):
    """Query parameters of a feed; its path names the edition."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    cursor: Cursor = None
    limit: FeedLimit = 40

    def articles(self, body: BodyFormat) -> ArticleListParams:
        """Return the parameters of the list of articles with the same filters."""
        return ArticleListParams(
            edition=self.edition,
            section=self.section,
            tag=self.tag,
            author=self.author,
            label=self.label,
            format=self.format,
            language=self.language,
            featured=self.featured,
            access=self.access,
            subsections=self.subsections,
            body=body,
            cursor=self.cursor,
            limit=self.limit,
        )


class CurrentFeedParams(FilterParams):
    """Query parameters of a feed with archive documents."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


class SitemapParams(QueryParams):
    """Query parameters of the sitemaps of an edition, without filters."""

    model_config = ConfigDict(extra="ignore", defer_build=True)


class WeekSitemapParams(SitemapParams):
    """Query parameters of the sitemap of a week."""

    part: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_WEEK_PARTS,
            description="The part of the week, of at most 50,000 pages each.",
            examples=[1],
        ),
        StrictInt,
    ] = 1


class NewsSitemapParams(CurrentFeedParams):
    """Query parameters of a news sitemap."""

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
