"""HTTP server of the metrics: one thread on a separate address, in the process that leads the group."""

import logging
import socket
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from socketserver import TCPServer
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from app.metrics.definitions import DURATION_BOUNDS, METRICS, Kind, Metric
from app.metrics.group import PUBLISH_INTERVAL_S, MetricsGroup
from app.metrics.snapshot import Series, Values, merge_gauges
from app.net.listen_address import ListenAddress

PATH = "/metrics"
CLIENT_TIMEOUT_S = 10.0
CLOSE_WITHIN_S = 0.2
PROCESSES: Series = ("dayline_processes",)

log = logging.getLogger(__name__)

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class GroupCollector(Collector):
    """Collects the metrics of all processes of a group, for the registry of prometheus-client."""

    def __init__(self, group: MetricsGroup) -> None:
        self._group = group
        self._reading = threading.Lock()

    def collect(self) -> Iterator[Family]:
        """Yield every metric that has a value, in the order of the definitions."""
        time.sleep(1.5 * PUBLISH_INTERVAL_S)  # until all that was counted before the scrape is published
        with self._reading:
            counters, snapshots = self._group.read()
        values = {**counters, **merge_gauges(snapshots), PROCESSES: [float(len(snapshots))]}
        by_name: dict[str, Values] = {}
        for series, numbers in values.items():
            by_name.setdefault(series[0], {})[series] = numbers
        for metric in METRICS:
            if metric.name in by_name:
                yield _build_family(metric, by_name[metric.name])


def _build_family(metric: Metric, values: Values) -> Family:
    if metric.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
        for series, numbers in sorted(values.items()):
            histogram.add_metric(series[1:], _cumulative(numbers[:-1]), numbers[-1])
        return histogram
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family: CounterMetricFamily | GaugeMetricFamily = kind(metric.name, metric.help, labels=metric.labels)
    for series, numbers in sorted(values.items()):
        family.add_metric(series[1:], numbers[0])
    return family


def _cumulative(counts: Iterable[float]) -> Sequence[tuple[str, float]]:
    return list(zip((*map(str, DURATION_BOUNDS), "+Inf"), accumulate(counts), strict=True))


class MetricsServer:
    """Serves the metrics of a group, from its making on until `close`; OSError where the address is taken."""

    def __init__(self, group: MetricsGroup, address: ListenAddress) -> None:
        registry = CollectorRegistry()
        registry.register(GroupCollector(group))

        class Handler(_Handler):
            metrics = registry

        class Server(_Server):
            address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET

        self._server = Server(address, Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(CLOSE_WITHIN_S,), name="dayline-metrics", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End the thread and close the socket."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    """Server that does not look up its own name, which may take seconds."""

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Log a failed scrape, unless the client has gone."""
        del request, client_address
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("Metrics not sent: %s", error, exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    """Responds to GET and HEAD of one path."""

    metrics: CollectorRegistry
    timeout = CLIENT_TIMEOUT_S
    server_version = "Dayline"
    sys_version = ""

    def do_GET(self) -> None:
        """Send all metrics in the format that the client accepts."""
        if urlsplit(self.path).path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND, explain=f"Metrics are at {PATH}.")
            return
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        text = encode(self.metrics)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_HEAD = do_GET  # noqa: N815 - named by the standard library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
        """Log nothing: scrapes come every few seconds."""
