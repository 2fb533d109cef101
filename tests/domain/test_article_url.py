"""The template of article URLs: known placeholders, balanced braces, a URL for every article."""

import pytest

from app.domain.article_url import article_url_template
from app.domain.html.inline_html import validate_site_url
from app.errors import InvalidValueError


@pytest.mark.parametrize(
    "template",
    ["{site_url}/{slug}", "{site_url}/n/{id}/{slug}", "https://x.example/?story={id}", "{site_url}/a#{slug}"],
)
def test_article_url_template_accepts_known_placeholders(template: str) -> None:
    assert article_url_template(template) == template


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{site_url}/{year}/{month}/{slug}",
         "Unknown placeholder {year}, {month}; allowed are {site_url}, {slug} and {id}."),
        ("{site_url}/{Slug}/{slug}", "Unknown placeholder {Slug}; "),
        ("{site_url}/{}/{slug}", "Unknown placeholder {}; "),
        ("{site_url}/{ slug }", "Unknown placeholder { slug }; "),
        ("{site_url}/{slug", "A brace is unmatched"),
        ("{site_url}/slug}/{id}", "A brace is unmatched"),
        ("{site_url}/{{slug}}", "A brace is unmatched"),
        ("{site_url}/news", "A template must contain {slug} or {id}"),
        ("https://x.example/{site_url}/{slug}", "{site_url} is an absolute URL"),
        ("/{slug}", "Expected an absolute URL"),
    ],
)  # fmt: skip
def test_article_url_template_rejects_templates_that_break_links(template: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        article_url_template(template)
    assert refused.value.detail.startswith(reason)


def test_site_url_rejects_placeholders() -> None:
    with pytest.raises(InvalidValueError):
        validate_site_url("https://x.example/{slug}")
