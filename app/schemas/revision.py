"""Revisions of an article: what differs between two of them."""

from app.domain.difference import BlockOperation, BodyDifference, Difference, MemberDifference, WordChange

__all__ = ["BlockOperation", "BodyDifference", "Difference", "MemberDifference", "WordChange"]
