"""Invented previews for the API document; each follows its schema, and a test holds it to that."""

from app.domain.article_status import ArticleStatus
from app.schemas.examples.reading import ARTICLE
from app.schemas.preview import PreviewedArticle, PreviewLink

PREVIEW_LINK: PreviewLink = {
    "href": "/v1/editorial/previews/AQMc_jx-wdAtAAZguW6JugBkExJDkZZK6ySOgkE3rPGjR6xryRRmIm_taTwPLGp6Ew",
    "url": None,
    "expires_at": "2026-11-20T20:30:00.000000+02:00",
}
PREVIEW: PreviewedArticle = {
    **ARTICLE,
    "status": ArticleStatus.DRAFT,
    "preview": {"expires_at": "2026-11-20T20:30:00.000000+02:00"},
}
