"""Choice of a media type by `Accept` (RFC 9110, section 12.5.1)."""

import pytest

from app.response_cache.negotiation import choose_media_type
from tests.api.newsroom import BROWSER

OFFERED = ("application/json", "text/html")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        (BROWSER["accept"], "text/html"),
        ("text/html", "text/html"),
        ("TEXT/HTML;Q=0.1", "text/html"),
        ("text/*", "text/html"),
        ("text/html;q=0.4, application/json;q=0.5", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.1", "text/html"),
        ("text/*;q=0.3, text/html;level=1;q=0.7, */*;q=0.5", "text/html"),
        ("text/html;q=nonsense", "application/json"),
        ("image/png", "application/json"),
        (", ,;", "application/json"),
    ],
)
def test_media_type_is_the_preferred_one(accepted: str, chosen: str) -> None:
    assert choose_media_type(accepted, OFFERED) == chosen
