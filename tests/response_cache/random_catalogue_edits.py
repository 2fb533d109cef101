"""Random edits of the catalogue: new, renamed, merged, moved, hidden and deleted entries, and curated lists."""

from typing import Any

from tests.response_cache.newsroom import Newsroom, text_of
from tests.response_cache.random_article_edits import EDITORIAL, SOON, Edit, Weights

MAX_EDITIONS = 5
MORE_ZONES = ("Atlantic/Azores", "Asia/Kathmandu", "America/St_Johns", "UTC", "Europe/Kyiv")

TEMPLATES = (
    None,
    "{site_url}/n/{id}",
    "{site_url}/news/{slug}",
    "{site_url}/{section}/{slug}",
    "{site_url}/{year}/{month}/{day}/{slug}",
)


class CatalogueEdits:
    """Edits of editions, sections, tags, authors and labels."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._random = newsroom.random
        self.weights: Weights = {
            self.reword_tag: 3,
            self.reword_section: 3,
            self.reword_author: 3,
            self.rename: 7,
            self.merge: 4,
            self.reword_label: 3,
            self.change_edition: 3,
            self.switch_default: 1,
            self.new_name: 4,
            self.new_edition: 1,
            self.write_list: 6,
            self.delete_list: 1,
            self.delete_entry: 3,
            self.hide_entry: 2,
            self.change_member: 4,
            self.move_section: 4,
        }

    def rename(self) -> Edit:
        """Give an entry another slug or code: a new one, one that it or another had, or one that nothing has."""
        random, newsroom = self._random, self._newsroom
        kind = random.choice(("tag", "tag", "author", "author", "section", "label"))
        former = newsroom.former[kind] if random.random() < 0.3 else []
        present = random.choice([f"renamed-{random.randrange(10**6)}", "later-on", *former])
        if kind == "section":
            owner, slug = random.choice(newsroom.sections)
            edit = self._patch(kind, f"{slug}?edition={owner}", {"slug": present})
        else:
            names = {"tag": newsroom.tags, "author": newsroom.authors, "label": newsroom.labels}[kind]
            edit = self._patch(kind, random.choice(names), {"code" if kind == "label" else "slug": present})
        return edit._replace(name=f"rename {kind}")

    def merge(self) -> Edit | None:
        """Merge a tag or an author into another one."""
        kind, name, into = self.choose_merge()
        return (
            None if into is None else Edit(f"merge {kind}", "PUT", f"{EDITORIAL}/{kind}s/{name}/merge", {"into": into})
        )

    def choose_merge(self) -> tuple[str, str, str | None]:
        """Return a kind, an entry and the one to merge it into, by a present or a former name; None if they are few."""
        random, newsroom = self._random, self._newsroom
        kind = random.choice(("tag", "author"))
        names = {"tag": newsroom.tags, "author": newsroom.authors}[kind]
        name = random.choice(names)
        others = [each for each in newsroom.names(kind) if each != name]
        return kind, name, random.choice(others) if len(names) > 2 else None

    def reword_tag(self) -> Edit:
        """Give a tag another display name."""
        return self._patch("tag", self._random.choice(self._newsroom.tags), {"name": self._text()})

    def reword_section(self) -> Edit:
        """Give a section another display name."""
        owner, slug = self._random.choice(self._newsroom.sections)
        return self._patch("section", f"{slug}?edition={owner}", {"name": self._text()})

    def reword_author(self) -> Edit:
        """Give an author another display name, role or biography."""
        member = self._random.choice(("name", "role", "bio"))
        return self._patch("author", self._random.choice(self._newsroom.authors), {member: self._text()})

    def reword_label(self) -> Edit:
        """Give a label other texts."""
        patch: dict[str, Any] = self._random.choice(
            (
                {"text": self._text()},
                {"texts": {"uk": self._text(), "de": self._text()}},
                {"disclaimer": self._random.choice((None, self._text()))},
                {"disclaimers": {"uk": self._text()}},
                {"genre": self._random.choice((None, "opinion", "analysis"))},
            )
        )
        return self._patch("label", self._random.choice(self._newsroom.labels), patch)

    def change_edition(self) -> Edit:
        """Give an edition another name, language, site, zone or other strings."""
        newsroom, random = self._newsroom, self._random
        slug = random.choice(newsroom.editions)
        patches: tuple[dict[str, Any], ...] = (
            {"name": self._text()},
            {"language": random.choice(("en-GB", "uk", "de", "fr-CA"))},
            {"site_url": f"https://site-{random.randrange(99)}.example"},
            {"article_url": random.choice(TEMPLATES)},
            {"section_fallback": random.choice(("news", "other"))},
            {"strings": {"more_news": self._text()}},
            {"timezone": random.choice(MORE_ZONES)},
            {"feed_content": random.choice((None, "headlines", "summary", "full"))},
        )
        return self._patch("edition", slug, random.choice(patches))

    def switch_default(self) -> Edit:
        """Make another edition the default one."""
        return self._patch("edition", self._random.choice(self._newsroom.editions), {"default": True})

    def new_name(self) -> Edit:
        """Create a tag, section, author or label; drafts created some, and others were requested before."""
        random, newsroom = self._random, self._newsroom
        kind = random.choice(("tag", "section", "author", "label"))
        made = "later-on" if random.random() < 0.3 else f"made-{random.randrange(9)}"
        given = {"code": made, "text": self._text()} if kind == "label" else {"slug": made, "name": self._text()}
        if kind == "section":
            given["edition"] = random.choice(newsroom.editions)
        return Edit(f"new {kind}", "POST", f"{EDITORIAL}/{kind}s", given)

    def new_edition(self) -> Edit | None:
        """Create an edition, as long as they are few."""
        newsroom = self._newsroom
        if len(newsroom.editions) >= MAX_EDITIONS:
            return None
        given = {
            "slug": "later-on" if "later-on" not in newsroom.zones else f"more-{len(newsroom.editions)}",
            "name": self._text(),
            "language": "en-GB",
            "timezone": self._random.choice(MORE_ZONES),
            "site_url": "https://new.example",
        }
        return Edit("new edition", "POST", f"{EDITORIAL}/editions", given)

    def write_list(self) -> Edit:
        """Write a curated list whole: pinned articles of any status, a filter or none, and perhaps an expiry."""
        random, newsroom = self._random, self._newsroom
        owner = newsroom.owner()
        known = [key for key, each in newsroom.articles.items() if each.edition == owner]
        filters: tuple[dict[str, Any] | None, ...] = (
            None,
            {},
            {"tag": random.sample(newsroom.tags, 2)},
            {"author": [random.choice(newsroom.authors)], "label": [random.choice(newsroom.labels)]},
            {"format": random.sample(("video", "audio", "page", "article"), 2), "featured": random.random() < 0.5},
            {"language": [random.choice(("en-GB", "uk", "de"))], "access": random.choice(([], ["free", "paid"]))},
            {"section": [slug for each, slug in newsroom.sections if each == owner][:2], "subsections": True},
            {"tag": [random.choice(newsroom.names("tag"))], "author": [random.choice(newsroom.names("author"))]},
        )
        given = {
            "name": self._text(),
            "items": random.sample(known, min(len(known), random.randrange(5))),
            "filter": random.choice(filters),
            "limit": random.choice((4, 6, 40)),
            "expires_at": text_of(newsroom.now + random.choice(SOON)) if random.random() < 0.4 else None,
        }
        slug = random.choice(("front-page", "most-read", "later-on"))
        return Edit("write list", "PUT", f"{EDITORIAL}/lists/{slug}?edition={owner}", given)

    def delete_list(self) -> Edit | None:
        """Delete a curated list."""
        if not self._newsroom.lists:
            return None
        owner, slug = self._random.choice(self._newsroom.lists)
        return Edit("delete list", "DELETE", f"{EDITORIAL}/lists/{slug}?edition={owner}")

    def delete_entry(self) -> Edit:
        """Delete an entry, most often a new one without references."""
        random, newsroom = self._random, self._newsroom
        kind = random.choice(("tag", "section", "author", "label"))
        name = f"made-{random.randrange(9)}"
        if random.random() < 0.2:
            names = {"tag": newsroom.tags, "author": newsroom.authors, "label": newsroom.labels, "section": ["city"]}
            name = random.choice(names[kind])
        query = f"?edition={random.choice(newsroom.editions)}" if kind == "section" else ""
        return Edit(f"delete {kind}", "DELETE", f"{EDITORIAL}/{kind}s/{name}{query}")

    def hide_entry(self) -> Edit:
        """Hide a section or a label, or show it again."""
        random, newsroom = self._random, self._newsroom
        patch = {"hidden": random.random() < 0.4}
        if random.random() < 0.5:
            return self._patch("label", random.choice(newsroom.labels), patch)
        owner, slug = random.choice(newsroom.sections)
        return self._patch("section", f"{slug}?edition={owner}", patch)

    def change_member(self) -> Edit:
        """Change another member of a tag, an author or a section."""
        random, newsroom = self._random, self._newsroom
        owner, slug = random.choice(newsroom.sections)
        section, tag, author = f"{slug}?edition={owner}", random.choice(newsroom.tags), random.choice(newsroom.authors)
        code = {"scheme": "wikidata", "code": f"Q{random.randrange(99)}"}
        choices: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("section", section, {"position": random.randrange(9), "description": self._text()}),
            ("tag", tag, {"tag_type": random.choice(("person", "place", "topic")), "codes": [code]}),
            ("tag", tag, {"aliases": [self._text()], "description": self._text()}),
            ("author", author, {"author_type": random.choice(("person", "organisation"))}),
            ("author", author, {"bios": {"uk": self._text()}, "links": [f"https://{random.randrange(9)}.example"]}),
            ("edition", random.choice(newsroom.editions), {"author_url": "{site_url}/by/{slug}"}),
            ("edition", random.choice(newsroom.editions), {"tag_url": random.choice((None, "{site_url}/t/{slug}"))}),
        )
        return self._patch(*random.choice(choices))

    def move_section(self) -> Edit:
        """Give a section another parent or none; a cycle is refused."""
        owner, slug = self._random.choice(self._newsroom.sections)
        others = [each for edition, each in self._newsroom.sections if edition == owner and each != slug]
        return self._patch("section", f"{slug}?edition={owner}", {"parent": self._random.choice([None, *others])})

    def learn(self, edit: Edit, content: Any) -> None:
        """Take note of the entry in a response."""
        newsroom, kind = self._newsroom, edit.path.split("/")[3]
        kind = kind.removesuffix("s")
        if edit.name.startswith(("rename ", "merge ")):
            name = edit.path.split("/")[4].partition("?")[0]
            newsroom.rename(kind, name, content.get("slug", content.get("code")), edition=content.get("edition"))
            return
        if kind == "list":
            _add(newsroom.lists, (content["edition"], content["slug"]))
            return
        if kind == "edition":
            newsroom.zones[content["slug"]] = content["timezone"]
            if content["default"]:
                newsroom.default = content["slug"]
        elif kind == "section":
            _add(newsroom.sections, (content["edition"], content["slug"]))
        else:
            names = {"tag": newsroom.tags, "author": newsroom.authors, "label": newsroom.labels}[kind]
            _add(names, content.get("slug", content.get("code")))

    def _patch(self, kind: str, name: str, patch: dict[str, Any]) -> Edit:
        return Edit(f"edit {kind}", "PATCH", f"{EDITORIAL}/{kind}s/{name}", patch)

    def _text(self) -> str:
        return f"Called {self._random.randrange(10**6)}"


def _add(names: list[Any], name: Any) -> None:
    if name not in names:
        names.append(name)
