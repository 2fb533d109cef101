"""WebSub (W3C Recommendation of 23 January 2018): progress of announcing changed feeds to a hub, and the request."""

from dataclasses import asdict, dataclass, replace
from typing import Final
from urllib.parse import urlencode

import orjson

NAME: Final = "websub_announced"
"""Key of the progress in the key-value table."""
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementProgress:
    """Every change up to `seq` has been announced; the process `holder` owns the lease up to `until` (µs).

    `resumes_at` (µs) is the instant up to which the hub refuses announcements of every process, by its Retry-After.
    """

    seq: int
    holder: str = ""
    until: int = 0
    resumes_at: int = 0

    def with_lease(self, holder: str, until: int) -> "AnnouncementProgress":
        """Return the progress with a lease of this process; without a holder it is released."""
        return replace(self, holder=holder, until=until)

    def with_resumption(self, resumes_at: int) -> "AnnouncementProgress":
        """Return the progress with the instant at which announcements resume."""
        return replace(self, resumes_at=resumes_at)


def dump_progress(progress: AnnouncementProgress) -> bytes:
    """Serialise the progress for the key-value table."""
    return orjson.dumps(asdict(progress))


def parse_progress(stored: bytes | None) -> AnnouncementProgress | None:
    """Parse the stored progress; None if nothing valid is stored."""
    try:
        return None if stored is None else AnnouncementProgress(**orjson.loads(stored))
    except (TypeError, ValueError):
        return None


def publish_request(topic: str) -> bytes:
    """Return the form by which hubs learn that a topic has new content, one topic in each request.

    The Recommendation leaves it to hubs. They take `hub.url` (PubSubHubbub 0.4) or `hub.topic`; only some take several.
    """
    return urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
