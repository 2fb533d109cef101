"""Editorial API: one file for each resource; every operation requires an API key, every response is private."""

from app.api.editorial import articles, audit_log, catalogue, keys, previews, publication, revisions, upserts, webhooks

ROUTERS = (
    articles.router,
    publication.router,
    upserts.router,
    revisions.router,
    previews.links,
    previews.pages,
    catalogue.router,
    audit_log.router,
    keys.router,
    webhooks.router,
)
"""Routers in the order of the document."""
