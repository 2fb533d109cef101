"""Fixture: a group of processes with a folder of the test's own."""

import tempfile
from pathlib import Path

import pytest

from app.metrics.group import MetricsGroup
from app.net.listen_address import ListenAddress


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MetricsGroup:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return MetricsGroup(ListenAddress("127.0.0.1", 9100), "sqlite:///dayline.db")
