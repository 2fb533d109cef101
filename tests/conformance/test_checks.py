"""Every check passes on a real installation, and fails where the contract is broken: it and no other."""

import httpx
import pytest

from app.conformance.check import Verdict
from app.conformance.checks import stream, writes
from app.conformance.exchange import InvalidTargetError, NoResponseError
from app.conformance.registry import CHECKS
from app.conformance.run import Options, Result, run_checks
from tests.conformance.conftest import Installation
from tests.conformance.faults import FAULTS, WRITE_FAULTS, on, setting
from tests.conformance.recorded import Change, Faulty, Live, Response

NAMES = [check.name for check in CHECKS]
WRITES = {check.name for check in writes.CHECKS}


def failed(results: list[Result]) -> dict[str, tuple[str | None, str | None]]:
    return {each.check.name: (each.expected, each.found) for each in results if each.outcome is Verdict.FAIL}


def run(installation: Installation, transport: httpx.BaseTransport | None = None, **options: object) -> list[Result]:
    given = Options(installation.url, key=installation.key, is_quick=True, **options)  # type: ignore[arg-type]
    return list(run_checks(given, transport=transport))


def test_checks_have_unique_names_and_each_has_a_fault() -> None:
    assert len(set(NAMES)) == len(NAMES)
    faults = {name for name, _ in (*FAULTS, *WRITE_FAULTS)}
    assert set(NAMES) - faults == {"stream.heartbeat"}, "checks that nothing makes fail"
    assert faults <= set(NAMES)


def test_installation_passes_every_check(installation: Installation) -> None:
    results = run(installation, may_write=True)
    assert failed(results) == {}
    skipped = {each.check.name for each in results if each.outcome is Verdict.SKIPPED}
    assert skipped == {"caching.private", "stream.heartbeat"}


def test_installation_without_editions_is_refused(installation: Installation) -> None:
    empty = on("/v1$", setting("editions", value=[]))
    with pytest.raises(InvalidTargetError, match="has no edition to read"):
        run(installation, Faulty(installation.recorder, empty))


def test_installation_that_takes_a_key_passes_every_check(keyed_installation: Installation) -> None:
    results = run(keyed_installation)
    assert failed(results) == {}
    skipped = {each.check.name for each in results if each.outcome is Verdict.SKIPPED}
    assert skipped == {"caching.public", "caching.max-age", "stream.heartbeat"} | WRITES


@pytest.mark.parametrize(("name", "change"), FAULTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(FAULTS)])
def test_fault_fails_its_check_and_no_other(installation: Installation, name: str, change: Change) -> None:
    results = run(installation, Faulty(installation.recorder, change))
    assert failed(results).keys() == {name}, failed(results)
    [result] = [each for each in results if each.outcome is Verdict.FAIL]
    assert result.expected
    assert result.curl is None or result.curl.startswith("curl -i ")
    assert installation.key not in str(result)


@pytest.mark.parametrize(
    ("name", "change"), WRITE_FAULTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(WRITE_FAULTS)]
)
def test_fault_of_a_write_fails_its_check(installation: Installation, name: str, change: Change) -> None:
    options = Options(installation.url, key=installation.key, may_write=True)
    checks = [check for check in CHECKS if check.name == name]
    results = list(run_checks(options, transport=Faulty(Live(), change), checks=checks))
    assert failed(results).keys() == {name}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "change"), WRITE_FAULTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(WRITE_FAULTS)]
)
def test_fault_of_a_write_fails_no_other_check(installation: Installation, name: str, change: Change) -> None:
    options = Options(installation.url, key=installation.key, may_write=True)
    assert failed(list(run_checks(options, transport=Faulty(Live(), change), checks=writes.CHECKS))).keys() == {name}


@pytest.mark.soak
def test_stream_without_heartbeat_fails(installation: Installation) -> None:
    options = Options(installation.url)
    [heartbeat] = [check for check in stream.CHECKS if check.name == "stream.heartbeat"]
    assert failed(list(run_checks(options, checks=[heartbeat]))) == {}

    def cut(response: Response) -> None:
        response.body = b"id: 1\n\n"

    silent = Faulty(Live(), on("/v1/stream", cut))
    assert failed(list(run_checks(options, transport=silent, checks=[heartbeat]))).keys() == {"stream.heartbeat"}


def test_writes_leave_no_article_public(installation: Installation) -> None:
    options = Options(installation.url, key=installation.key, may_write=True)
    assert failed(list(run_checks(options, checks=writes.CHECKS))) == {}
    page = httpx.get(f"{installation.url}/v1/timeline?edition={writes.EDITION}").json()
    assert page["days"] == []


def test_writes_are_undone_after_a_failure_and_beyond_the_limit_of_requests(installation: Installation) -> None:
    for most in (6, 10, 14):
        options = Options(installation.url, key=installation.key, may_write=True, max_requests=most)
        results = list(run_checks(options, checks=writes.CHECKS))
        assert any(each.reason == f"the limit of {most} requests is reached" for each in results)
        page = httpx.get(f"{installation.url}/v1/timeline?edition={writes.EDITION}").json()
        assert page["days"] == []


def test_nothing_is_written_without_permission(installation: Installation) -> None:
    methods: set[str] = set()

    def record(request: httpx.Request, _response: Response) -> None:
        methods.add(request.method)
        assert "authorization" not in request.headers, "reading is public"

    run(installation, Faulty(installation.recorder, record))
    assert methods == {"GET", "HEAD", "OPTIONS", "DELETE"}


@pytest.mark.parametrize(("wait", "reached"), [("0", True), ("9999", False), ("soon", False)])
def test_limited_request_is_repeated_after_the_time_that_the_response_names(
    installation: Installation, wait: str, *, reached: bool
) -> None:
    seen: set[str] = set()

    def limit(request: httpx.Request, response: Response) -> None:
        if request.url.path.endswith("/rss.xml") and str(request.url) not in seen:
            seen.add(str(request.url))
            response.status, response.fields["retry-after"] = 429, wait

    checks = [check for check in CHECKS if check.name == "feeds.rss"]
    transport = Faulty(installation.recorder, limit)
    [result] = run_checks(Options(installation.url), transport=transport, checks=checks)
    assert (result.outcome is Verdict.OK) == reached, result
    assert reached or result.reason == "the installation limits requests (status 429)"


def test_run_ends_at_its_limits(installation: Installation) -> None:
    sent = 0

    def count(_request: httpx.Request, _response: Response) -> None:
        nonlocal sent
        sent += 1

    results = run(installation, Faulty(installation.recorder, count), max_requests=20)
    assert sent == 20
    assert [each.outcome for each in results].count(Verdict.SKIPPED) > 20
    with pytest.raises(NoResponseError, match=r"the limit of 1e-06 seconds is reached before the first check"):
        run(installation, Faulty(installation.recorder, count), max_seconds=1e-6)
