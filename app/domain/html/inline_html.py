"""Inline HTML from a short allow-list, plain texts, and web URLs."""

import html as entities
import re
from typing import Final
from urllib.parse import urlsplit

import nh3

from app.domain.control_characters import check_references
from app.domain.html.allowed_elements import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_SCHEMES,
    ALLOWED_TAGS,
    REMOVED_WITH_CONTENT,
    allowed_attribute,
)
from app.domain.html.blocks import BOUNDARY, join_blocks, separate_blocks, unwrap_spans
from app.domain.url import ascii_host
from app.errors import InvalidValueError

MAX_URL_CHARACTERS: Final = 2_000
MAX_TAGS: Final = 1_000
"""Maximum number of tags in one inline text: a parser multiplies unclosed ones (93 kB became 350 MB)."""

_PASSES: Final = 4
_MARK: Final = "."  # protects a leading U+FEFF, which the parser would drop as a byte order mark
# Characters that PostgreSQL (NUL, surrogates) or XML 1.0 (production Char), and thus a feed, cannot carry.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\ufffe\uffff]")
_LINE_END: Final = re.compile("\r\n?")
_REFUSED_IN_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFUSED_IN_URL: Final = re.compile(
    r"[\s\\\"<>`\x00-\x20\x7f-\xa0\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_REFUSED_IN_HOST: Final = re.compile(r"[\"#%/<>?@\[\]^`{|}]")
_RUBY_TEXT: Final = re.compile(r"(</rp>\s*)?<rt\b[^>]*>(.*?)</rt>(?=(\s*<rp\b)?)", re.DOTALL)
_BREAK: Final = re.compile(r"<br\b[^>]*>", re.IGNORECASE)
_QUOTE: Final = re.compile(r"</?q\b[^>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


def sanitize_html(html: str) -> str:
    """Return the sanitised inline HTML; sanitising it again changes nothing.

    Tags outside the list are dropped and their text stays, except where the content is no text for readers
    (script, style, iframe, svg …). A `br` or a space separates the words on both sides of a block element's edge. An
    `id` gets ID_PREFIX. Lines end in LF; other control characters become U+FFFD. Raises InvalidValueError for NUL, lone
    surrogates, more than 1,000 tags and nesting that does not settle.
    """
    if _is_plain(html):
        return html
    if _UNSTORABLE.search(html):
        raise InvalidValueError("HTML must not contain NUL characters or lone surrogates.")
    given = html
    html = separate_blocks(html)
    for _ in range(_PASSES):
        if html.count("<") > MAX_TAGS:
            raise InvalidValueError(f"Inline HTML must have at most {MAX_TAGS:,} tags.")
        cleaned = _clean(html)
        # Without tags one pass is final; with them a link inside a link, say, is untangled by the next one.
        if cleaned in {given, html} or "<" not in cleaned:
            return cleaned
        html = cleaned
    raise InvalidValueError("Inline HTML must close its tags in the order in which it opened them.")


def text_to_html(text: str) -> str:
    """Return plain text as inline HTML in the form that `sanitize_html` gives; `html_to_text` is its inverse.

    Raise InvalidValueError as `clean_text` does.
    """
    if _is_plain(text):
        return text
    escaped = clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\xa0", "&nbsp;")


def html_to_text(html: str) -> str:
    """Return the plain text of sanitised inline HTML, as `spell_out_tags` has it, with quotation marks for `q`."""
    if "<" in html:
        html = _TAG.sub("", _QUOTE.sub('"', spell_out_tags(html)))
    return entities.unescape(html) if "&" in html else html


def spell_out_tags(html: str) -> str:
    """Return sanitised inline HTML with characters in place of tags: a line feed for `br`, parentheses for ruby text.

    Ruby text follows its base in those of `rp` where present: 漢字(かんじ).
    """
    if "<rt" in html:
        html = _RUBY_TEXT.sub(_ruby_text, html)
    return _BREAK.sub("\n", html)


def clean_text(value: str) -> str:
    """Return the text with LF line ends after checking that databases and XML feeds can carry it.

    Raise InvalidValueError for C0 control characters other than tab and line ends, for lone surrogates, U+FFFE and
    U+FFFF.
    """
    if value.isprintable():
        return value
    _check_characters("Text", value)
    return _LINE_END.sub("\n", value) if "\r" in value else value


def check_html_characters(html: str) -> None:
    """Raise InvalidValueError for characters in HTML that `clean_text` refuses in texts, also as numeric references."""
    if not html.isprintable():
        _check_characters("HTML", html)
    check_references(html)


def validate_url(value: str) -> str:
    """Return the URL unchanged after checking that it is an absolute http or https URL with a host and no password.

    Raise InvalidValueError for any other text, for more than 2,000 characters, for a host that is not a valid
    international domain name, and for characters outside RFC 3986 that front ends misread: white space, controls,
    backslashes, quotation marks and angle brackets.
    """
    if len(value) > MAX_URL_CHARACTERS:
        raise InvalidValueError(f"A URL must have at most {MAX_URL_CHARACTERS:,} characters.")
    if _REFUSED_IN_URL.search(value):
        raise InvalidValueError(
            "A URL must not contain white space, control characters, backslashes, quotes or angle brackets."
        )
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise InvalidValueError("Expected an absolute URL such as 'https://example.com/page'.")
    if "@" in parts.netloc:
        raise InvalidValueError("A URL must not contain a user name or a password.")
    if _REFUSED_IN_HOST.search(host) or not host.strip(".:-"):
        raise InvalidValueError("The URL's host name contains invalid characters.")
    ascii_host(host)
    return value


def is_web_url(value: str) -> bool:
    """Return whether the text is an absolute http or https URL, as `validate_url` accepts it."""
    try:
        validate_url(value)
    except InvalidValueError:
        return False
    return True


def validate_site_url(value: str) -> str:
    """Return the URL of a site, which page URLs begin with, without trailing slashes.

    Raise InvalidValueError as `validate_url` does, and for a query or a fragment, which no path can follow.
    """
    if "?" in value or "#" in value:
        raise InvalidValueError(
            "A site's URL must not have a query or a fragment, because the URLs of its pages begin with it."
        )
    if "{" in value or "}" in value:
        raise InvalidValueError("A site's URL must not contain placeholders.")
    return validate_url(value).rstrip("/")


def _is_plain(text: str) -> bool:
    """Return whether the HTML equals its text: no markup, no NBSP, no controls, no surrogates."""
    return text.isprintable() and "<" not in text and "&" not in text and ">" not in text


def _clean(html: str) -> str:
    cleaned = _CLEANER.clean(_MARK + html)[len(_MARK) :]
    if BOUNDARY in cleaned:
        cleaned = join_blocks(cleaned)
    if "<span>" in cleaned:
        cleaned = unwrap_spans(cleaned)
    if cleaned.isprintable():
        return cleaned
    # Written as entities they come out bare. Replaced, not removed: removal could join a scheme together.
    return _UNWRITABLE.sub("\ufffd", cleaned.replace("\r\n", "\n").replace("\r", "\n"))


def _check_characters(subject: str, text: str) -> None:
    found = _REFUSED_IN_TEXT.search(text)
    if found is not None:
        raise InvalidValueError(
            f"{subject} must not contain control characters other than tab and line ends, U+FFFE, U+FFFF, nor lone "
            f"surrogates: U+{ord(found[0]):04X} at character {found.start() + 1}."
        )


def _ruby_text(match: re.Match[str]) -> str:
    has_parentheses = match[1] is not None or match[3] is not None
    return match[2] if has_parentheses or not _TAG.sub("", match[2]).strip() else f"({match[2]})"


_CLEANER: Final = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    clean_content_tags=REMOVED_WITH_CONTENT,
    attributes=ALLOWED_ATTRIBUTES,
    attribute_filter=allowed_attribute,
    url_schemes=ALLOWED_SCHEMES,
    strip_comments=True,
    link_rel=None,
)
