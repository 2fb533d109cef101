"""Languages of texts beside news: labels, disclaimers and biographies in another language or script."""

from typing import Any

import httpx
import pytest

from tests.conftest import Store
from tests.records import article, author, edition, label

TEXTS = {"sr": "Став", "pa": "ਰਾਏ", "zh": "观点", "he": "דעה", "en-US": "Opinion"}


async def get(client: httpx.AsyncClient, address: str) -> Any:
    """Return the content of a response."""
    return (await client.get(address)).raise_for_status().json()


@pytest.mark.parametrize(
    ("language", "default", "text", "found"),
    [
        ("sr-Latn", "de", "Став", "sr"),
        ("pa-Arab", "de", "ਰਾਏ", "pa"),
        ("zh-HK", "de", "观点", "zh"),
        ("he-Latn", "de", "דעה", "he"),
        ("sr-RS", "de", "Став", None),
        ("iw-IL", "de", "דעה", None),
        ("sr-Latn", "sh", "MEINUNG", None),
        ("sr", "sr-Latn", "Став", None),
        ("uk", "de", "MEINUNG", "de"),
        ("uk", "uk-UA", "MEINUNG", None),
    ],
)
async def test_text_in_another_script_has_its_language(
    client: httpx.AsyncClient, store: Store, *, language: str, default: str, text: str, found: str | None
) -> None:
    await store(
        edition(language=default),
        edition("far", language=language, default=False),
        label("opinion", "MEINUNG", texts=TEXTS, disclaimer="MEINUNG", disclaimers=TEXTS),
        author("ada", "Ada Moss", bio="MEINUNG", bios=TEXTS),
        article("2026-11-19T10:00:00Z", edition="far", slug="fog", label="opinion", authors=["ada"]),
    )
    page = await get(client, "/v1/articles/fog?edition=far")
    listed = await get(client, "/v1/timeline?edition=far")
    for shown in (page["label"], (await get(client, "/v1/labels?edition=far"))["items"][0]):
        assert (shown["text"], shown["language"]) == (text, found)
        assert (shown["disclaimer"], shown["disclaimer_language"]) == (text, found)
    first: dict[str, Any] = listed["days"][0]["items"][0]["label"]
    assert (first["text"], first["language"]) == (text, found)
    assert (page["authors"][0]["bio"], page["authors"][0]["bio_language"]) == (text, found)
    assert f"{text}</title>" in (await client.get("/feeds/far/rss.xml?label=opinion")).text


async def test_default_edition_shows_its_own_text_before_one_in_another_script(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(edition(language="sr-Latn"), label("opinion", "Stav", texts=TEXTS))
    [shown] = (await get(client, "/v1/labels"))["items"]
    assert (shown["text"], shown["language"]) == ("Stav", None)
