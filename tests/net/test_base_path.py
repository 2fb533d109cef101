"""The base path: parsed from a public URL, put before links, and taken from the paths of requests."""

import pytest

from app.errors import InvalidValueError
from app.net.base_path import OWN_SEGMENTS, href_of, links_below, parse_base_path, without_base


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://news.example", ""),
        ("https://news.example/", ""),
        ("https://news.example/api", "/api"),
        ("https://news.example/api/", "/api"),
        ("https://news.example/press/api-2.1_~", "/press/api-2.1_~"),
        ("https://news.example/v1x", "/v1x"),
        ("https://news.example/press/v1", "/press/v1"),
    ],
)
def test_base_path_is_the_path_of_the_public_url(url: str, path: str) -> None:
    assert parse_base_path(url) == path


@pytest.mark.parametrize("path", ["/a b", "/a%20b", "/é", "//api", "/a//b", "/../a", "/a/.", "/a'b", "/a&b", "/a;b"])
def test_base_path_with_other_characters_is_rejected(path: str) -> None:
    with pytest.raises(InvalidValueError, match="may have letters, digits"):
        parse_base_path(f"https://news.example{path}")


@pytest.mark.parametrize("segment", sorted(OWN_SEGMENTS))
def test_base_path_that_begins_like_a_path_of_the_api_is_rejected(segment: str) -> None:
    with pytest.raises(InvalidValueError, match=f"must not begin with /{segment}"):
        parse_base_path(f"https://news.example/{segment}/more")


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/api/v1/tags", "/v1/tags"),
        ("/v1/tags", "/v1/tags"),
        ("/api", "/"),
        ("/api/", "/"),
        ("/apiv1/tags", "/apiv1/tags"),
        ("/api/api/v1", "/api/v1"),
        ("/", "/"),
        ("*", "*"),
    ],
)
def test_without_base_removes_the_base_path_once(path: str, own: str) -> None:
    assert without_base(path, "/api") == own
    assert without_base(path, "") == path


def test_links_have_the_base_path_within_its_context_alone() -> None:
    assert href_of("/v1/tags") == "/v1/tags"
    with links_below("/api"):
        assert href_of("/v1/tags") == "/api/v1/tags"
    assert href_of("/v1/tags") == "/v1/tags"
