"""The start page: what this installation is, its latest headlines, and where to begin."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from app.net.base_path import href_of
from app.pages.html import Markup, element, join
from app.pages.layout import HtmlPage
from app.schemas.alternate import AlternateLink
from app.schemas.article import SparseTimelineItem
from app.schemas.headlines import EditionHeadlines, LatestHeadlines
from app.schemas.timeline import TimelineDay

DESCRIPTION: Final = "A headless news API: the news by local day, as JSON, feeds, events and webhooks."
_GUIDES: Final = (
    ("getting-started", "Get started", "Put the latest headlines on a page of your own, in five steps."),
    ("front-end", "Build a front end", "Which page needs which request, from the timeline to articles."),
    ("changes", "Follow changes", "By polling, events, webhooks or a mirror, without missing a change."),
    ("mirror", "Run a mirror", "An exact copy of the archive, with a program of some 40 lines."),
    ("webhooks", "Receive webhooks", "A signed request for each change, retried until you acknowledge it."),
    ("feeds", "Subscribe to feeds", "RSS, Atom, JSON Feed, ninjs and sitemaps."),
    ("moving-in", "Move in", "Import an archive, and redirect its addresses."),
    ("operations", "Operate it", "Settings, backups, upgrades."),
)
_KEY_COMMAND: Final = "dayline keys create --name 'Night desk' --scope articles:write --scope articles:publish"
_READ_KEY_COMMAND: Final = "dayline keys create --name 'Front end' --scope content:read"


class StartContent(NamedTuple):
    """Content of the start page; `origin` is that of the public URL, empty where it is not known.

    `news` is None where reading takes a key: the page is public, so it shows no content.
    """

    origin: str
    news: LatestHeadlines | None


def build_start_page(content: StartContent) -> HtmlPage:
    """Return the start page."""
    news = content.news
    sections = (
        _introduction(content.origin, is_open=news is not None),
        *([] if news is None else [_editions(news)]),
        _guides(),
        _keys(is_open=news is not None),
    )
    return HtmlPage(
        title="Dayline",
        description=DESCRIPTION,
        content=join(sections),
        layout="start",
        links=tuple(_feed_links(() if news is None else news.editions)),
    )


def _introduction(origin: str, *, is_open: bool) -> Markup:
    address = f"{href_of('/v1/timeline')}?limit=3"
    field = "" if is_open else ' -H "Authorization: Bearer $KEY"'
    request = (
        (f"curl -s{field} '{origin}{address}'",)
        if origin
        else ("GET ", element("a", address, href=address) if is_open else address)
    )
    access = "Reading takes no key." if is_open else "Reading takes an API key, so this page shows no news."
    links = [("/docs", "API reference"), ("/guides", "Guides"), *([("/v1", "Service document")] if is_open else [])]
    return element(
        "section",
        element("h1", "News by day, as an API"),
        element(
            "p",
            "This is a Dayline installation: its articles are served as JSON, grouped by local day, and as feeds, "
            f"events and webhooks. {access}",
            class_="lead",
        ),
        element("pre", element("code", *request), tabindex="0"),
        element(
            "ul",
            *(element("li", element("a", name, href=href_of(path))) for path, name in links),
            class_="actions",
        ),
        class_="intro",
    )


def _editions(news: LatestHeadlines) -> Markup:
    if not news.editions:
        empty = (
            "There is no edition yet. ",
            element("code", "dayline sample"),
            " loads a sample newsroom, and ",
            element("code", "dayline import"),
            " an archive.",
        )
        return element("section", element("h2", "Editions"), element("p", *empty))
    others = news.total - len(news.editions)
    more = element("p", element("a", f"{others} more editions", href=href_of("/v1/editions"))) if others else ""
    return element(
        "section",
        element("h2", "Latest news", id="latest"),
        element("div", *map(_edition, news.editions), class_="editions"),
        more,
        aria_labelledby="latest",
    )


def _edition(news: EditionHeadlines) -> Markup:
    edition = news.edition
    language, days = edition["language"], news.page["days"]
    date_language = news.date_language or language
    query = "" if edition["default"] else f"?edition={edition['slug']}"
    heads = (
        element("h3", edition["name"], lang=language),
        element("p", f"{edition['slug']} · {language} · {edition['timezone']}", class_="facts"),
    )
    links = [("Timeline", href_of(f"/v1/timeline{query}")), *((_format_of(each), each["href"]) for each in news.feeds)]
    return element(
        "article",
        *heads,
        *(_day(day, language, date_language) for day in days),
        "" if days else element("p", "No articles yet."),
        element("ul", *(element("li", element("a", name, href=href)) for name, href in links), class_="formats"),
        class_="edition",
        dir=edition["direction"],
    )


def _day(day: TimelineDay, language: str, date_language: str) -> Markup:
    heading = day["heading"]
    return element(
        "div",
        element(
            "h4",
            element("time", element("span", heading["weekday"]), " ", heading["day"], datetime=day["date"]),
            lang=date_language,
        ),
        element("ul", *map(_headline, day["items"])),
        class_="day",
        lang=language,
    )


def _headline(item: SparseTimelineItem) -> Markup:
    label = item["label"]
    mark = () if label is None else (element("span", label["text"], class_="label", lang=label["language"]), " ")
    return element(
        "li",
        element("time", item["time"], datetime=item["published_at"]),
        element("span", *mark, element("a", item["headline"], href=item["href"])),
    )


def _format_of(feed: AlternateLink) -> str:
    """Return the format in the title of a feed, which ends with it."""
    return feed["title"].rpartition(": ")[2]


def _guides() -> Markup:
    items = (
        element("li", element("a", title, href=href_of(f"/guides/{name}")), element("p", text))
        for name, title, text in _GUIDES
    )
    return element(
        "section",
        element("h2", "Build on it", id="build"),
        element("ul", *items, class_="tasks"),
        aria_labelledby="build",
    )


def _keys(*, is_open: bool) -> Markup:
    purpose = "Writing takes an API key." if is_open else "Reading and writing take API keys."
    return element(
        "section",
        element("h2", "Create a key", id="keys"),
        element("p", f"{purpose} The operator creates one on the machine that serves this API:"),
        *(element("pre", element("code", each)) for each in ([] if is_open else [_READ_KEY_COMMAND])),
        element("pre", element("code", _KEY_COMMAND)),
        element(
            "p",
            "In a checkout the command is ",
            element("code", ".venv/bin/dayline"),
            ". The token is printed once. Send it as ",
            element("code", "Authorization: Bearer …"),
            ". ",
            element("a", "Scopes, editions and rotation", href=href_of("/guides/keys")),
        ),
        aria_labelledby="keys",
    )


def _feed_links(news: Iterable[EditionHeadlines]) -> Iterator[Markup]:
    for each in news:
        for feed in each.feeds:
            yield element("link", rel=feed["rel"], type=feed["type"], title=feed["title"], href=feed["href"])
