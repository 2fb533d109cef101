"""URLs by RFC 3986, hosts by UTS 46 without transitional mappings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.html.inline_html import validate_url
from app.domain.url import ascii_host, ascii_site, ascii_template, ascii_url
from app.errors import InvalidValueError

HOSTS = [
    ("strasse.example", "strasse.example"),
    ("straße.example", "xn--strae-oqa.example"),
    ("STRAẞE.example", "xn--strae-oqa.example"),
    ("faß.example", "xn--fa-hia.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),
    ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),  # noqa: RUF001 - an Arabic letter
    ("ශ්\u200dරී.example", "xn--10cl1a0b660p.example"),
    ("Bücher.Example", "xn--bcher-kva.example"),
    ("bu\u0308cher.example", "xn--bcher-kva.example"),
    ("例え。example", "xn--r8jz45g.example"),
    ("a_b.straße.example", "a_b.xn--strae-oqa.example"),
    ("straße.example.", "xn--strae-oqa.example."),
    ("i❤.example", "xn--i-7iq.example"),
    ("\uff11\uff12\uff17.0.0.1", "127.0.0.1"),
    ("under_score.example", "under_score.example"),
]
REFUSED_HOSTS = [
    "-ü.example",
    "ü-.example",
    "ü..example",
    ".ü.example",
    "\u200dü.example",
    "℀.example",
    "⒈ü.example",
    "ü\u2048.example",
    "\u0301ü.example",
    "aא.example",
    "ü" * 64 + ".example",
    ".".join(["ü" * 30] * 8),
    "؀.example",
]


@pytest.mark.parametrize(("host", "written"), HOSTS)
def test_host_is_written_in_the_form_of_browsers(host: str, written: str) -> None:
    assert ascii_host(host) == written
    assert ascii_host(written) == written
    assert ascii_url(f"https://{host}:8443/") == f"https://{written}:8443/"


@pytest.mark.parametrize("host", REFUSED_HOSTS)
def test_host_that_is_no_international_domain_name_is_refused(host: str) -> None:
    with pytest.raises(InvalidValueError):
        ascii_host(host)
    with pytest.raises(InvalidValueError):
        validate_url(f"https://{host}/")
    assert "%" in ascii_url(f"https://{host}/").split("/")[2], "stored before hosts were checked: it resolves nowhere"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://courier.example/a?b=c&d=%20#e", "https://courier.example/a?b=c&d=%20#e"),
        ("https://courier.example/туман", "https://courier.example/%D1%82%D1%83%D0%BC%D0%B0%D0%BD"),
        ("http://bücher.example:8080/ü", "http://xn--bcher-kva.example:8080/%C3%BC"),
        ("https://[2001:db8::1]/a|b{c}^", "https://[2001:db8::1]/a%7Cb%7Bc%7D%5E"),
        ("https://[2001:db8::1]:8080/[a]", "https://[2001:db8::1]:8080/%5Ba%5D"),
        (
            "https://courier.example/photo[1].jpg?crop[]=2#[x]",
            "https://courier.example/photo%5B1%5D.jpg?crop%5B%5D=2#%5Bx%5D",
        ),
        ("https://courier.example/a#b#c", "https://courier.example/a#b%23c"),
        ('https://courier.example/a b"<>`\\', "https://courier.example/a%20b%22%3C%3E%60%5C"),
        ("https://courier.example/100%", "https://courier.example/100%25"),
        ("https://courier.example/100%zz%C3", "https://courier.example/100%25zz%C3"),
        ("https://courier.example?q=[1]", "https://courier.example?q=%5B1%5D"),
        ("//straße.example/x", "//xn--strae-oqa.example/x"),
        ("/x[1]", "/x%5B1%5D"),
        ("mailto:desk@courier.example", "mailto:desk@courier.example"),
    ],
)
def test_url_is_written_in_the_characters_of_rfc_3986(url: str, written: str) -> None:
    assert ascii_url(url) == written
    assert ascii_url(written) == written


@given(st.text(min_size=1, max_size=40))
def test_url_with_any_path_becomes_ascii_once(path: str) -> None:
    url = ascii_url(f"https://courier.example/{path}")
    assert url.isascii()
    assert not set('[]{}|\\^` "<>') & set(url)
    assert ascii_url(url) == url


@given(st.text(min_size=1, max_size=20))
def test_url_with_any_host_becomes_ascii_once(host: str) -> None:
    url = ascii_url(f"https://{host}/")
    assert url.isascii()
    assert ascii_url(url) == url


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("{site_url}/{slug}", "{site_url}/{slug}"),
        ("{site_url}/нове/{slug}", "{site_url}/%D0%BD%D0%BE%D0%B2%D0%B5/{slug}"),
        ("https://straße.example/{id}/{slug}", "https://xn--strae-oqa.example/{id}/{slug}"),
        ("https://{slug}.straße.example/", "https://{slug}.xn--strae-oqa.example/"),
        ("https://straße.example?from={site_url}&at={slug}", "https://xn--strae-oqa.example?from={site_url}&at={slug}"),
        ("https://ü{slug}.example/", "https://ü{slug}.example/"),
    ],
)
def test_placeholders_of_a_template_are_unchanged(template: str, written: str) -> None:
    assert ascii_template(template) == written


def test_site_of_a_url_is_scheme_and_host() -> None:
    assert ascii_site("https://straße.example:8443/a/b?c") == "https://xn--strae-oqa.example:8443"
