"""Browser security policy: on every response, also cached ones, errors and pages."""

import httpx
import pytest

from app.api.pages.assets import PAGE_POLICY
from app.api.pages.reference import REFERENCE_POLICY
from app.server.response_fields import DEFAULT_CONTENT_POLICY, SECURITY_FIELDS
from tests.api.newsroom import ADDRESSES, BROWSER, WITHDRAWN

PROBLEMS = ("/nowhere", "/v1/timeline?limit=0", "/v1/timeline?cursor=x", WITHDRAWN, "/v1/editorial/articles")
PAGES = {
    "/docs": REFERENCE_POLICY,
    **dict.fromkeys(("/", "/problems", "/problems/not-found", "/guides", "/guides/feeds"), PAGE_POLICY),
}
FIELDS_OF_304 = {"x-content-type-options", "content-security-policy", "x-frame-options", "referrer-policy"}


def check_policy(response: httpx.Response, policy: str = DEFAULT_CONTENT_POLICY) -> None:
    """Check the four fields, each once."""
    for name, value in {**SECURITY_FIELDS, "content-security-policy": policy}.items():
        assert response.headers.get_list(name) == [value], (response.request.url, name)


async def test_every_response_has_the_security_policy(reader: httpx.AsyncClient) -> None:
    for address in (*ADDRESSES.values(), *PROBLEMS, "/openapi.json", "/health/live", "/health/ready"):
        for _ in range(2):
            check_policy(await reader.get(address))
        check_policy(await reader.head(address))


async def test_other_methods_have_the_security_policy(reader: httpx.AsyncClient) -> None:
    check_policy(await reader.post("/v1/timeline"))
    check_policy(await reader.options("/v1/timeline"))
    check_policy(await reader.get("/v1/articles/night-trams"))


@pytest.mark.parametrize("page", PAGES)
async def test_pages_have_a_content_security_policy_of_their_own(reader: httpx.AsyncClient, page: str) -> None:
    for _ in range(2):
        response = await reader.get(page, headers=BROWSER)
        check_policy(response, PAGES[page])
    assert "unsafe" not in PAGES[page].replace("style-src 'self' 'unsafe-inline'", "")
    assert "default-src 'none'" in PAGES[page]
    assert "frame-ancestors 'none'" in PAGES[page]


async def test_304_omits_the_security_policy(reader: httpx.AsyncClient) -> None:
    for address in ("/v1/timeline", "/docs"):
        response = await reader.get(address, headers={"if-none-match": "*"})
        assert response.status_code == 304
        assert FIELDS_OF_304.isdisjoint(response.headers)


async def test_pages_have_no_inline_script_or_style(reader: httpx.AsyncClient) -> None:
    reference = (await reader.get("/docs")).text
    assert "<style" not in reference
    assert reference.count("<script") == reference.count("<script src=") == 2
    for address in PAGES.keys() - {"/docs"}:
        page = (await reader.get(address, headers=BROWSER)).text
        assert page.count("<script") == page.count("<script src=") <= 1
        assert "<style" not in page
        assert " style=" not in page
