"""Links that work anywhere: URLs in ASCII, and links of an HTML fragment made absolute."""

import html as entities
import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

_KEPT: Final = "%/?#[]@!$&'()*+,;=:~-._"
"""What RFC 3986 lets stand in a URL, beside letters and digits."""
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_LINK: Final = re.compile(r'(<a(?:\s+[a-z]+="[^"]*")*?\s+href=")([^"]*)"')


def ascii_url(url: str) -> str:
    """The same web address by RFC 3986: its host in Punycode, other characters as percent-encoded UTF-8.

    A host that IDNA cannot write is percent-encoded, too.
    """
    if not url.isascii():
        netloc = urlsplit(url).netloc
        url = url.replace(netloc, _ascii_host(netloc), 1)
    return quote(_LONE_PERCENT.sub("%25", url), safe=_KEPT)


def absolute_links(html: str, base: str) -> str:
    """A sanitised fragment in which every link leads where it leads on the page at `base`."""
    return _LINK.sub(lambda match: f'{match[1]}{_joined(base, match[2])}"', html) if "<a" in html else html


def _ascii_host(netloc: str) -> str:
    try:
        return netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return netloc


def _joined(base: str, href: str) -> str:
    try:
        return entities.escape(urljoin(base, entities.unescape(href)))
    except ValueError:  # not a URL: it leads nowhere on the page either
        return href
