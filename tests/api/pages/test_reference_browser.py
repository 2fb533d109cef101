"""The reference in a real browser: it renders, sends requests below a base path, and reads well to everybody."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import fill
from tests.api.ops.chromium import Page, find_chromium
from tests.conftest import run_once
from tests.response_cache.threaded_server import Served, serving

BASE = "/press/api"
METHODS = {
    "GET": "#tag/timeline/GET/v1/timeline",
    "POST": "#tag/newsroom/POST/v1/editorial/articles",
    "PATCH": "#tag/newsroom/PATCH/v1/editorial/articles/{article_id}",
    "PUT": "#tag/newsroom/PUT/v1/editorial/articles/{article_id}/publication",
    "DELETE": "#tag/newsroom/DELETE/v1/editorial/articles/{article_id}",
}
"""One operation of each method."""
WINDOWS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
OF_TRY_IT_WINDOW = {
    "aria-input-field-name",
    "aria-prohibited-attr",
    "aria-required-attr",
    "aria-valid-attr-value",
    "button-name",
    "scrollable-region-focusable",
}
"""Rules that the markup of Scalar's window for trying requests violates: style sheets cannot change that."""
SHOWN = "document.querySelector('.show-api-client-button[method=%s]') !== null"
SEND = "[...document.querySelectorAll('[role=dialog] button')].find(each => /Send/.test(each.innerText))"
INLINE_SCRIPT = "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))"


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a server over the small newsroom, below a base path."""
    find_chromium()
    file = tmp_path_factory.mktemp("docs") / "dayline.db"
    shutil.copy(sqlite_template, file)
    run_once(f"sqlite:///{file}", fill)
    with serving(f"sqlite:///{file}", early=True, settings={"public_url": f"https://courier.example{BASE}"}) as served:
        yield served


def open_reference(page: Page, server: Served) -> None:
    """Open the reference at an operation, and wait until it is shown."""
    page.open(f"http://127.0.0.1:{server.port}{BASE}/docs{METHODS['GET']}")
    page.wait_for(SHOWN % "get")


def try_request(page: Page) -> None:
    """Open the window of the first operation, and send its request as it is offered."""
    page.evaluate("document.querySelector('.show-api-client-button[method=get]').click()")
    page.wait_for(f"{SEND} !== undefined")
    page.evaluate(f"{SEND}.click()")
    page.wait_for("/200 OK/.test(document.querySelector('[role=dialog]').innerText)")


def check_log(page: Page) -> None:
    """Check that nothing was refused or failed, and that no other host was asked."""
    assert page.complaints == []
    assert page.requested
    assert {urlsplit(each).hostname for each in page.requested if not each.startswith("data:")} == {"127.0.0.1"}


def test_reference_sends_requests_below_the_base_path_without_violations(server: Served, page: Page) -> None:
    page.show(width=1280, scheme="light")
    open_reference(page, server)
    for width, scheme in ((360, "dark"), (1280, "light")):
        check_operation(page, width, scheme, "GET")
    try_request(page)
    sent = [each for each in page.requested if "/v1/" in each]
    assert sent == [f"http://127.0.0.1:{server.port}{BASE}/v1/timeline"], "optional parameters are off"
    check_log(page)
    page.evaluate(INLINE_SCRIPT)
    page.wait_for("true")
    assert page.evaluate("window.ran") is None
    assert page.complaints, "an inline script is a violation that is noticed"


@pytest.mark.soak
def test_operations_of_each_method_have_no_grave_violations(server: Served, page: Page) -> None:
    for width, scheme in WINDOWS:
        page.show(width=width, scheme=scheme)
        open_reference(page, server)
        for method in METHODS:
            check_operation(page, width, scheme, method)
        check_log(page)


@pytest.mark.soak
def test_search_has_no_grave_violations(server: Served, page: Page) -> None:
    for width, scheme in WINDOWS:
        page.show(width=width, scheme=scheme)
        open_reference(page, server)
        page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))")
        page.wait_for("document.activeElement.role === 'combobox'")
        page.call("Input.insertText", text="withdraw")
        page.wait_for("/Withdraw an article/.test(document.querySelector('[role=dialog]').innerText)")
        page.wait_for("document.getAnimations().every(each => each.playState !== 'running')")
        assert page.find_grave_violations(within="[role=dialog]") == {}
        check_log(page)


@pytest.mark.soak
def test_window_for_trying_requests_has_the_named_violations_only(server: Served, page: Page) -> None:
    for width, scheme in WINDOWS:
        page.show(width=width, scheme=scheme)
        open_reference(page, server)
        try_request(page)
        page.wait_for("document.getAnimations().every(each => each.playState !== 'running')")
        assert page.find_grave_violations(within="[role=dialog]").keys() <= OF_TRY_IT_WINDOW
        check_log(page)


def check_operation(page: Page, width: int, scheme: str, method: str) -> None:
    """Show the operation of a method in a window, and check that it is readable there."""
    page.show(width=width, scheme=scheme)
    page.evaluate(f"location.hash = '{METHODS[method]}'")
    page.wait_for(SHOWN % method.lower())
    page.wait_for(f"document.body.classList.contains('{scheme}-mode')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.find_grave_violations() == {}
