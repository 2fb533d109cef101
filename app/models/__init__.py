"""The models, one file per concept. Only interchange, queries and actions import them."""

from app.models.api_key import ApiKeyModel
from app.models.article import ArticleBodyModel, ArticleModel
from app.models.article_links import (
    ArticleAddressModel,
    ArticleAuthorModel,
    ArticleRecommendationModel,
    ArticleRelatedModel,
    ArticleSectionModel,
    ArticleTagModel,
    ArticleTranslationModel,
    SlugRedirectModel,
)
from app.models.author import AuthorModel
from app.models.base import Base
from app.models.change import ChangeModel
from app.models.collation_key import CollationKeyModel
from app.models.curated_list import CuratedListModel
from app.models.edition import EditionModel, FormerArticleUrlModel
from app.models.former_slug import FormerSlugModel, ReleasedSectionSlugModel
from app.models.idempotency_key import IdempotencyKeyModel
from app.models.key_value import KeyValueModel
from app.models.label import LabelModel
from app.models.listing import ListingModel
from app.models.revision import RevisionBlockModel, RevisionBlockUseModel, RevisionModel
from app.models.schema_compatibility import SchemaCompatibilityModel
from app.models.section import SectionModel
from app.models.section_relisting import SectionRelistingModel
from app.models.sitemap_week import SitemapWeekModel
from app.models.tag import TagModel, TagNameModel
from app.models.webhook import WebhookDeliveryModel, WebhookEndpointModel

__all__ = [
    "ApiKeyModel",
    "ArticleAddressModel",
    "ArticleAuthorModel",
    "ArticleBodyModel",
    "ArticleModel",
    "ArticleRecommendationModel",
    "ArticleRelatedModel",
    "ArticleSectionModel",
    "ArticleTagModel",
    "ArticleTranslationModel",
    "AuthorModel",
    "Base",
    "ChangeModel",
    "CollationKeyModel",
    "CuratedListModel",
    "EditionModel",
    "FormerArticleUrlModel",
    "FormerSlugModel",
    "IdempotencyKeyModel",
    "KeyValueModel",
    "LabelModel",
    "ListingModel",
    "ReleasedSectionSlugModel",
    "RevisionBlockModel",
    "RevisionBlockUseModel",
    "RevisionModel",
    "SchemaCompatibilityModel",
    "SectionModel",
    "SectionRelistingModel",
    "SitemapWeekModel",
    "SlugRedirectModel",
    "TagModel",
    "TagNameModel",
    "WebhookDeliveryModel",
    "WebhookEndpointModel",
]
