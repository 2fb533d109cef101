"""The models, one file per concept. Only interchange, queries and actions import them."""

from app.models.api_key import ApiKeyModel
from app.models.article import ArticleBodyModel, ArticleModel
from app.models.article_links import (
    ArticleAuthorModel,
    ArticlePickModel,
    ArticleRelatedModel,
    ArticleSlugModel,
    ArticleTagModel,
)
from app.models.author import AuthorModel
from app.models.base import Base
from app.models.change import ChangeModel
from app.models.edition import EditionModel
from app.models.idempotent_answer import IdempotentAnswerModel
from app.models.installation import InstallationModel
from app.models.label import LabelModel
from app.models.listing import ListingModel
from app.models.revision import RevisionModel
from app.models.schema_compatibility import SchemaCompatibilityModel
from app.models.section import SectionModel
from app.models.tag import TagModel
from app.models.webhook import WebhookDeliveryModel, WebhookEndpointModel

__all__ = [
    "ApiKeyModel",
    "ArticleAuthorModel",
    "ArticleBodyModel",
    "ArticleModel",
    "ArticlePickModel",
    "ArticleRelatedModel",
    "ArticleSlugModel",
    "ArticleTagModel",
    "AuthorModel",
    "Base",
    "ChangeModel",
    "EditionModel",
    "IdempotentAnswerModel",
    "InstallationModel",
    "LabelModel",
    "ListingModel",
    "RevisionModel",
    "SchemaCompatibilityModel",
    "SectionModel",
    "TagModel",
    "WebhookDeliveryModel",
    "WebhookEndpointModel",
]
