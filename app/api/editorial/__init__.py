"""The newsroom's side: one file per resource; every address takes a key, every answer is private."""

from app.api.editorial import articles, audit, catalogue, keys, previews, publication, pushes, revisions, webhooks

ROUTERS = tuple(
    each.router for each in (articles, publication, pushes, revisions, previews, catalogue, audit, keys, webhooks)
)
"""The resources of the newsroom's side, as the document lists them."""
