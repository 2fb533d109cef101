"""Documents are valid by the official schemas; each validator is shown to refuse an invalid one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain.article_status import FeedContent
from app.domain.body.html_rendering import render_html
from app.syndication import atom, json_feed, json_ld, ninjs, sitemap
from app.syndication.feed_document import Publication
from tests.syndication import varieties
from tests.syndication.samples import (
    HOME,
    PUBLICATION,
    archive,
    channel,
    fog,
    keeper,
    label_item,
    page,
    render_documents,
)
from tests.syndication.standards import (
    atom_errors,
    json_feed_errors,
    ninjs_errors,
    sitemap_errors,
    vocabulary_errors,
)

Validator = Callable[[Path, bytes], list[str]]
VALIDATORS: Final[dict[str, Validator]] = {
    "atom.xml": atom_errors,
    "atom-archive.xml": atom_errors,
    "feed.json": json_feed_errors,
    "ninjs-article.json": ninjs_errors,
    "ninjs-list.json": ninjs_errors,
    "ninjs-canceled.json": ninjs_errors,
    "article.jsonld": vocabulary_errors,
    "sitemap.xml": sitemap_errors,
    "news-sitemap.xml": sitemap_errors,
}
ITEMS: Final = [fog(), keeper()]
UNLUCKY: Final[dict[str, Any]] = {
    "url": "https://пошта.courier.example/новини/туман|{1}?a=100%",
    "published_at": "1000-01-01T00:00:00Z",
    "source": {"name": "Port radio", "url": None},
    "rights": dict.fromkeys(("holder", "notice", "usage", "licence_url")),
    "image": {
        "url": "https://pictures.courier.example/ліхтар.jpg",
        "alt": "",
        **dict.fromkeys(("caption", "credit", "width", "height", "licence", "focal_point", "asset_id")),
        "renditions": [],
    },
}


@pytest.mark.parametrize("name", VALIDATORS)
@pytest.mark.parametrize("items", [ITEMS, ITEMS[::-1], [fog(**UNLUCKY)]], ids=["both", "backwards", "unlucky"])
def test_document_is_valid_by_its_official_schema(shared_folder: Path, name: str, items: list[Any]) -> None:
    assert VALIDATORS[name](shared_folder, render_documents(items)[name]()) == []


@pytest.mark.parametrize("content", FeedContent)
@pytest.mark.parametrize("items", [ITEMS, []], ids=["both", "none"])
def test_feed_of_every_content_is_valid_by_its_schema(
    shared_folder: Path, content: FeedContent, items: list[Any]
) -> None:
    assert atom_errors(shared_folder, atom.render(channel("atom.xml", content), items)) == []
    assert atom_errors(shared_folder, atom.render(archive(content=content), items)) == []
    assert json_feed_errors(shared_folder, json_feed.render(channel("feed.json", content), items)) == []
    assert ninjs_errors(shared_folder, ninjs.render_list(channel("ninjs.json", content), items)) == []


def test_every_block_type_is_valid_by_every_schema(shared_folder: Path) -> None:
    records = [json.loads(line) for line in (Path(__file__).parents[1] / "golden/full.jsonl").read_text().splitlines()]
    bodies = [render_html(record["body"]) for record in records if record["kind"] == "article"]
    assert any("<figure" in body for body in bodies)
    for name, render in render_documents([fog(body=body) for body in bodies]).items():
        if name in VALIDATORS:
            assert VALIDATORS[name](shared_folder, render()) == []


@pytest.mark.parametrize("genre", [*json_ld.TYPES, "interview"])
def test_every_schema_org_type_has_its_properties(shared_folder: Path, genre: str) -> None:
    label = label_item("x", "X", genre=genre)
    assert vocabulary_errors(shared_folder, json_ld.render(page(fog(label=label)), publication=PUBLICATION)) == []


def test_recordings_have_the_properties_of_schema_org(shared_folder: Path) -> None:
    recording = {**varieties.VIDEO, "type": "audio"}
    item = page(fog(body=[varieties.VIDEO, recording]))
    assert vocabulary_errors(shared_folder, json_ld.render(item, publication=PUBLICATION)) == []


@pytest.mark.parametrize("language", ["en-GB", "uk", "zh-Hant-HK", "zh-Hans", "x-klingon", "abcdefgh", "cmn", "fil-PH"])
def test_news_sitemap_language_is_one_of_google_news(shared_folder: Path, language: str) -> None:
    paper = Publication(name="The Lume Courier", language=language, home="https://courier.example")
    assert sitemap_errors(shared_folder, sitemap.render_news(paper, ITEMS, home=HOME)) == []


def test_an_empty_sitemap_is_valid(shared_folder: Path) -> None:
    documents = (sitemap.render([], home=HOME), sitemap.render_index([], home=HOME))
    for document in (*documents, sitemap.render_news(PUBLICATION, [], home=HOME)):
        assert sitemap_errors(shared_folder, document) == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("atom.xml", b"<name>Tem Ost</name>", b"<email>Tem Ost</email>"),
        ("atom-archive.xml", b"<subtitle>What the quay talks of</subtitle>", b"<lead>What the quay talks of</lead>"),
        ("atom.xml", b"<updated>2026-11-20T", b"<updated>20.11.2026 "),
        ("feed.json", b'"next_url"', b'"next"'),
        ("feed.json", b'"content_html"', b'"content_xml"'),
        ("ninjs-article.json", b'"versionCreated"', b'"versioncreated"'),
        ("ninjs-article.json", b'"firstCreated":"2026-11-19T', b'"firstCreated":"2026-11-31T'),
        ("ninjs-list.json", b'"rel":"item"', b'"relation":"item"'),
        ("ninjs-canceled.json", b"canceled", b"cancelled"),
        ("article.jsonld", b"OpinionNewsArticle", b"OpinionArticle"),
        ("article.jsonld", b'"jobTitle"', b'"articleSection"'),
        ("article.jsonld", b'"@type":"CorrectionComment"', b'"@type":"Person"'),
        ("sitemap.xml", b"lastmod", b"changed"),
        ("sitemap.xml", b"2026-11-20T06", b"2026-11-20T26"),
        ("news-sitemap.xml", b"<news:language>en<", b"<news:language>en-GB<"),
    ],
)
def test_schema_validators_detect_errors(shared_folder: Path, name: str, before: bytes, after: bytes) -> None:
    good = render_documents(ITEMS)[name]()
    assert before in good
    assert VALIDATORS[name](shared_folder, good.replace(before, after)) != []
