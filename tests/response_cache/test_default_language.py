"""Texts without a translation have the language of the default edition, which cached responses follow."""

from typing import Any

import httpx
import pytest

from tests.conftest import Store
from tests.records import article, author, edition, label

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # the dependency is the same

ITEM = ("label", "language")
LANGUAGES: dict[str, tuple[str | int, ...]] = {
    "/v1/timeline?edition=harbour": ("days", 0, "items", 0, *ITEM),
    "/v1/articles?edition=harbour": ("items", 0, *ITEM),
    "/v1/articles/fog?edition=harbour": ("label", "disclaimer_language"),
    "/v1/labels?edition=harbour": ("items", 0, "disclaimer_language"),
    "/v1/authors?edition=harbour": ("items", 0, "bio_language"),
    "/v1/authors/ada-moss?edition=harbour": ("bio_language",),
    "/v1/articles/sun?edition=harbour": ("authors", 0, "bio_language"),
}


@pytest.mark.parametrize("target", LANGUAGES)
async def test_cached_text_without_translation_follows_the_default_edition(
    warm_client: httpx.AsyncClient, store: Store, target: str
) -> None:
    await store(
        edition("harbour", language="uk", default=False),
        label("opinion", "OPINION", disclaimer="Columns."),
        author("ada-moss", "Ada Moss", bio="Ada Moss writes about rivers."),
        article("2026-11-18T10:00:00Z", edition="harbour", source_id="sun", slug="sun", authors=["ada-moss"]),
        article("2026-11-19T10:00:00Z", edition="harbour", source_id="fog", slug="fog", label="opinion"),
    )
    assert await language_in(warm_client, target) == "en-GB"
    await store(edition(language="de"))
    assert await language_in(warm_client, target) == "de"
    await store(edition(language="uk"))
    assert await language_in(warm_client, target) is None


async def test_cached_title_of_a_feed_follows_the_default_edition(warm_client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition("harbour", language="sr-Latn", default=False),
        label("opinion", "OPINION", texts={"sr": "Став"}),
        article("2026-11-19T10:00:00Z", edition="harbour", label="opinion"),
    )
    for language, title in (("en", "Став"), ("sh", "OPINION")):  # the default edition's is in the right script now
        await store(edition(language=language))
        for _ in range(2):
            assert f"{title}</title>" in (await warm_client.get("/feeds/harbour/rss.xml?label=opinion")).text


async def language_in(client: httpx.AsyncClient, target: str) -> Any:
    """Return the language in a response, after it was cached."""
    response = await client.get(target)
    found = (await client.get(target)).json()
    assert response.json() == found
    for step in LANGUAGES[target]:
        found = found[step]
    return found
