"""URLs as RFC 3986 writes them: hosts as A-labels (UTS 46, non-transitional), other characters percent-encoded.

IDNA 2003, which Python's codec `idna` follows, maps `straße.example` to `strasse.example`, another domain. Browsers
follow UTS 46 without its transitional mappings: `xn--strae-oqa.example`.

The package `idna` is imported when the first international name is written: that takes some 10 ms.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit

from app.errors import InvalidValueError

MAX_HOST_CHARACTERS: Final = 253

_ALLOWED: Final = "%/?:@!$&'()*+,;=-._~"
"""Characters that RFC 3986 allows outside of the authority, beside letters, digits and the fragment's `#`."""
_AUTHORITY: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#\\]*)")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*")
_RFC_3986: Final = re.compile(
    r"(?:[A-Za-z0-9+.-]+:)?(?://[A-Za-z0-9._~!$&'()*+,;=:@-]*+)?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-Fa-f]{2})*+"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-Fa-f]{2})*+)?"
)
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_MARKS: Final = ("0placeholder-{}0", "https://0placeholder-{}0")
_SAMPLES: Final = ("a", "https://a.example")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_BRACKETED: Final = re.compile(r"(?:.*@)?\[[0-9A-Fa-f:.]*\](?::[0-9]*)?")


def ascii_host(host: str) -> str:
    """Return the host name as browsers look it up; InvalidValueError where UTS 46 has no form for it.

    A name in ASCII is returned as it is.
    """
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - see the module's docstring

    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
        written = ".".join(_ascii_label(label) for label in mapped.removesuffix(".").split("."))
    except (idna.IDNAError, UnicodeError):
        raise InvalidValueError("The URL's host name is not a valid international domain name.") from None
    if len(written) > MAX_HOST_CHARACTERS:
        raise InvalidValueError("The URL's host name is too long.")
    return f"{written}." if mapped.endswith(".") else written


def ascii_url(url: str) -> str:
    """Return the URL, or URL reference, in the characters of RFC 3986; applied again it changes nothing.

    Brackets stay around an IPv6 address only. A host that has no valid form is percent-encoded, which no
    resolver accepts: it can only come from a database that was filled before hosts were checked.
    """
    if _PLAIN.fullmatch(url) or _RFC_3986.fullmatch(url):  # most URLs are plain, and the first check is the quicker one
        return url
    match = _AUTHORITY.match(url)
    if match is None:
        return _encode(url)
    return f"{match[1] or ''}//{_ascii_authority(match[2])}{_encode(url[match.end() :])}"


def ascii_site(url: str) -> str:
    """Return the scheme and the host of a URL, in ASCII."""
    parts = urlsplit(ascii_url(url))
    return f"{parts.scheme}://{parts.netloc}"


def ascii_template(template: str) -> str:
    """Return a template of URLs with its fixed parts in ASCII and its placeholders, such as `{slug}`, as they are.

    A template with a placeholder inside an international label is returned unchanged: only the whole host can be
    written.
    """
    written = ascii_url(_fill(template, _MARKS))
    for name, mark in _marks(template, _MARKS).items():
        written = written.replace(mark, f"{{{name}}}")
    # Punycode moves the letters of an international label: only a sample shows whether one contains a placeholder.
    return written if _fill(written, _SAMPLES) == ascii_url(_fill(template, _SAMPLES)) else template


def _marks(template: str, forms: tuple[str, str]) -> dict[str, str]:
    return {match[1]: forms[match[1] == "site_url"].format(match[1]) for match in _PLACEHOLDER.finditer(template)}


def _fill(template: str, forms: tuple[str, str]) -> str:
    filled = _marks(template, forms)
    return _PLACEHOLDER.sub(lambda match: filled[match[1]], template)


def _ascii_label(label: str) -> str:
    written = label if label.isascii() else _a_label(label)
    if not _LABEL.fullmatch(written):
        raise UnicodeError(label)
    return written


def _a_label(label: str) -> str:
    import idna  # noqa: PLC0415 - see the module's docstring

    try:
        return idna.alabel(label).decode("ascii")
    except idna.InvalidCodepoint:
        # UTS 46 allows symbols (emoji) that IDNA 2008 does not: such names are registered, and browsers open them.
        for check in (idna.check_nfc, idna.check_hyphen_ok, idna.check_initial_combiner, idna.check_bidi):
            check(label)
        return f"xn--{label.encode('punycode').decode('ascii')}"


def _ascii_authority(authority: str) -> str:
    if _BRACKETED.fullmatch(authority):
        return authority
    user, at, place = authority.rpartition("@")
    host, colon, port = place.partition(":")
    try:
        written = ascii_host(host)
    except InvalidValueError:
        written = host
    return f"{_encode(user)}{at}{quote(written, safe='%!$&()*+,;=._~-' + chr(39))}{colon}{_encode(port)}"


def _encode(text: str) -> str:
    before, mark, fragment = text.partition("#")
    return f"{_quoted(before)}{mark}{_quoted(fragment)}"


def _quoted(text: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=_ALLOWED)
