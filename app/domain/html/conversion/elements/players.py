"""URLs of players, and of the pages that show the same content."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

Parameters = dict[str, str]


class _Player(NamedTuple):
    """Player: its host and path, what makes the URL of the page, and parameters that only set up the player."""

    address: re.Pattern[str]
    page: Callable[[str, Parameters], str | None]
    ignored: frozenset[str] = frozenset()


_NAME: Final = re.compile(r"[\w-]+")
_PAGE: Final = re.compile(r"https://(?!api\.)")


def page_url(url: str) -> str:
    """Return the URL of the page that shows what a player at this URL plays, where it is known; else the URL.

    A URL with a fragment, or with a parameter that the page's URL cannot express, such as the end of a part, is
    returned unchanged.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if parts.fragment or len(dict(pairs)) < len(pairs):
        return url
    for player in _PLAYERS:
        match = player.address.fullmatch(parts.netloc.lower() + parts.path)
        if match is not None:
            given = {name: value for name, value in pairs if name not in player.ignored and not name.startswith("utm_")}
            page = player.page(match[1], given)  # removes from `given` what it expresses
            return url if page is None or given else page
    return url


def _youtube_page(name: str, given: Parameters) -> str | None:
    start, playlist = given.pop("start", ""), given.pop("list", "")
    if playlist and not _NAME.fullmatch(playlist):
        return None
    if name == "videoseries":
        return f"https://www.youtube.com/playlist?list={playlist}" if playlist and not start else None
    if name == "live_stream" or not (start.isdecimal() or not start):
        return None
    if given.get("playlist") == name:  # how a single film is repeated
        del given["playlist"]
    return f"https://www.youtube.com/watch?v={name}{_parameter('list', playlist)}{_parameter('t', start)}"


def _vimeo_page(name: str, given: Parameters) -> str | None:
    code = given.pop("h", "")  # of a film that is not listed
    if code and not _NAME.fullmatch(code):
        return None
    return f"https://vimeo.com/{name}/{code}".rstrip("/")


def _parameter(name: str, value: str) -> str:
    return f"&{name}={value}" if value else ""


def _page_at(form: str) -> Callable[[str, Parameters], str | None]:
    """Return a function that puts the name of the content into a form."""
    return lambda name, _: form.format(name)


def _page_in(parameter: str) -> Callable[[str, Parameters], str | None]:
    """Return a function that takes the URL of the page from a parameter."""

    def page(_: str, given: Parameters) -> str | None:
        found = given.pop(parameter, "")
        return found if _PAGE.match(found) else None

    return page


# fmt: off
_PLAYERS: Final = (
    _Player(
        re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,})/?"),
        _youtube_page,
        frozenset({
            "app", "autohide", "autoplay", "border", "cc_lang_pref", "cc_load_policy", "color", "controls", "disablekb",
            "ecver", "egm", "enablejsapi", "feature", "fs", "hd", "hl", "html5", "iv_load_policy", "loop",
            "modestbranding", "mute", "origin", "playsinline", "rel", "showinfo", "showsearch", "si", "theme",
            "version", "vq", "widget_referrer", "widgetid", "wmode",
        }),
    ),
    _Player(
        re.compile(r"player\.vimeo\.com/video/(\d+)/?"),
        _vimeo_page,
        frozenset({
            "api", "app_id", "autopause", "autoplay", "background", "badge", "byline", "color", "controls", "dnt",
            "loop", "muted", "pip", "player_id", "playsinline", "portrait", "quality", "responsive", "speed", "title",
            "transparent",
        }),
    ),
    _Player(
        re.compile(r"open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)/?"),
        _page_at("https://open.spotify.com/{}"),
        frozenset({"si", "theme"}),
    ),
    _Player(
        re.compile(r"(?:www\.)?dailymotion\.com/embed/video/(\w+)/?"),
        _page_at("https://www.dailymotion.com/video/{}"),
        frozenset({
            "api", "autoplay", "controls", "endscreen-enable", "loop", "mute", "origin", "quality", "queue-enable",
            "sharing-enable", "ui-highlight", "ui-logo", "ui-start-screen-info", "ui-theme",
        }),
    ),
    _Player(
        re.compile(r"(?:www\.)?instagram\.com/((?:p|reel|tv)/[\w-]+)/embed(?:/.*)?"),
        _page_at("https://www.instagram.com/{}/"),
        frozenset({"cr", "igsh", "rd", "rp", "v", "wp"}),
    ),
    _Player(
        re.compile(r"(?:www\.)?tiktok\.com/(?:embed|player)/(?:v\d/)?(\d+)/?"),
        _page_at("https://www.tiktok.com/embed/{}"),
        frozenset({"autoplay", "controls", "description", "lang", "loop", "music_info", "referrer", "rel"}),
    ),
    _Player(
        re.compile(r"(w)\.soundcloud\.com/player/?"),
        _page_in("url"),
        frozenset({
            "auto_play", "buying", "color", "download", "font", "hide_related", "inverse", "liking", "sharing",
            "show_artwork", "show_comments", "show_playcount", "show_reposts", "show_teaser", "show_user",
            "single_active", "visual",
        }),
    ),
    _Player(
        re.compile(r"www\.facebook\.com(?:/v[\d.]+)?/plugins/(page|post|video)\.php"),
        _page_in("href"),
        frozenset({
            "adapt_container_width", "allowfullscreen", "appId", "app_id", "autoplay", "colorscheme", "container_width",
            "height", "hide_cover", "hide_cta", "lazy", "locale", "mute", "ref", "sdk", "show_facepile", "show_text",
            "small_header", "tabs", "width",
        }),
    ),
)
# fmt: on
