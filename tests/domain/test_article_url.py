"""Templates of article URLs: known placeholders, balanced braces, a URL for every article that is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article_address import address_key, normalize_address
from app.domain.article_url import ArticleAddressParts, ArticleUrlTemplate, article_url_template
from app.domain.calendar import find_zone
from app.domain.html.inline_html import validate_site_url
from app.errors import InvalidValueError


@pytest.mark.parametrize(
    "template",
    ["{site_url}/{slug}", "{site_url}/n/{id}/{slug}", "https://x.example/?story={id}", "{site_url}/a#{slug}",
     "{site_url}/{year}/{month}/{day}/{section}/{slug}", "https://{section}.x.example/{slug}"],
)  # fmt: skip
def test_article_url_template_accepts_known_placeholders(template: str) -> None:
    assert article_url_template(template) == template


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{site_url}/{yyyy}/{title}/{slug}", "Unknown placeholder {yyyy}, {title}; allowed are {site_url}, {slug}, "),
        ("{site_url}/{year}/{section}", "A template must contain {slug} or {id}"),
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


SEPARATORS = st.sampled_from(("/", "-", "", ".html?x=", "/a%20b/"))
NAMES = ("{slug}", "{id}", "{year}", "{month}", "{day}", "{section}")
SLUGS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


@given(
    st.lists(st.tuples(SEPARATORS, st.sampled_from(NAMES)), max_size=5),
    SLUGS | st.just("трамвай-їде"),
    SLUGS | st.none(),
    st.integers(-(10**15), 2 * 10**15),
)
def test_template_reads_every_url_that_it_made(
    parts: list[tuple[str, str]], slug: str, section: str | None, at: int
) -> None:
    text = "{site_url}/" + "".join(f"{separator}{name}" for separator, name in parts) + "/{slug}"
    template = ArticleUrlTemplate(
        text, site_url="https://Straße.example/x", zone=find_zone("Europe/Kyiv"), section_fallback="news"
    )
    article = ArticleAddressParts("0s9et2dg0bgsr", slug, section, at)
    key = address_key(normalize_address(template.render(article)))
    readings = list(template.parse(key))
    assert readings
    if len(readings) < 20:
        assert slug in {reading["slug"] for reading in readings}
    if template.head is not None:
        assert template.render(article) == f"{template.head}{slug}{template.tail}" or not slug.isascii()


def test_dates_in_urls_are_those_of_the_zone() -> None:
    article = ArticleAddressParts("0s9et2dg0bgsr", "a", None, 1_793_572_200_000_000)  # 2026-11-01T22:30:00Z
    for zone, date in (("UTC", "2026/11/01"), ("Europe/Kyiv", "2026/11/02"), ("Pacific/Kiritimati", "2026/11/02")):
        template = ArticleUrlTemplate(
            "{site_url}/{year}/{month}/{day}/{slug}",
            site_url="https://x.example",
            zone=find_zone(zone),
            section_fallback="news",
        )
        assert template.render(article) == f"https://x.example/{date}/a"
