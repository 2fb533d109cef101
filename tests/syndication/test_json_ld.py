"""JSON-LD: the structured data of an article for search engines."""

import json
from typing import Any

import pytest

from app.syndication import json_ld
from tests.syndication.samples import PUBLICATION, fog, keeper, label_item, page


def read(item: Any, **others: Any) -> Any:
    """Return the structured data of an article."""
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
    label = label_item("opinion", "X", genre=genre)
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
    document = read(fog())
    assert (document["datePublished"], document["dateModified"]) == (
        "2026-11-19T23:59:59+02:00",
        "2026-11-20T06:00:00Z",
    )


def test_json_ld_omits_the_body() -> None:
    assert "horn" not in json.dumps(read(fog()))


def test_json_ld_lists_the_recordings_of_the_body() -> None:
    film = {
        "type": "video",
        "url": "https://media.courier.example/horn[1].mp4",
        "media_type": "video/mp4",
        "duration": 94.5,
        "caption": "The horn",
        "credit": "Ana Vint",
        "transcript_url": None,
        "poster": "https://media.courier.example/horn.jpg",
    }
    sound = {**dict.fromkeys(film), "type": "audio", "url": "https://media.courier.example/horn.mp3"}
    written = read(fog(body=[film, {"type": "divider"}, sound, {"type": "quote", "blocks": [film]}]))
    assert written["video"] == [
        {
            "@type": "VideoObject",
            "name": "The horn",
            "contentUrl": "https://media.courier.example/horn%5B1%5D.mp4",
            "encodingFormat": "video/mp4",
            "duration": "PT94.5S",
            "thumbnailUrl": "https://media.courier.example/horn.jpg",
            "uploadDate": written["datePublished"],
            "creditText": "Ana Vint",
        }
    ]
    [audio] = written["audio"]
    assert audio["name"] == written["headline"]
    assert audio.keys() == {"@type", "name", "contentUrl", "uploadDate"}
    assert "video" not in read(fog())


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("https://licences.example/by[4]", "https://licences.example/by%5B4%5D"),
        ("CC BY 4.0", {"@type": "CreativeWork", "name": "CC BY 4.0"}),
        (None, None),
    ],
)
def test_json_ld_licence_of_an_image_is_a_url_or_a_work(licence: str | None, expected: Any) -> None:
    item: Any = fog()
    item["image"] = {**item["image"], "licence": licence}
    assert read(item)["image"].get("license") == expected


def test_json_ld_lists_translations() -> None:
    written = json.loads(json_ld.render(page(fog()), publication=PUBLICATION))
    assert [(each["inLanguage"], each["headline"]) for each in written["workTranslation"]] == [
        (each["language"], each["headline"]) for each in fog()["translations"]
    ]
    assert "workTranslation" not in json.loads(json_ld.render(page(keeper()), publication=PUBLICATION))


def test_page_is_a_web_page_without_members_of_articles() -> None:
    about = read(fog(format="page", word_count=12))
    assert about["@type"] == "WebPage"
    assert about.keys().isdisjoint({"articleSection", "wordCount"})


@pytest.mark.parametrize(("seconds", "written"), [(1e-7, "PT0.0000001S"), (90, "PT90S"), (36_000.25, "PT36000.25S")])
def test_duration_has_no_exponent(seconds: float, written: str) -> None:
    names = ("url", "media_type", "caption", "credit", "transcript_url")
    sound = {**dict.fromkeys(names), "type": "audio", "url": "https://media.courier.example/horn.mp3"}
    [audio] = read(fog(body=[{**sound, "duration": seconds}]))["audio"]
    assert audio["duration"] == written
