"""Templates of the URLs of entries and previews on the front end."""

from collections.abc import Callable

import pytest

from app.domain.page_url import entry_url_template, preview_url_template
from app.errors import InvalidValueError


@pytest.mark.parametrize(
    ("check", "template"),
    [
        (entry_url_template, "{site_url}/tag/{slug}"),
        (entry_url_template, "https://tags.example/{slug}/"),
        (preview_url_template, "{site_url}/preview/{id}/{slug}?token={token}"),
    ],
)
def test_template_is_accepted(check: Callable[[str], str], template: str) -> None:
    assert check(template) == template


@pytest.mark.parametrize(
    ("check", "template", "reason"),
    [
        (entry_url_template, "{site_url}/tag", "must contain {slug}"),
        (entry_url_template, "{site_url}/{slug}/{id}", "Unknown placeholder {id}"),
        (entry_url_template, "{site_url}/{slug", "brace is unmatched"),
        (entry_url_template, "https://a.example/{site_url}/{slug}", "can only begin"),
        (entry_url_template, "javascript:alert({slug})", "absolute URL"),
        (preview_url_template, "{site_url}/preview/{id}", "must contain {token}"),
    ],
)
def test_template_is_refused(check: Callable[[str], str], template: str, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        check(template)
