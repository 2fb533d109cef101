"""Pages in a real browser: they render and work under their Content-Security-Policy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import fill
from tests.api.ops.chromium import Page, find_chromium, open_page
from tests.conftest import run_once
from tests.response_cache.threaded_server import Served, serving

STATUS = ".live-responses-table tbody .response-col_status"
BASE = "/press/api"
INLINE_SCRIPT = "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))"


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a server over the small newsroom."""
    find_chromium()
    file = tmp_path_factory.mktemp("docs") / "dayline.db"
    shutil.copy(sqlite_template, file)
    run_once(f"sqlite:///{file}", fill)
    with serving(f"sqlite:///{file}", early=True, settings={"public_url": f"https://courier.example{BASE}"}) as served:
        yield served


@pytest.fixture(scope="module")
def page(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Open a browser's page."""
    assert server.port
    with open_page(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def test_reference_renders_sends_requests_and_takes_keys_without_violations(server: Served, page: Page) -> None:
    page.call("Page.navigate", url=f"http://127.0.0.1:{server.port}{BASE}/docs")
    page.wait_for("document.querySelectorAll('.opblock').length > 20")
    assert page.evaluate("getComputedStyle(document.querySelector('.opblock')).borderRadius") == "4px"
    page.evaluate("document.querySelector('.btn.authorize').click()")
    page.wait_for("document.querySelector('.modal-ux input') !== null")
    page.evaluate("document.querySelector('.close-modal').click()")
    page.evaluate("document.querySelector('#operations-Timeline-get_timeline .opblock-summary-control').click()")
    page.wait_for("document.querySelector('.try-out__btn') !== null")
    page.evaluate("document.querySelector('.try-out__btn').click()")
    page.wait_for("document.querySelector('.btn.execute') !== null")
    page.evaluate("document.querySelector('.btn.execute').click()")
    page.wait_for(f"document.querySelector('{STATUS}') !== null")
    assert page.evaluate(f"document.querySelector('{STATUS}').innerText.slice(0, 3)") == "200"
    requested = page.evaluate("document.querySelector('.request-url').innerText")
    assert f"127.0.0.1:{server.port}{BASE}/v1/timeline" in requested
    assert page.complaints == []
    page.evaluate(INLINE_SCRIPT)
    page.wait_for("true")
    assert page.evaluate("window.ran") is None
    assert page.complaints, "an inline script is a violation that is noticed"
