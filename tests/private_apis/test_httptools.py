"""httptools: the texts of its errors, which choose the status of a refusal, and the errors of callbacks."""

import httptools
import pytest

from app.server.request_head import IgnoredUpgrade


class Callbacks:
    """Callbacks of a parser, one of which fails."""

    def on_headers_complete(self) -> None:
        raise IgnoredUpgrade


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"GET / HTTP/3.1\r\n\r\n", "Invalid HTTP version"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Pause on PRI/Upgrade"),
        (b"FETCH / HTTP/1.1\r\n\r\n", "Invalid method encountered"),
    ],
)
def test_parser_names_its_errors(octets: bytes, reason: str) -> None:
    with pytest.raises(httptools.HttpParserError) as raised:
        httptools.HttpRequestParser(object()).feed_data(octets)
    assert str(raised.value) == reason


def test_error_of_a_callback_is_the_context_of_the_parsers_error() -> None:
    with pytest.raises(httptools.HttpParserCallbackError) as raised:
        httptools.HttpRequestParser(Callbacks()).feed_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert isinstance(raised.value.__context__, IgnoredUpgrade)


def test_upgrade_is_raised_after_the_head() -> None:
    parser = httptools.HttpRequestParser(object())
    with pytest.raises(httptools.HttpParserUpgrade):
        parser.feed_data(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert parser.should_upgrade()
