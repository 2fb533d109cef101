"""Cached response: its encodings, conditional requests, and its lifetime for clients."""

import gzip

import brotli
import orjson
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.instant import SECOND_US
from app.invalidation.max_age import CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import ListDependency, ScheduledArticle, ScheduleSnapshot
from app.response_cache.conditional_requests import ConditionalHeaders, is_not_modified, parse_conditional_headers
from app.response_cache.entry import CachedResponse, RenderedResponse
from app.response_cache.negotiation import COMPRESS_FROM_BYTES, choose_encoding
from tests.conftest import NOW

BODY = orjson.dumps({"items": [{"id": number, "headline": "News from the quay"} for number in range(60)]})
MADE = b"public, max-age=30"
HEADERS = [
    (b"cache-control", MADE),
    (b"link", b'</v1/timeline?cursor=x>; rel="next"'),
    (b"access-control-allow-origin", b"*"),
    (b"etag", b'"abc"'),
    (b"content-length", b"%d" % len(BODY)),
    (b"content-type", b"application/json"),
    (b"last-modified", b"Fri, 20 Nov 2026 12:00:00 GMT"),
]
OPENERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}


def made(body: bytes = BODY) -> CachedResponse:
    return CachedResponse(200, HEADERS, body)


def respond(response: CachedResponse, *headers: tuple[str, str]) -> RenderedResponse:
    return response.render(
        parse_conditional_headers([(name.encode(), value.encode("latin-1")) for name, value in headers])
    )


def content(reply: RenderedResponse) -> dict[str, str]:
    fields = [(name.decode(), value.decode()) for name, value in (*reply.directives, *reply.headers)]
    assert len(dict(fields)) == len(fields), "a header field is repeated"
    return dict(fields)


@pytest.mark.parametrize("encoding", [None, *OPENERS])
def test_each_encoding_has_its_own_strong_etag_and_the_same_content(encoding: str | None) -> None:
    reply = respond(made(), *([("accept-encoding", encoding)] if encoding else []))
    fields = content(reply)
    assert reply.status == 200
    assert fields.get("content-encoding") == encoding
    assert fields["etag"] == (f'"abc-{encoding}"' if encoding else '"abc"')
    assert fields["vary"] == "Accept-Encoding"
    assert fields["content-length"] == str(len(reply.body))
    assert (OPENERS[encoding](reply.body) if encoding else reply.body) == BODY
    assert fields["cache-control"] == MADE.decode()
    assert {"link", "access-control-allow-origin", "content-type", "last-modified"} <= fields.keys()


def test_encoding_is_compressed_once() -> None:
    response, grown = made(), list[int]()
    response.on_grow = grown.append
    first = respond(response, ("accept-encoding", "gzip"))
    assert respond(response, ("accept-encoding", "br, gzip;q=1, br;q=0")).body is first.body
    respond(response)
    assert grown == [len(first.body)]


@pytest.mark.parametrize("encoding", [None, *OPENERS])
def test_304_has_the_variable_fields_and_no_content_fields(
    encoding: str | None,
) -> None:
    edit = ("accept-encoding", encoding or "identity")
    whole = content(respond(made(), edit))
    reply = respond(made(), edit, ("if-none-match", whole["etag"]))
    assert (reply.status, reply.body) == (304, b"")
    assert content(reply) == {
        name: value
        for name, value in whole.items()
        if name not in {"content-type", "content-length", "content-encoding"}
    }


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (['"abc"'], 304),
        (['W/"abc"'], 304),
        (["*"], 304),
        ([' "x" ,"abc"'], 304),
        (['"x"', '"abc"'], 304),
        (['"x","y"', 'W/"z", W/"abc"'], 304),
        (["abc"], 200),
        (['"ABC"'], 200),
        (['"abc-gzip"'], 200),
        (['"x"', '"y"'], 200),
        ([""], 200),
        (['"x", *'], 200),
    ],
)
def test_if_none_match_may_have_several_etags_on_several_lines(known: list[str], status: int) -> None:
    assert respond(made(), *(("if-none-match", each) for each in known)).status == status


def test_etag_takes_precedence_over_a_date() -> None:
    late = ("if-modified-since", "Sat, 21 Nov 2026 12:00:00 GMT")
    assert respond(made(), late).status == 304
    assert respond(made(), late, ("if-none-match", '"other"')).status == 200
    assert respond(made(), ("if-modified-since", "Fri, 20 Nov 2026 11:59:59 GMT")).status == 200
    assert respond(made(), ("if-modified-since", "Fri, 20 Nov 2026 12:00:00 GMT")).status == 304


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Friday, 20-Nov-26 12:00:00 GMT", 304),
        ("Friday, 20-Nov-26 11:59:59 GMT", 200),
        ("Fri Nov 20 12:00:00 2026", 304),
        ("Fri Nov 20 11:59:59 2026", 200),
        ("Fri, 20 Nov 2026 12:00:00 +0000", 200),  # no HTTP-date: RFC 9110, section 13.1.3, has it ignored
    ],
)
def test_if_modified_since_is_read_in_the_obsolete_date_forms(since: str, status: int) -> None:
    assert respond(made(), ("if-modified-since", since)).status == status


@pytest.mark.parametrize("status", [308, 404, 410])
def test_response_without_etag_is_sent_unchanged(status: int) -> None:
    response = CachedResponse(
        status, [(b"cache-control", b"no-cache"), (b"content-type", b"application/problem+json")], BODY
    )
    for edits in (ConditionalHeaders(), ConditionalHeaders("gzip", "*", "Sat, 21 Nov 2026 12:00:00 GMT")):
        reply = response.render(edits)
        assert (reply.status, reply.body) == (status, BODY)
        assert content(reply) == {
            "cache-control": "no-cache",
            "content-type": "application/problem+json",
            "content-length": str(len(BODY)),
        }


LARGE = COMPRESS_FROM_BYTES


@pytest.mark.parametrize(
    ("accepted", "size", "encoding"),
    [
        ("", LARGE, None),
        ("gzip", LARGE, "gzip"),
        ("GZip", LARGE, "gzip"),
        ("gzip, deflate, br, zstd", LARGE, "zstd"),
        ("gzip, deflate, br", LARGE, "br"),
        ("gzip;q=0.8, br;q=0.2", LARGE, "gzip"),
        ("gzip ; q=0.8 ,br ; q=0.2", LARGE, "gzip"),
        ("br;q=0, gzip", LARGE, "gzip"),
        ("gzip;q=0", LARGE, None),
        ("*", LARGE, "zstd"),
        ("*;q=0", LARGE, None),
        ("zstd;q=0, *;q=0.5", LARGE, "br"),
        ("identity", LARGE, None),
        ("identity, gzip;q=0.5", LARGE, None),
        ("identity;q=0.5, gzip;q=0.5", LARGE, "gzip"),
        ("gzip;q=2", LARGE, None),
        ("gzip;q=nonsense, br", LARGE, "br"),
        ("gzip;level=9;q=0.7, br;q=0.5", LARGE, "gzip"),
        ("deflate, compress, x-unknown", LARGE, None),
        (",, ;q=1, gzip,,", LARGE, "gzip"),
        ("gzip, br", LARGE - 1, None),
        ("*", LARGE - 1, None),
        ("identity;q=0, gzip", LARGE - 1, "gzip"),
        ("*;q=0, br", 1, "br"),
    ],
)
def test_accept_encoding_is_parsed_by_rfc_9110(accepted: str, size: int, encoding: str | None) -> None:
    assert choose_encoding(accepted, size) == encoding


def test_accept_encoding_lines_are_joined() -> None:
    assert (
        content(respond(made(), ("accept-encoding", "br;q=0.1"), ("accept-encoding", "gzip")))["etag"] == '"abc-gzip"'
    )


ODD = st.one_of(st.text(max_size=30), st.text(alphabet='gzipbrstd;q=0.15, *-"W/', max_size=40))


@given(ODD, ODD, ODD)
def test_any_conditional_fields_get_200_or_304(encodings: str, known: str, since: str) -> None:
    edits = ConditionalHeaders(encodings, known, since)
    assert made().render(edits).status in {200, 304}
    assert not is_not_modified('"abc"', HEADERS[-1][1].decode(), known=None, since="x" + since)


def scheduled(*seconds: int) -> ScheduleSnapshot:
    entries = [
        ScheduledArticle(
            id="a", slug="a", published_at=NOW + each * SECOND_US, edition="e", is_default=True, timezone="UTC"
        )
        for each in sorted(seconds)
    ]
    return ScheduleSnapshot(tuple(entries), NOW + 90 * SECOND_US)


@settings(max_examples=200)
@given(
    st.lists(st.integers(-10, 85), max_size=3),
    st.booleans(),
    st.lists(st.integers(0, 89 * SECOND_US), min_size=1, max_size=6),
)
def test_cache_control_is_computed_when_sent(
    seconds: list[int],
    is_closed: bool,  # noqa: FBT001 - drawn
    moments: list[int],
) -> None:
    freshness, picture = ResponseFreshness(CONTENT, ListDependency(is_closed=is_closed)), scheduled(*seconds)
    response = CachedResponse(200, HEADERS, BODY, freshness=freshness)
    until, last = 0, b""
    for moment in sorted(moments):
        now = NOW + moment
        found = dict(response.cache_control(now, picture))[b"cache-control"]
        assert found.decode() == freshness.cache_control(now, picture)
        assert now >= until or found == last
        until, last = response.cache_control_valid_until(now), found


def test_new_schedule_snapshot_applies_immediately() -> None:
    response = CachedResponse(200, HEADERS, BODY, freshness=ResponseFreshness(CONTENT, ListDependency()))
    usual = [(b"cache-control", CONTENT.directives.encode())]
    assert response.cache_control(NOW, scheduled()) == usual
    assert response.cache_control(NOW, scheduled(7)) == [(b"cache-control", b"public, max-age=7, stale-if-error=600")]
    assert response.cache_control(NOW, scheduled()) == usual


def test_schedule_does_not_affect_unrelated_responses() -> None:
    assert made().cache_control(NOW, scheduled(1)) == [(b"cache-control", MADE)]


def test_cached_body_has_no_spare_capacity() -> None:
    written = orjson.dumps(["news"] * 100)
    response = made(written)
    assert response.body == written
    assert response.body is not written
