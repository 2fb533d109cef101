"""Random edits of articles: most are possible in the article's state."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from app.domain.calendar import date_at, start_of_day
from app.domain.instant import DAY_US, MINUTE_US, SECOND_US
from tests.response_cache.newsroom import Newsroom, text_of
from tests.response_cache.plain_messages import Headers, Request

EDITORIAL = "/v1/editorial"
SOON = (SECOND_US, 5 * SECOND_US, 20 * SECOND_US, 40 * SECOND_US, 10 * MINUTE_US, 8 * 60 * MINUTE_US)


class Edit(NamedTuple):
    """Request of the editorial API, and its name in the counts."""

    name: str
    method: str
    path: str
    given: Any = None
    headers: Headers = ()

    def request(self, token: str) -> Request:
        """Return the request with a key."""
        body = b"" if self.given is None else orjson.dumps(self.given)
        return Request(self.path, self.method, (("authorization", f"Bearer {token}"), *self.headers), body)


Weights = dict[Callable[[], Edit | None], int]
"""Functions that make edits, with their weights; None where an edit is impossible."""


class ArticleEdits:
    """Edits of articles; None where no article has the required state."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._random = newsroom.random
        self.weights: Weights = {
            self.publish_now: 8,
            self.publish_back_dated: 6,
            self.draft: 3,
            self.publish_draft: 4,
            self.schedule: 5,
            self.embargo: 1,
            self.unschedule: 1,
            self.delete: 2,
            self.edit_public: 10,
            self.edit_withdrawn: 2,
            self.edit_unpublished: 2,
            self.take_slug: 4,
            self.translate: 5,
            self.bump: 4,
            self.withdraw: 4,
            self.expire: 3,
            self.explain_withdrawal: 1,
            self.restore: 3,
            self.push: 5,
        }

    def publish_now(self) -> Edit:
        """Create a public article."""
        return self._post("publish now", published_at=text_of(self._newsroom.now))

    def publish_back_dated(self) -> Edit:
        """Create a public article with a date in the past."""
        return self._post("publish back-dated", published_at=text_of(self._newsroom.past()))

    def draft(self) -> Edit:
        """Create a draft; sometimes under a slug that another article had."""
        slugs = self._old_slugs()
        members = {"slug": self._random.choice(slugs)} if slugs and self._random.random() < 0.4 else {}
        return self._post("draft", **members)

    def publish_draft(self) -> Edit | None:
        """Publish a draft or a scheduled article."""
        given = self._random.choice(({}, {"at": text_of(self._newsroom.past())}))
        return self._move("publish", "PUT", "publication", given, "draft", "scheduled")

    def schedule(self) -> Edit | None:
        """Schedule a draft or a new article, soon or at a midnight."""
        if self._random.random() < 0.5:
            at = text_of(self._soon())
            return self._post("schedule", published_at=at, embargoed_until=self._random.choice((None, at)))
        return self._move("schedule", "PUT", "publication", {"at": text_of(self._soon())}, "draft", "scheduled")

    def embargo(self) -> Edit | None:
        """Forbid the publication of a draft or a scheduled article before an instant, or allow it."""
        until = self._random.choice((None, text_of(self._soon())))
        return self._edit("embargo", "draft", "scheduled", patch={"embargoed_until": until})

    def unschedule(self) -> Edit | None:
        """Unschedule an article."""
        return self._move("unschedule", "DELETE", "publication", None, "scheduled")

    def delete(self) -> Edit | None:
        """Delete an article that was never public."""
        key = self._pick("draft", "scheduled")
        return None if key is None else Edit("delete", "DELETE", f"{EDITORIAL}/articles/{key}")

    def edit_public(self) -> Edit | None:
        """Edit a public article."""
        return self._edit("edit", "published")

    def edit_withdrawn(self) -> Edit | None:
        """Edit a withdrawn article."""
        return self._edit("edit withdrawn", "withdrawn")

    def edit_unpublished(self) -> Edit | None:
        """Edit a draft or a scheduled article."""
        return self._edit("edit unpublished", "draft", "scheduled")

    def take_slug(self) -> Edit | None:
        """Give an article a slug that it had, that another had, or a new one."""
        slugs = [*self._old_slugs(), f"renamed-{self._random.randrange(10**6)}"]
        patch = {"slug": self._random.choice(slugs[-4:])}
        return self._edit("slug", "published", "published", "withdrawn", "draft", patch=patch)

    def translate(self) -> Edit | None:
        """Give an article one translation in each of some other editions, or none."""
        key = self._pick("published", "published", "scheduled", "draft", "withdrawn")
        if key is None:
            return None
        articles = self._newsroom.articles
        others = {each.edition: other for other, each in articles.items() if self._random.random() < 0.3}
        others.pop(articles[key].edition, None)
        chosen = self._random.sample(sorted(others.values()), min(len(others), self._random.choice((0, 1, 1, 2))))
        headers = (("if-match", "*"),)
        return Edit("translate", "PATCH", f"{EDITORIAL}/articles/{key}", {"translations": chosen}, headers)

    def bump(self) -> Edit | None:
        """Change the public time, with or without a note."""
        given: dict[str, Any] = self._random.choice(({}, {"at": text_of(self._newsroom.past())}))
        if self._random.random() < 0.3:
            given = {**given, "note": {"type": "update", "text": "There is more."}}
        return self._move("bump", "PUT", "bump", given, "published")

    def withdraw(self) -> Edit | None:
        """Withdraw a public article."""
        given = self._random.choice(({}, {"reason": "Legal.", "notice": "It was wrong."}))
        return self._move("withdraw", "PUT", "withdrawal", given, "published")

    def expire(self) -> Edit | None:
        """Give a public article an expiry, soon or at a midnight, or none."""
        given = self._random.choice((text_of(self._soon()), text_of(self._soon()), None))
        return self._edit("expire", "published", patch={"expires_at": given})

    def explain_withdrawal(self) -> Edit | None:
        """Change the notice of a withdrawn article."""
        given = {"notice": f"Wrong, {self._random.randrange(99)}."}
        return self._move("explain", "PUT", "withdrawal", given, "withdrawn")

    def restore(self) -> Edit | None:
        """Restore a withdrawn article."""
        return self._move("restore", "DELETE", "withdrawal", None, "withdrawn")

    def push(self) -> Edit:
        """Upsert an article by its source_id."""
        owner, random = self._newsroom.owner(), self._random
        given = {**self._members(owner), "headline": self._newsroom.headline()}
        if random.random() < 0.6:
            given["published_at"] = text_of(self._newsroom.past())
        name = f"{random.choice(('seed', 'cms'))}:{random.randrange(12)}"
        return Edit("push", "PUT", f"{EDITORIAL}/editions/{owner}/articles/{name}", given)

    def _post(self, name: str, **members: Any) -> Edit:
        owner = self._newsroom.owner()
        given = {"edition": owner, "headline": self._newsroom.headline(), **self._members(owner), **members}
        return Edit(name, "POST", f"{EDITORIAL}/articles", given)

    def _edit(self, name: str, *statuses: str, patch: dict[str, Any] | None = None) -> Edit | None:
        key = self._pick(*statuses)
        if key is None:
            return None
        known = self._newsroom.articles[key]
        if patch is None:
            members = {**self._members(known.edition, every=True), "headline": self._newsroom.headline()}
            names = self._random.sample(sorted(members), self._random.choice((1, 1, 2)))
            patch = {member: members[member] for member in names}
            if self._random.random() < 0.25:
                patch["note"] = {"type": self._random.choice(("correction", "update")), "text": "It was otherwise."}
        headers = (("if-match", f'"{known.revision}"'),)
        return Edit(name, "PATCH", f"{EDITORIAL}/articles/{key}", patch, headers)

    def _move(self, name: str, method: str, member: str, given: Any, *statuses: str) -> Edit | None:
        key = self._pick(*statuses)
        return None if key is None else Edit(name, method, f"{EDITORIAL}/articles/{key}/{member}", given)

    def _pick(self, *statuses: str) -> str | None:
        found = self._newsroom.having(*statuses)
        return self._random.choice(found) if found else None

    def _old_slugs(self) -> list[str]:
        return sorted({slug for known in self._newsroom.articles.values() for slug in known.old_slugs})

    def _soon(self) -> int:
        newsroom = self._newsroom
        if self._random.random() < 0.2:
            zone = newsroom.zone()
            return start_of_day(date_at(newsroom.now + DAY_US, zone), zone)
        return newsroom.now + self._random.choice(SOON)

    def _sections(self, known: list[str]) -> dict[str, Any]:
        """Return one section or none, or several in any order."""
        if self._random.random() < 0.5:
            return {"section": self._random.choice([None, *known])}
        return {"sections": self._random.sample(known, min(len(known), self._random.choice((0, 1, 2, 3))))}

    def _reference(self, owner: str) -> dict[str, str]:
        """Return a reference to an article of another edition, which may not exist yet."""
        others = [name for name in self._newsroom.editions if name != owner] or [owner]
        return {"edition": self._random.choice(others), "source_id": f"cms:{self._random.randrange(12)}"}

    def _members(self, owner: str, *, every: bool = False) -> dict[str, Any]:
        """Return editorial members, some or all."""
        random, newsroom = self._random, self._newsroom
        number = random.randrange(10**6)
        sections = [slug for edition, slug in newsroom.sections if edition == owner]
        others = random.sample([*newsroom.articles], min(2, len(newsroom.articles)))
        members: dict[str, Any] = {
            "lead": random.choice((None, f"Lead {number}.")),
            "dateline": random.choice((None, "PORT VELA")),
            **self._sections(sections),
            "tags": random.sample([*newsroom.names("tag"), f"made-{number % 7}"], random.choice((0, 1, 2, 3))),
            "authors": random.sample(newsroom.names("author"), random.choice((0, 1, 2))),
            "label": random.choice([None, *newsroom.names("label")]),
            "alert": random.random() < 0.1,
            "related": random.choice(([], others, [*others, "seed:1", "cms:2"])),
            "body": [{"type": "paragraph", "html": f"<b>Text</b> {number}"}],
            "source": random.choice((None, {"name": "Source", "url": "https://source.example/a"})),
            "format": random.choice(("article", "article", "article", "gallery", "video", "audio", "page")),
            "language": random.choice((None, None, "de", "UK", "fr-CA", "en-GB")),
            "featured": random.random() < 0.3,
            "access": random.choice((None, "free", "registered", "paid")),
            "rights": random.choice((None, {"holder": f"Holder {number}"})),
            "translations": random.choice(([], [], [self._reference(owner)])),
            "aliases": random.choice(([], [f"/old/{number % 40}"], [f"/old/{number}", f"http://old.example/{number}"])),
        }
        return members if every else {name: value for name, value in members.items() if random.random() < 0.5}
