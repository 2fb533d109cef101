"""HTTP server of the metrics: its responses and its address."""

import http.client
import socket
from collections.abc import Iterator

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open_metrics
from prometheus_client.parser import text_string_to_metric_families

from app.errors import ConfigurationError
from app.metrics.definitions import METRICS, Kind
from app.metrics.group import MetricsGroup
from app.metrics.leader import MetricsLeader
from app.metrics.requests import RequestMetrics
from app.metrics.snapshot import Snapshot, Values, encode_snapshot
from app.net.listen_address import ListenAddress
from tests.server_process import free_port

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def send_request(port: int, path: str = "/metrics", method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """Return status, content type and text of a response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read().decode()
    finally:
        connection.close()


def every_metric() -> Snapshot:
    """Return a snapshot with a series of each metric."""
    requests = RequestMetrics()
    requests.series("GET", "/v1/timeline", 200, "hit").observe(0.00002)
    requests.series("GET", "/v1/timeline", 200, "hit").observe(0.3)
    snapshot = Snapshot(requests.read(), {}, 1)
    for metric in METRICS:
        values: Values = snapshot.gauges if metric.kind is Kind.GAUGE else snapshot.counters
        if metric.kind is not Kind.HISTOGRAM and not any(series[0] == metric.name for series in values):
            values[metric.name, *(f"a {label}" for label in metric.labels)] = [3]
    return snapshot


@pytest.fixture
def port(group: MetricsGroup) -> Iterator[int]:
    """A server of a group with one process that has every metric."""
    leader = MetricsLeader(group, ListenAddress("127.0.0.1", free := free_port()))
    leader.lead_if_free()
    member = group.join()
    member.publish(encode_snapshot(every_metric()))
    yield free
    member.close()
    leader.close()


def test_text_is_what_prometheus_parses(port: int) -> None:
    status, content_type, text = send_request(port)
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {metric.name.removesuffix("_total") for metric in METRICS} == families.keys()
    for metric in METRICS:
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
    durations = families["dayline_http_request_duration_seconds"]
    labels = {"route": "/v1/timeline", "cache": "hit"}
    found = {(each.name[len(durations.name) :], each.labels.get("le")): each.value for each in durations.samples}
    assert {key: found[key] for key in (("_bucket", "0.0005"), ("_bucket", "0.25"), ("_bucket", "0.5"))} == {
        ("_bucket", "0.0005"): 1,
        ("_bucket", "0.25"): 1,
        ("_bucket", "0.5"): 2,
    }
    assert (found["_count", None], found["_bucket", "+Inf"]) == (2, 2)
    assert all(labels.items() <= each.labels.items() for each in durations.samples)


def test_open_metrics_are_sent_to_clients_that_accept_them(port: int) -> None:
    status, content_type, text = send_request(port, Accept=OPEN_METRICS)
    assert status == 200
    assert content_type.startswith("application/openmetrics-text")
    assert len(list(parse_open_metrics(text))) == len(METRICS)  # type: ignore[no-untyped-call]  # the library's


def test_other_paths_are_not_found(port: int) -> None:
    assert send_request(port, "/")[0] == 404
    assert send_request(port, "/v1/timeline")[0] == 404
    assert send_request(port, "/metrics?name[]=x")[0] == 200
    assert send_request(port, "/metrics", "POST")[0] == 501


def test_head_has_no_content(port: int) -> None:
    status, _, text = send_request(port, method="HEAD")
    assert (status, text) == (200, "")


def test_address_that_is_taken_is_an_error_of_one_sentence(group: MetricsGroup) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        leader = MetricsLeader(group, ListenAddress("127.0.0.1", port))
        for begin in (leader.check, leader.lead_if_free):
            with pytest.raises(
                ConfigurationError, match=f"DAYLINE_METRICS: .* 127.0.0.1, port {port}: Address already"
            ):
                begin()
    leader.lead_if_free()  # another attempt succeeds, once the address is free
    leader.close()


def test_lead_is_taken_over_when_its_holder_ends(group: MetricsGroup) -> None:
    address = ListenAddress("127.0.0.1", free_port())
    first, second = MetricsLeader(group, address), MetricsLeader(MetricsGroup(address, "sqlite:///dayline.db"), address)
    member = group.join()
    first.lead_if_free()
    first.close()
    second.lead_if_free()
    assert send_request(address.port)[0] == 200
    member.close()
    second.close()
