"""Templates of the URLs of sections, tags, authors and previews on the front end."""

import re
from typing import Final

from app.domain.html.inline_html import validate_url
from app.errors import InvalidValueError

ENTRY_PLACEHOLDERS: Final = ("site_url", "slug")
PREVIEW_PLACEHOLDERS: Final = ("site_url", "id", "slug", "token")

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def entry_url_template(value: str) -> str:
    """Return the template after checking that it gives each entry a different absolute URL; InvalidValueError."""
    return _checked(value, ENTRY_PLACEHOLDERS, needed="slug")


def preview_url_template(value: str) -> str:
    """Return the template after checking that its absolute URL has the token of a preview; InvalidValueError."""
    return _checked(value, PREVIEW_PLACEHOLDERS, needed="token")


def _checked(value: str, allowed: tuple[str, ...], *, needed: str) -> str:
    names = dict.fromkeys(_PLACEHOLDER.findall(value))
    named = ", ".join(f"{{{name}}}" for name in allowed)
    unknown = ", ".join(f"{{{name}}}" for name in names if name not in allowed)
    if unknown:
        raise InvalidValueError(f"Unknown placeholder {unknown[:200]}; allowed are {named}.")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", value)):
        raise InvalidValueError(f"A brace is unmatched; placeholders are {named}.")
    if needed not in names:
        raise InvalidValueError(f"A template must contain {{{needed}}}.")
    if value.rfind("{site_url}") > 0:
        raise InvalidValueError("{site_url} is an absolute URL: it can only begin a template.")
    filled = value.replace("{site_url}", "https://site.example")
    validate_url(_PLACEHOLDER.sub("a", filled))
    return value
