"""Links inside an article: fragments that name an `id` of its HTML."""

import html as entities
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from app.domain.html.allowed_elements import ID_PREFIX

_TAG_WITH_ID: Final = re.compile(rf'<[^>]*\sid="{ID_PREFIX}([^"]*)"')
_FRAGMENT_LINK: Final = re.compile(r'(<a\b[^>]*\shref="#)([^"]+)(?=")')


def match_fragments(texts: Sequence[str]) -> list[str]:
    """Return the sanitised texts of one article, with links that lead to its ids as they are written with their prefix.

    A link to an id that the article does not have is unchanged: it leads to an element of the page around it.
    """
    known = {entities.unescape(name) for text in texts if ID_PREFIX in text for name in _TAG_WITH_ID.findall(text)}
    if not known:
        return list(texts)

    def replace(match: re.Match[str]) -> str:
        name = entities.unescape(match[2])
        is_known = name in known or unquote(name) in known
        return f"{match[1]}{ID_PREFIX}{match[2]}" if is_known else match[0]

    return [_FRAGMENT_LINK.sub(replace, text) if 'href="#' in text else text for text in texts]
