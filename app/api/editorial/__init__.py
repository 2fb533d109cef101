"""The newsroom's side: one file per resource; every address takes a key, every answer is private."""

from app.api.editorial import articles, audit_log, catalogue, keys, previews, publication, revisions, upserts, webhooks

ROUTERS = tuple(
    each.router for each in (articles, publication, upserts, revisions, previews, catalogue, audit_log, keys, webhooks)
)
"""The resources of the newsroom's side, as the document lists them."""
