"""Pages in a real browser: laid out at both widths and in both colour schemes, without errors, and searched."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.api.conftest import as_key
from tests.api.ops.chromium import Page, find_chromium
from tests.conftest import NOW, run_once
from tests.docs.pages import DOCS
from tests.docs.pages import PAGES as PAGES_WITH_EXAMPLES
from tests.docs.test_fences import blocks
from tests.response_cache.threaded_server import Served, serving
from tests.sample import fill_database
from tests.server_process import free_port

BASE = "/press/api"
PAGES = ("/", "/guides", "/guides/feeds", "/problems", "/problems/not-found")
WINDOWS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
EXTREMES = (WINDOWS[0], WINDOWS[-1])
COMPLETE = "document.readyState === 'complete' && location.href !== 'about:blank'"


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a database with the sample."""
    find_chromium()
    file = tmp_path_factory.mktemp("pages") / "dayline.db"
    shutil.copy(sqlite_template, file)
    asyncio.run(fill_database(f"sqlite:///{file}"))
    return f"sqlite:///{file}"


@pytest.fixture(scope="module")
def token(address: str) -> str:
    """Return a key that may write and publish."""
    scopes = [ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH]
    record = ApiKeyCreate.model_validate({"name": "A test's key", "scopes": scopes})
    created: str = run_once(address, lambda connection: create_key(connection, record, now=NOW)[1])
    return created


@pytest.fixture(scope="module")
def server(address: str, token: str) -> Iterator[Served]:
    """Run a server over the sample, below a base path."""
    assert token
    with serving(address, early=True, settings={"public_url": f"https://courier.example{BASE}"}) as served:
        yield served


def open_page(page: Page, server: Served, path: str) -> None:
    """Open a page of the server, and wait until it is complete."""
    page.open(f"http://127.0.0.1:{server.port}{BASE}{path}")
    page.wait_for(COMPLETE)


def check_log(page: Page) -> None:
    """Check that nothing was refused or failed, and that no other host was asked."""
    assert page.complaints == []
    assert {urlsplit(each).hostname for each in page.requested if each.startswith("http")} == {"127.0.0.1"}


@pytest.mark.parametrize("path", PAGES)
def test_page_fits_each_width_and_has_both_colour_schemes(server: Served, page: Page, path: str) -> None:
    backgrounds = set()
    for width, scheme in WINDOWS:
        page.show(width=width, scheme=scheme)
        open_page(page, server, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        check_log(page)
    assert len(backgrounds) == 2


def test_examples_of_a_guide_wrap_and_its_contents_stay_in_view(server: Served, page: Page) -> None:
    for width in (1280, 360):
        page.show(width=width, scheme="light")
        open_page(page, server, "/guides/reading")
        cut = (
            "[...document.querySelectorAll('pre:has(code[class])')].filter((one) => one.scrollWidth > one.clientWidth)"
        )
        assert page.evaluate(f"{cut}.map((one) => one.textContent)") == [], width
    for width in (1280, 1800):
        page.show(width=width, scheme="light")
        open_page(page, server, "/guides/reading")
        page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
        place = "document.querySelector('.contents').getBoundingClientRect()"
        edges = page.evaluate(f"(({{ top, bottom }}) => [top, innerHeight - bottom])({place})")
        assert min(edges) >= 0, (width, edges)


@pytest.mark.parametrize("path", ["/", "/guides/feeds", "/problems/not-found"])
def test_page_has_no_grave_violations(server: Served, page: Page, path: str) -> None:
    for width, scheme in EXTREMES:
        page.show(width=width, scheme=scheme)
        open_page(page, server, path)
        assert page.find_grave_violations() == {}, (width, scheme)


@pytest.mark.soak
@pytest.mark.parametrize("path", [*PAGES, "/guides/reading", "/guides/editorial", "/guides/decisions/0043-base-path"])
def test_long_no_page_has_grave_violations(server: Served, page: Page, path: str) -> None:
    for width, scheme in WINDOWS:
        page.show(width=width, scheme=scheme)
        open_page(page, server, path)
        assert page.find_grave_violations() == {}, (width, scheme)


@pytest.mark.parametrize("path", ["/guides", "/guides/feeds"])
def test_search_finds_guides_operations_and_problems(server: Served, page: Page, path: str) -> None:
    open_page(page, server, path)
    page.wait_for("document.querySelector('.search').checkVisibility()")
    page.evaluate("document.querySelector('.search input').focus()")
    page.call("Input.insertText", text="Withdráw")
    page.wait_for("document.querySelectorAll('.search li a').length > 3")
    found = page.evaluate("[...document.querySelectorAll('.search li a')].map((node) => node.getAttribute('href'))")
    for start in ("/guides/", "/docs#", "/problems/"):
        assert any(href.startswith(f"{BASE}{start}") for href in found), start
    assert "results" in page.evaluate("document.querySelector('.search output').value")
    page.call("Input.insertText", text=" nothing-has-this-name")
    assert page.evaluate("document.querySelectorAll('.search li a').length") > 3
    search_for(page, "nothing-has-this-name")
    page.wait_for("document.querySelector('.search output').value === '0 results'")
    assert page.complaints == []


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("load more news upward", "/guides/reading#more-news-load-pages-upward-and-downward"),
        ("sort tags by name", "/guides/reading#sort-sections-tags-and-authors"),
        ("maximum limit", "/guides/reading#page-sizes-and-limit"),
        ("limit", "/guides/reading#page-sizes-and-limit"),
        ("newest_day", "/docs#tag/timeline/GET/v1/timeline"),
    ],
)
def test_search_ranks_the_place_for_a_question(server: Served, page: Page, text: str, best: str) -> None:
    open_page(page, server, "/guides")
    search_for(page, text)
    page.wait_for("document.querySelectorAll('.search li a').length > 0")
    links = "[...document.querySelectorAll('.search li a')].slice(0, 3).map((node) => node.getAttribute('href'))"
    assert f"{BASE}{best}" in page.evaluate(links)


def search_for(page: Page, text: str) -> None:
    """Replace the text of the search."""
    page.wait_for("document.querySelector('.search').checkVisibility()")
    page.evaluate("document.querySelector('.search input').select()")
    page.call("Input.insertText", text=text)


def test_pages_work_without_scripts(server: Served, page: Page) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        open_page(page, server, "/guides")
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
    page.open(save_example("getting-started.md", server.port, tmp_path))
    page.wait_for("document.querySelectorAll('p').length > 10")
    assert page.evaluate("document.querySelector('h2').textContent") == "Friday, 20 November"
    assert page.complaints == []


def test_page_of_changes_shows_what_is_published(server: Served, token: str, page: Page, tmp_path: Path) -> None:
    page.open(save_example("changes.md", server.port, tmp_path))
    page.wait_for("performance.getEntriesByType('resource').some((entry) => entry.name.includes('/v1/timeline'))")
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}/v1/editorial", headers=as_key(token)) as client:
        created = client.post("/articles", json={"headline": "The <last> ferry"}).json()
        assert client.put(f"/articles/{created['id']}/publication", json={}).status_code == 200
    page.wait_for("document.querySelector('li')?.textContent === 'The <last> ferry'")
    check_log(page)
    page.open("about:blank")  # ends the stream


@pytest.mark.parametrize(("name", "place"), [("getting-started.md", "p"), ("changes.md", "li")])
def test_page_of_a_guide_shows_that_its_address_is_wrong(page: Page, tmp_path: Path, name: str, place: str) -> None:
    port = free_port()
    page.open(save_example(name, port, tmp_path))
    page.wait_for(f"document.querySelector('{place}')?.textContent.startsWith('No news from http://127.0.0.1:{port}:')")


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
