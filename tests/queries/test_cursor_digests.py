"""Digests in cursors: clients store them, so a change of one makes their cursors invalid."""

from dataclasses import replace

from app.domain.article_status import ArticleStatus
from app.domain.list_filter import ListFilter
from app.queries.editorial.editorial_articles import cursor_digest

FILTERS = ListFilter(edition="1", tags=("trams", "fog"), starts_at=5, timezone="Europe/Kyiv")


def test_digest_of_filters_is_stable() -> None:
    assert ListFilter(edition="1").digest().hex() == "947016d7a4259819"
    assert FILTERS.digest().hex() == "3c37d8d06d5418e1"
    assert replace(FILTERS, subsections=True).digest().hex() != "3c37d8d06d5418e1"


def test_digest_of_an_editorial_list_is_stable() -> None:
    assert cursor_digest(FILTERS.digest(), []).hex() == "63425e084aee7faf"
    assert cursor_digest(FILTERS.digest(), [ArticleStatus.DRAFT, ArticleStatus.SCHEDULED]).hex() == "ce0d59679ba03202"
    assert (
        cursor_digest(FILTERS.digest(), [ArticleStatus.SCHEDULED, ArticleStatus.DRAFT, ArticleStatus.DRAFT]).hex()
        == "ce0d59679ba03202"
    )


def test_digest_of_filters_by_traits_is_stable() -> None:
    plain = ListFilter(edition="1")
    traits = replace(plain, formats=("page", "video"), languages=("uk",), featured=False, access=("free",))
    assert traits.digest() == replace(traits, formats=("video", "page", "video")).digest()
    digests = [traits.digest(), *(replace(plain, featured=value).digest() for value in (None, True, False))]
    assert [each.hex() for each in digests] == [
        "6c92857ba3669bd1",
        "947016d7a4259819",
        "229d92266d72d9bc",
        "d76571076410e383",
    ]
