"""The table of metrics in the operations page lists each metric with its type, labels and help text."""

import re
from pathlib import Path

from app.metrics.definitions import METRICS, Kind, Merge, Metric

PAGE = Path(__file__).resolve().parents[2] / "docs/monitoring.md"
MERGED = {Merge.SUM: "", Merge.MAX: " (highest)", Merge.MIN: " (lowest)", Merge.LATEST: " (latest)"}


def describe(metric: Metric) -> tuple[str, str, str, str]:
    """Return the cells of a metric's row."""
    kind = f"{metric.kind}{MERGED[metric.merge] if metric.kind is Kind.GAUGE else ''}"
    return metric.name, kind, ", ".join(f"`{label}`" for label in metric.labels), metric.help.removesuffix(".")


def test_table_lists_every_metric_as_it_is_defined() -> None:
    rows = re.findall(r"^\| `(dayline_\w+)` \| (.*?) \| (.*?) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert [tuple(cell.strip() for cell in row) for row in rows] == [describe(metric) for metric in METRICS]


def test_names_follow_the_conventions_of_prometheus() -> None:
    for metric in METRICS:
        assert re.fullmatch(r"dayline_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER), metric.name
        assert metric.help.endswith("."), metric.name
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_examples_of_the_page_name_existing_metrics() -> None:
    section = PAGE.read_text().split("## Metrics\n")[1].split("\n## ")[0]
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bdayline_\w+", section)}
    assert names == {metric.name for metric in METRICS}
