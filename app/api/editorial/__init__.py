"""The newsroom's side: one file per resource; every address takes a key, every answer is private."""

from app.api.editorial import articles, audit, catalogue, keys, previews, publication, pushes, revisions

ROUTERS = tuple(each.router for each in (articles, publication, pushes, revisions, previews, catalogue, audit, keys))
"""The resources of the newsroom's side, as the document lists them."""
