"""Digits in responses of editions whose language does not use ASCII digits."""
# ruff: noqa: RUF001 - digits of other scripts are the expectation

import httpx
import pytest

from tests.conftest import Store
from tests.records import article, edition


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fa", ("۲۰۲۶", "۲۰ نوامبر", "۱۲:۰۵")),
        ("ar-EG", ("٢٠٢٦", "٢٠ نوفمبر", "١٢:٠٥")),
        ("ne", ("२०२६", "नोभेम्बर २०", "१२:०५")),
    ],
)
async def test_localised_digits_in_texts_and_ascii_in_machine_members(
    client: httpx.AsyncClient, store: Store, language: str, expected: tuple[str, str, str]
) -> None:
    year, day, clock = expected
    await store(edition(language=language), article("2026-11-20T10:05:00Z", source_id="a"))
    [shown] = (await client.get("/v1/timeline")).json()["days"]
    assert (shown["heading"]["year"], shown["heading"]["day"]) == (year, day)
    assert (shown["date"], shown["items"][0]["time"]) == ("2026-11-20", "12:05")
    assert (await client.get("/v1/timeline/2026-11-20")).json()["day"]["heading"] == shown["heading"]
    [item] = (await client.get("/v1/articles")).json()["items"]
    local = item["local"]
    assert (local["year"], local["day"], local["date"], local["time"]) == (year, day, "2026-11-20", "12:05")
    assert year in local["text"]
    assert clock in local["text"]
    assert item["published_at"] == "2026-11-20T12:05:00.000000+02:00"
