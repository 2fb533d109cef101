"""Pages of the guides: the index by task, and one guide with its neighbours and its contents."""

from collections.abc import Collection, Iterable
from typing import Final

from app.net.base_path import href_of
from app.pages.guide_index import INDEX, SECTION, GuideIndex, GuideLink, GuideTask, guide_href, make_resolver
from app.pages.html import Markup, element, join, render_code_spans
from app.pages.layout import HtmlPage
from app.pages.markdown import GuideSection, LinkResolver, render_markdown

SEARCH_PATH: Final = f"{SECTION}/search.json"
_MIN_CONTENTS: Final = 3
_DESCRIPTION_CHARACTERS: Final = 160


def build_index_page(index: GuideIndex, *, pages: Collection[str], files: Collection[str]) -> HtmlPage:
    """Return the index of the guides, with the search."""
    resolve = make_resolver(INDEX, pages=pages, files=files)
    groups = (
        element(
            "section",
            element("h2", group.name, id=group.name.lower()),
            element("dl", *(part for task in group.tasks for part in _task(task, resolve))),
            aria_labelledby=group.name.lower(),
        )
        for group in index.groups
    )
    decisions = element(
        "section",
        element("h2", "Decisions", id="decisions"),
        element("p", "Half a page each: context, decision, consequences."),
        element("ol", *(element("li", _link(each, resolve)) for each in index.decisions)),
        aria_labelledby="decisions",
    )
    content = join(
        (
            element("h1", "Guides"),
            element("p", "Find the page for your task.", class_="lead"),
            _search(),
            element("div", *groups, class_="groups"),
            decisions,
        )
    )
    return HtmlPage(
        title="Guides",
        description="Guides to this API, by task.",
        content=content,
        section=SECTION,
        layout="index",
        links=(_markdown_link(INDEX),),
        script=True,
    )


def build_guide_page(
    name: str, source: str, index: GuideIndex, *, pages: Collection[str], files: Collection[str]
) -> HtmlPage:
    """Return the page of one guide."""
    resolve = make_resolver(name, pages=pages, files=files)
    rendered = render_markdown(source, resolve)
    title, *sections = rendered.sections
    contents = [each for each in sections if each.level == 2]  # noqa: PLR2004 - the level below the title
    has_contents = len(contents) >= _MIN_CONTENTS
    article = element(
        "article",
        rendered.html,
        element("p", "This page ", element("a", "in Markdown", href=href_of(f"{SECTION}/{name}.md")), class_="sources"),
    )
    parts = (_navigation(name, index), _contents(contents) if has_contents else "", article)
    return HtmlPage(
        title=title.title,
        description=title.text[:_DESCRIPTION_CHARACTERS],
        content=join(parts),
        section=SECTION,
        layout="guide with-contents" if has_contents else "guide",
        links=(_markdown_link(name),),
        script=True,
    )


def _task(task: GuideTask, resolve: LinkResolver) -> Iterable[Markup]:
    yield element("dt", render_code_spans(_capitalize(task.task)))
    yield element("dd", *(element("span", _link(each, resolve)) for each in task.guides))


def _capitalize(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _link(link: GuideLink, resolve: LinkResolver) -> Markup:
    href = resolve(link.target)
    if href is None:
        return element("span", render_code_spans(link.title), class_="elsewhere", title="In the source repository")
    return element("a", render_code_spans(_capitalize(link.title)), href=href)


def _navigation(current: str, index: GuideIndex) -> Markup:
    """Return the guides by group, each once; below the title of a group on narrow screens."""
    groups = []
    for group in index.groups:
        names: dict[str, str] = {}
        for link in group.list_guides():
            names.setdefault(link.name, _capitalize(link.title.partition(":")[0]))
        items = (
            element(
                "li",
                element("a", title, href=guide_href(name), aria_current="page" if name == current else None),
            )
            for name, title in names.items()
        )
        groups.append(join((element("h2", group.name), element("ul", *items))))
    return element(
        "nav",
        _search(),
        element("details", element("summary", "All guides"), *groups),
        class_="outline guides",
        aria_label="Guides",
    )


def _contents(sections: Iterable[GuideSection]) -> Markup:
    items = (element("li", element("a", each.title, href=f"#{each.anchor}")) for each in sections)
    return element(
        "nav",
        element("h2", "On this page"),
        element("ul", *items),
        class_="outline contents",
        aria_label="On this page",
    )


def _search() -> Markup:
    """Return the search field, which stays hidden without JavaScript; the lists of guides do not need it."""
    return element(
        "div",
        element("label", "Search guides, operations and problems", for_="search"),
        element("input", id="search", type="search", autocomplete="off", spellcheck="false"),
        element("output", for_="search"),
        element("ol"),
        class_="search",
        role="search",
        hidden=True,
        data_index=href_of(SEARCH_PATH),
    )


def _markdown_link(name: str) -> Markup:
    return element("link", rel="alternate", type="text/markdown", href=href_of(f"{SECTION}/{name}.md"))
