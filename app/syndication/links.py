"""Absolute links of an HTML fragment."""

import html as entities
import re
from typing import Final
from urllib.parse import urljoin

from app.domain.url import ascii_url

_LINK: Final = re.compile(r'(<a(?:\s+[a-z]+="[^"]*")*?\s+href=")([^"]*)"')


def absolute_links(html: str, base: str) -> str:
    """Resolve every link of a sanitised fragment against the URL of its page."""
    return _LINK.sub(lambda match: f'{match[1]}{_joined(base, match[2])}"', html) if "<a" in html else html


def _joined(base: str, href: str) -> str:
    try:
        joined = urljoin(base, entities.unescape(href))
        return entities.escape(ascii_url(joined) if joined.lower().startswith(("http:", "https:")) else joined)
    except ValueError:  # not a URL: it is broken on the page as well
        return href
