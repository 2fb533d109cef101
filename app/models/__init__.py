"""The tables, one file per concept; only queries and actions import them."""

from app.models import article, author, change, edition, label, listing, section, tag

__all__ = ["article", "author", "change", "edition", "label", "listing", "section", "tag"]
