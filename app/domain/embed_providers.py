"""Known providers of embedded content, by the hosts of their URLs."""

from typing import Final
from urllib.parse import urlsplit

PROVIDERS: Final = {
    "audioboom.com": "Audioboom",
    "bandcamp.com": "Bandcamp",
    "bsky.app": "Bluesky",
    "calameo.com": "Calaméo",
    "codepen.io": "CodePen",
    "dailymotion.com": "Dailymotion",
    "dai.ly": "Dailymotion",
    "datawrapper.de": "Datawrapper",
    "dwcdn.net": "Datawrapper",
    "documentcloud.org": "DocumentCloud",
    "facebook.com": "Facebook",
    "fb.watch": "Facebook",
    "flickr.com": "Flickr",
    "flo.uri.sh": "Flourish",
    "flourish.studio": "Flourish",
    "genial.ly": "Genially",
    "gettyimages.com": "Getty Images",
    "giphy.com": "GIPHY",
    "gist.github.com": "GitHub Gist",
    "google.com": "Google",
    "imgur.com": "Imgur",
    "infogram.com": "Infogram",
    "instagram.com": "Instagram",
    "issuu.com": "Issuu",
    "juxtapose.knightlab.com": "JuxtaposeJS",
    "knightlab.com": "Knight Lab",
    "linkedin.com": "LinkedIn",
    "loom.com": "Loom",
    "megaphone.fm": "Megaphone",
    "mixcloud.com": "Mixcloud",
    "openstreetmap.org": "OpenStreetMap",
    "ted.com": "TED",
    "pinterest.com": "Pinterest",
    "podbean.com": "Podbean",
    "podcasts.apple.com": "Apple Podcasts",
    "reddit.com": "Reddit",
    "rumble.com": "Rumble",
    "scribd.com": "Scribd",
    "simplecast.com": "Simplecast",
    "slideshare.net": "SlideShare",
    "soundcloud.com": "SoundCloud",
    "speakerdeck.com": "Speaker Deck",
    "spotify.com": "Spotify",
    "spreaker.com": "Spreaker",
    "streamable.com": "Streamable",
    "t.me": "Telegram",
    "threads.com": "Threads",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "tumblr.com": "Tumblr",
    "twitch.tv": "Twitch",
    "twitter.com": "X",
    "typeform.com": "Typeform",
    "videopress.com": "VideoPress",
    "vimeo.com": "Vimeo",
    "vk.com": "VK",
    "wistia.com": "Wistia",
    "wistia.net": "Wistia",
    "x.com": "X",
    "youtu.be": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "youtube.com": "YouTube",
}
"""Name of each provider by its domain, which includes all hosts below it."""


def find_provider(url: str) -> str | None:
    """Return the name of the known provider of a URL, None for another host."""
    labels = _host(url).split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels)))
    return next((PROVIDERS[domain] for domain in domains if domain in PROVIDERS), None)


def provider_name(url: str) -> str:
    """Return the name of the provider of a URL: of a known one, else the host without `www.`."""
    return find_provider(url) or _host(url).removeprefix("www.")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")
