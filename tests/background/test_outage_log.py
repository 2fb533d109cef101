"""Repeating failures: logged when they begin, change and end."""

import logging
from collections.abc import Iterator

import pytest

from app.background.outage_log import MAX_CAUSES, OutageLogger

LOG = logging.getLogger("app.background.test")
REFUSED = ConnectionRefusedError("refused")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger=LOG.name):
        yield caplog


def outages(*, settle_s: float = 0.0) -> OutageLogger:
    return OutageLogger(LOG, "CDN purge failed, retrying", "CDN purge recovered", settle_s=settle_s)


def test_an_outage_is_logged_when_it_begins_and_ends(lines: pytest.LogCaptureFixture) -> None:
    outage = outages()
    for _ in range(100):
        outage.failure(REFUSED)
    assert outage.is_failing
    assert lines.messages == [
        "CDN purge failed, retrying: the server refused the connection (ConnectionRefusedError: refused)"
    ]
    outage.success()
    outage.success()
    assert not outage.is_failing
    assert len(lines.messages) == 2
    assert lines.messages[1].startswith("CDN purge recovered after 100 failures in 0.")
    assert [record.levelname for record in lines.records] == ["ERROR", "WARNING"]


def test_success_without_an_outage_is_not_logged(lines: pytest.LogCaptureFixture) -> None:
    outages().success()
    assert lines.messages == []


def test_a_new_cause_is_logged_once_also_where_causes_alternate(lines: pytest.LogCaptureFixture) -> None:
    outage = outages()
    for _ in range(10):
        outage.failure(REFUSED)
        outage.failure(TimeoutError())
    assert [line.partition(": ")[2].partition(" (")[0] for line in lines.messages] == [
        "the server refused the connection",
        "the database did not respond in time",
    ]


def test_the_next_outage_is_logged_again(lines: pytest.LogCaptureFixture) -> None:
    outage = outages()
    for _ in range(2):
        outage.failure(REFUSED)
        outage.success()
    assert [record.levelname for record in lines.records] == ["ERROR", "WARNING"] * 2


def test_an_outage_does_not_end_while_failures_are_recent(lines: pytest.LogCaptureFixture) -> None:
    outage = outages(settle_s=60.0)
    for _ in range(10):
        outage.failure(REFUSED)
        outage.success()
    assert outage.is_failing
    assert len(lines.messages) == 1


def test_the_number_of_logged_causes_is_bounded(lines: pytest.LogCaptureFixture) -> None:
    outage = outages()
    for number in range(10 * MAX_CAUSES):
        outage.failure(OSError(f"cause {number}"))
    assert len(lines.messages) == MAX_CAUSES


def test_a_fault_is_logged_with_its_traceback_and_an_expected_error_without(lines: pytest.LogCaptureFixture) -> None:
    outage = outages()
    outage.failure(REFUSED)
    outage.failure(RuntimeError("a fault"))
    assert [record.exc_info is not None for record in lines.records] == [False, True]


def test_the_subject_precedes_the_line(lines: pytest.LogCaptureFixture) -> None:
    outage = OutageLogger(LOG, "database unavailable", "Database available again")
    outage.failure(REFUSED, subject="GET /v1/timeline")
    assert lines.messages[0].startswith("GET /v1/timeline: database unavailable: the server refused the connection (")
