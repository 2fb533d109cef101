"""Default values of the parameters of public URLs, which canonical query strings leave out.

The table is written down because the models of feeds are imported with their first request; a test compares it with the
OpenAPI document.
"""

from collections.abc import Mapping
from typing import Final

DefaultValues = frozenset[tuple[str, str]]
"""Parameters of one endpoint with their default values as texts; "" for a list of which empty values mean nothing."""

NO_DEFAULTS: Final[DefaultValues] = frozenset()

_FILTERS: Final = {"subsections": "false"}
_ITEMS: Final = {**_FILTERS, "exclude": "", "fields": ""}
_ARTICLES: Final = {**_ITEMS, "body": "none", "limit": "20", "links": "written"}
_ENTRIES: Final = {"limit": "100"}
_NAMED: Final = {**_ENTRIES, "order": "slug"}
_FEED: Final = {**_FILTERS, "limit": "40"}

_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "/v1/timeline": {**_ITEMS, "limit": "40", "total": "false"},
    "/v1/timeline/calendar": _FILTERS,
    "/v1/timeline/*": {**_ITEMS, "total": "false"},
    "/v1/articles": _ARTICLES,
    "/v1/articles/*": {"body": "blocks", "links": "written"},
    "/v1/articles/*/history": {"limit": "50"},
    "/v1/changes": {**_ITEMS, "limit": "100", "since": "0", "wait": "0"},
    "/v1/lists/*": {"body": "none", "exclude": "", "fields": "", "limit": "100", "links": "written"},
    **dict.fromkeys((f"/v1/{name}/*/articles" for name in ("authors", "sections", "tags")), _ARTICLES),
    **dict.fromkeys((f"/v1/{name}" for name in ("editions", "labels", "lists")), _ENTRIES),
    "/v1/authors": _NAMED,
    "/v1/tags": _NAMED,
    "/v1/sections": {**_ENTRIES, "order": "position"},
    **dict.fromkeys((f"/feeds/*/{name}" for name in ("feed.json", "ninjs.json", "rss.xml")), _FEED),
    **dict.fromkeys(("/feeds/*/atom.xml", "/feeds/*/atom/*", "/feeds/*/news-sitemap.xml"), _FILTERS),
    "/feeds/*/sitemap/*": {"part": "1"},
}
_DEFAULTS: Final[Mapping[str, DefaultValues]] = {path: frozenset(values.items()) for path, values in _VALUES.items()}


def default_values(path: str) -> DefaultValues:
    """Return the parameters with a default value of the endpoint that has this path."""
    found = _DEFAULTS.get(path)
    return _DEFAULTS.get(_template(path), NO_DEFAULTS) if found is None else found


def _template(path: str) -> str:
    """Return the path with `*` for what names one resource: `/v1/tags/trams/articles` is `/v1/tags/*/articles`."""
    match path.split("/"):
        case ["", "feeds", _, "atom" | "sitemap" as kind, _]:
            return f"/feeds/*/{kind}/*"
        case ["", "feeds", _, name]:
            return f"/feeds/*/{name}"
        case ["", "v1", collection, _, *rest]:
            return "/".join(("/v1", collection, "*", *rest))
    return path
