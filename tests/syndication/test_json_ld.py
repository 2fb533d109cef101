"""JSON-LD: what a search engine reads on the page of an article."""

import json
from typing import Any

import pytest

from app.syndication import json_ld
from tests.syndication.samples import PUBLICATION, fog, keeper, page


def read(item: Any, **others: Any) -> Any:
    """What the page of this article says to machines."""
    return json.loads(json_ld.render(page(item, **others), publication=PUBLICATION))


@pytest.mark.parametrize(
    ("genre", "kind"),
    [
        ("opinion", "OpinionNewsArticle"),
        ("Review", "ReviewNewsArticle"),
        ("analysis", "AnalysisNewsArticle"),
        ("background", "BackgroundNewsArticle"),
        ("reportage", "ReportageNewsArticle"),
        ("satire", "SatiricalArticle"),
        ("sponsored", "AdvertiserContentArticle"),
        ("interview", "NewsArticle"),
        (None, "NewsArticle"),
    ],
)
def test_json_ld_type_follows_the_genre_of_the_label(genre: str | None, kind: str) -> None:
    label = {"code": "opinion", "text": "X", "disclaimer": None, "genre": genre}
    assert read(fog(label=label))["@type"] == kind


def test_json_ld_type_without_a_label_is_news_article() -> None:
    assert read(keeper())["@type"] == "NewsArticle"


def test_json_ld_author_defaults_to_the_publisher() -> None:
    assert read(fog())["author"] == [
        {"@type": "Person", "name": "Tem Ost"},
        {"@type": "Person", "name": "Ida Lorn", "jobTitle": "columnist", "description": "Ida Lorn writes of weather."},
    ]
    assert read(keeper())["author"] == read(keeper())["publisher"]


def test_json_ld_lists_corrections_only() -> None:
    assert read(fog())["correction"] == [
        {"@type": "CorrectionComment", "text": "Every minute, not </hour>.", "datePublished": "2026-11-20T08:00:00Z"}
    ]
    assert "correction" not in read(fog(), notes=[])


def test_json_ld_has_first_publication_and_last_change() -> None:
    told = read(fog())
    assert (told["datePublished"], told["dateModified"]) == ("2026-11-19T23:59:59+02:00", "2026-11-20T06:00:00Z")


def test_json_ld_omits_the_body() -> None:
    assert "horn" not in json.dumps(read(fog()))
