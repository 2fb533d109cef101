"""Snapshots of several processes become one set of values, each metric by its own rule."""

from app.metrics.snapshot import Snapshot, Values, add_counters, decode_snapshot, encode_snapshot, merge_gauges

HITS = ("dayline_cache_hits_total",)
DURATIONS = ("dayline_http_request_duration_seconds", "/v1/timeline", "hit")


def test_encoded_snapshot_has_the_same_values() -> None:
    snapshot = Snapshot({HITS: [3], DURATIONS: [1, 2, 0.5]}, {("dayline_cache_entries",): [2]}, 17)
    assert decode_snapshot(encode_snapshot(snapshot)) == snapshot


def test_series_of_another_release_are_left_out() -> None:
    snapshot = Snapshot({("dayline_of_tomorrow_total",): [3], HITS: [1]})
    assert decode_snapshot(encode_snapshot(snapshot)).counters == {HITS: [1]}


def test_counters_and_histograms_are_added() -> None:
    total: Values = {HITS: [1]}
    add_counters(total, {HITS: [2], DURATIONS: [1, 2, 0.5]})
    add_counters(total, {DURATIONS: [1, 0, 0.25]})
    assert total == {HITS: [3], DURATIONS: [2, 2, 0.75]}


def test_gauges_are_merged_by_the_rule_of_their_metric() -> None:
    first = Snapshot(
        {},
        {
            ("dayline_cache_entries",): [2],
            ("dayline_follower_position_seq",): [7],
            ("dayline_follower_lag_seconds",): [0.5],
            ("dayline_webhook_pending_deliveries",): [9],
        },
        read_at=1,
    )
    second = Snapshot(
        {},
        {
            ("dayline_cache_entries",): [3],
            ("dayline_follower_position_seq",): [5],
            ("dayline_follower_lag_seconds",): [2.5],
            ("dayline_webhook_pending_deliveries",): [4],
        },
        read_at=2,
    )
    assert merge_gauges([first, second]) == {
        ("dayline_cache_entries",): [5],
        ("dayline_follower_position_seq",): [5],
        ("dayline_follower_lag_seconds",): [2.5],
        ("dayline_webhook_pending_deliveries",): [4],
    }


def test_gauges_of_no_process_are_absent() -> None:
    assert merge_gauges([]) == {}
