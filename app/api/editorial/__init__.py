"""Editorial API: one file for each resource; every operation requires an API key, every response is private."""

from app.api.editorial import (
    articles,
    audit_log,
    catalogue,
    curated_lists,
    keys,
    previews,
    publication,
    revisions,
    source_publication,
    upserts,
    webhooks,
)

ROUTERS = (
    articles.router,
    publication.router,
    source_publication.router,
    upserts.router,
    revisions.router,
    previews.links,
    previews.pages,
    catalogue.router,
    curated_lists.router,
    audit_log.router,
    keys.router,
    webhooks.router,
)
"""Routers in the order of the document."""
