"""Template of article URLs on the front end."""

import re
from typing import Final

from app.domain.html.inline_html import validate_url
from app.errors import InvalidValueError

TEMPLATE_NAMES: Final = ("site_url", "slug", "id")
"""Placeholders of `article_url`."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def article_url_template(value: str) -> str:
    """Return the template after checking that it gives each article a different absolute URL.

    Raise InvalidValueError for placeholders other than TEMPLATE_NAMES (named), a brace without its counterpart, a
    template with neither {slug} nor {id}, and as `validate_url` does for the resulting URLs.
    """
    names = dict.fromkeys(_PLACEHOLDER.findall(value))
    unknown = [f"{{{name}}}" for name in names if name not in TEMPLATE_NAMES]
    if unknown:
        allowed = "{site_url}, {slug} and {id}"
        raise InvalidValueError(f"Unknown placeholder {', '.join(unknown)[:200]}; allowed are {allowed}.")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", value)):
        raise InvalidValueError("A brace is unmatched; placeholders are {site_url}, {slug} and {id}.")
    if "slug" not in names and "id" not in names:
        raise InvalidValueError("A template must contain {slug} or {id}, as in {site_url}/news/{slug}.")
    if value.rfind("{site_url}") > 0:
        raise InvalidValueError("{site_url} is an absolute URL: it can only begin a template.")
    validate_url(value.replace("{site_url}", "https://site.example").replace("{slug}", "a").replace("{id}", "a"))
    return value
