"""The latest headlines of the editions, for the start page; no response of the API has them in this form."""

from typing import NamedTuple

from app.schemas.alternate import AlternateLink
from app.schemas.edition import EditionLink
from app.schemas.params import TimelineParams
from app.schemas.timeline import Timeline


class EditionHeadlines(NamedTuple):
    """An edition with its feeds and the first page of its timeline; `params` are those of the page.

    `date_language` is the language of its days, if that is not the edition's.
    """

    edition: EditionLink
    site_url: str
    date_language: str | None
    feeds: list[AlternateLink]
    params: TimelineParams
    page: Timeline


class LatestHeadlines(NamedTuple):
    """The first editions, the default one first, and the number of all."""

    editions: list[EditionHeadlines]
    total: int
