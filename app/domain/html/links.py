"""Absolute links of an HTML fragment."""

import html as entities
import re
from typing import Final
from urllib.parse import urljoin

from app.domain.url import ascii_url

_LINK: Final = re.compile(r'(<a(?:\s+[a-z]+="[^"]*")*?\s+href=")([^"]*)"')


def absolute_links(html: str, base: str, *, leaves_fragments: bool = False) -> str:
    """Resolve every link of a sanitised fragment against the URL of its page, those to `#…` unless these are left."""
    if "<a" not in html:
        return html

    def resolved(match: re.Match[str]) -> str:
        is_within = leaves_fragments and match[2].startswith("#")
        return match[0] if is_within else f'{match[1]}{_joined(base, match[2])}"'

    return _LINK.sub(resolved, html)


def _joined(base: str, href: str) -> str:
    try:
        joined = urljoin(base, entities.unescape(href))
        return entities.escape(ascii_url(joined) if joined.lower().startswith(("http:", "https:")) else joined)
    except ValueError:  # not a URL: it is broken on the page as well
        return href
