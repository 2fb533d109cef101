"""Election of the process that serves the metrics of a group, and its server while it leads."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.errors import ConfigurationError
from app.metrics.group import MetricsGroup
from app.net.listen_address import ListenAddress

if TYPE_CHECKING:
    from app.metrics.exposition import MetricsServer


class MetricsLeader:
    """Candidate for the lead of a group; `dayline serve` leads before its workers start, else the first worker does."""

    def __init__(self, group: MetricsGroup, address: ListenAddress) -> None:
        self._group = group
        self._address = address
        self._server: MetricsServer | None = None

    def check(self) -> None:
        """Raise ConfigurationError where this process cannot lead; whether the address is free is known only now."""
        with self._explaining():
            if self._group.try_lead():
                family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
                with socket.socket(family, socket.SOCK_STREAM) as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(self._address)
        self._group.resign()

    def lead_if_free(self) -> None:
        """Serve the metrics unless another process of the group does; ConfigurationError where that is impossible."""
        if self._server is None:
            with self._explaining():
                if self._group.try_lead():
                    self._server = self._serve()

    def close(self) -> None:
        """Stop serving, and let another process lead."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._group.resign()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._group.resign()
            host, port = self._address
            raise ConfigurationError(
                f"DAYLINE_METRICS: metrics cannot be served on {host}, port {port}: {error.strerror or error}."
            ) from None

    def _serve(self) -> "MetricsServer":
        from app.metrics.exposition import MetricsServer  # noqa: PLC0415 - 60 ms, for the leader alone

        return MetricsServer(self._group, self._address)
