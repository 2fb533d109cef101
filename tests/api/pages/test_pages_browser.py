"""Pages in a real browser: laid out at both widths and in both colour schemes, without errors, and searched."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.ops.chromium import Page, find_chromium, open_page
from tests.docs.pages import DOCS
from tests.docs.pages import PAGES as PAGES_WITH_EXAMPLES
from tests.docs.test_fences import blocks
from tests.response_cache.threaded_server import Served, serving
from tests.sample import fill_database

BASE = "/press/api"
PAGES = ("/", "/guides", "/guides/feeds", "/problems", "/problems/not-found")
PHONE, SCREEN = 360, 1280
MIN_CONTRAST = 4.5
MEASURE = """(() => {
    const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
    const background = (node) => {
        for (; node; node = node.parentElement) {
            const color = parse(getComputedStyle(node).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const visible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const texts = [...document.querySelectorAll("body *")].filter((node) => visible(node)
        && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
    const contrast = (node) => {
        const [one, other] = [parse(getComputedStyle(node).color), background(node)].map(luminance);
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    };
    const named = (node) => node.textContent.trim() || node.getAttribute("aria-label") || node.labels?.length;
    const headings = [...document.querySelectorAll("h1, h2, h3, h4")].filter(visible);
    const levels = headings.map((node) => Number(node.tagName[1]));
    return {
        faint: texts.filter((node) => contrast(node) < %s).map((node) => node.outerHTML.slice(0, 120)),
        nameless: [...document.querySelectorAll("a, button, input")].filter((node) => visible(node) && !named(node))
            .map((node) => node.outerHTML.slice(0, 120)),
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        skipped: levels.filter((level, index) => index && level > levels[index - 1] + 1).length,
        elsewhere: performance.getEntriesByType("resource").map((entry) => entry.name)
            .filter((name) => !name.startsWith(location.origin)),
        background: getComputedStyle(document.body).backgroundColor,
    };
})()""".replace("%s", str(MIN_CONTRAST))


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a server over the sample, below a base path."""
    find_chromium()
    file = tmp_path_factory.mktemp("pages") / "dayline.db"
    shutil.copy(sqlite_template, file)
    asyncio.run(fill_database(f"sqlite:///{file}"))
    with serving(f"sqlite:///{file}", early=True, settings={"public_url": f"https://courier.example{BASE}"}) as served:
        yield served


@pytest.fixture(scope="module")
def page(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Open a browser's page."""
    assert server.port
    with open_page(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def show(page: Page, url: str, *, width: int, scheme: str) -> None:
    """Show a page at a width and in a colour scheme."""
    page.complaints.clear()
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width == PHONE)
    page.call("Page.navigate", url=url)
    page.wait_for(f"document.readyState === 'complete' && location.href === '{url}'")


@pytest.mark.parametrize("path", PAGES)
def test_page_is_legible_at_each_width_and_in_both_schemes(server: Served, page: Page, path: str) -> None:
    backgrounds = set()
    for scheme in ("light", "dark"):
        for width in (SCREEN, PHONE):
            show(page, f"http://127.0.0.1:{server.port}{BASE}{path}", width=width, scheme=scheme)
            found: dict[str, Any] = page.evaluate(MEASURE)
            backgrounds.add(found.pop("background"))
            assert found == {"faint": [], "nameless": [], "wide": 0, "skipped": 0, "elsewhere": []}, (scheme, width)
            assert page.complaints == [], (scheme, width)
    assert len(backgrounds) == 2


@pytest.mark.parametrize("path", ["/guides", "/guides/feeds"])
def test_search_finds_guides_operations_and_problems(server: Served, page: Page, path: str) -> None:
    show(page, f"http://127.0.0.1:{server.port}{BASE}{path}", width=SCREEN, scheme="light")
    page.wait_for("document.querySelector('.search').checkVisibility()")
    page.evaluate("document.querySelector('.search input').focus()")
    page.call("Input.insertText", text="Withdráw")
    page.wait_for("document.querySelectorAll('.search li a').length > 3")
    found = page.evaluate("[...document.querySelectorAll('.search li a')].map((node) => node.getAttribute('href'))")
    for start in ("/guides/", "/docs#", "/problems/"):
        assert any(href.startswith(f"{BASE}{start}") for href in found), start
    assert "results" in page.evaluate("document.querySelector('.search output').value")
    page.call("Input.insertText", text=" nothing-has-this-name")
    page.wait_for("document.querySelector('.search output').value === '0 results'")
    assert page.complaints == []


def test_pages_work_without_scripts(server: Served, page: Page) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        show(page, f"http://127.0.0.1:{server.port}{BASE}/guides", width=SCREEN, scheme="light")
        assert page.evaluate("document.querySelector('.search').checkVisibility()") is False
        assert page.evaluate("document.querySelectorAll('main dd a').length") > 20
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


def save_example(name: str, port: int, folder: Path) -> str:
    """Save the page in HTML that a guide shows, for this server, and return its URL."""
    [source] = [part.partition("\n```")[0] for part in (DOCS / name).read_text().split("```html\n")[1:]]
    assert "http://127.0.0.1:8000" in source
    file = folder / "news.html"
    file.write_text(source.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}"))
    return file.as_uri()


def test_page_of_getting_started_draws_the_timeline(server: Served, page: Page, tmp_path: Path) -> None:
    show(page, save_example("getting-started.md", server.port, tmp_path), width=SCREEN, scheme="light")
    page.wait_for("document.querySelectorAll('p').length > 10")
    assert page.evaluate("document.querySelector('h2').textContent") == "Friday, 20 November"
    assert page.complaints == []


def test_page_of_changes_opens_the_stream(server: Served, page: Page, tmp_path: Path) -> None:
    show(page, save_example("changes.md", server.port, tmp_path), width=SCREEN, scheme="light")
    page.wait_for("performance.getEntriesByType('resource').some((entry) => entry.name.includes('/v1/timeline'))")
    page.call("Page.navigate", url="about:blank")
    assert page.complaints == []


def test_scripts_of_the_guides_are_valid(page: Page) -> None:
    scripts = [content for each in PAGES_WITH_EXAMPLES for content in blocks(each, "js")]
    assert scripts
    for script in scripts:
        source = script.replace("export default", "void")  # a module's value is an expression
        compiled = page.call("Runtime.compileScript", expression=source, sourceURL="", persistScript=False)
        assert "exceptionDetails" not in compiled, compiled


def test_every_page_in_html_of_the_guides_is_opened() -> None:
    assert {each.name for each in PAGES_WITH_EXAMPLES if any("<!doctype" in one for one in blocks(each, "html"))} == {
        *("changes.md", "getting-started.md")
    }
