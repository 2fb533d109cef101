"""Processes of a group: counters of ended ones stay, their gauges go, one of them leads."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.metrics.group import Member, MetricsGroup
from app.metrics.snapshot import Snapshot, Values, encode_snapshot
from app.net.listen_address import ListenAddress

HITS = ("dayline_cache_hits_total",)
ENTRIES = ("dayline_cache_entries",)
PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from app.metrics.group import MetricsGroup
from app.metrics.snapshot import Snapshot, encode_snapshot
from app.net.listen_address import ListenAddress
group = MetricsGroup(ListenAddress("127.0.0.1", 9100), "sqlite:///dayline.db")
member = group.join()
member.publish(encode_snapshot(Snapshot({("dayline_cache_hits_total",): [5]}, {("dayline_cache_entries",): [1]})))
print(group.try_lead(), flush=True)
sys.stdin.read()
"""


def publish(member: Member, hits: float, entries: float) -> None:
    member.publish(encode_snapshot(Snapshot({HITS: [hits]}, {ENTRIES: [entries]})))


@contextmanager
def process_of(group: MetricsGroup) -> Iterator[subprocess.Popen[str]]:
    """Run a member with 5 hits in a process of its own, which prints whether it leads."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(group.folder.parent)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def read_entries(snapshots: list[Snapshot]) -> list[float]:
    return [value for each in snapshots for value in each.gauges.get(ENTRIES, [])]


def test_counters_of_live_members_are_added(group: MetricsGroup) -> None:
    assert group.try_lead()
    first, second = group.join(), group.join()
    publish(first, 3, 1)
    publish(second, 4, 2)
    counters, snapshots = group.read()
    assert counters == {HITS: [7]}
    assert sorted(read_entries(snapshots)) == [1, 2]
    first.close()
    second.close()


def test_killed_member_leaves_its_counters_and_no_gauges(group: MetricsGroup) -> None:
    assert group.try_lead()
    member = group.join()
    publish(member, 3, 1)
    with process_of(group) as process:
        assert first_line(process) == "False"
        assert group.read()[0] == {HITS: [8]}
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        for _ in range(3):  # added once, however often it is read
            counters, snapshots = group.read()
            assert counters == {HITS: [8]}
            assert read_entries(snapshots) == [1]
    assert len(list(group.folder.glob("*.lock"))) == 1
    member.close()


def test_counters_of_ended_members_survive_the_leader(group: MetricsGroup) -> None:
    assert group.try_lead()
    stays, ended = group.join(), group.join()
    publish(stays, 1, 1)
    publish(ended, 2, 1)
    ended.close()
    assert group.read()[0] == {HITS: [3]}
    group.resign()
    next_leader = MetricsGroup(ListenAddress("127.0.0.1", 9100), "sqlite:///dayline.db")
    assert next_leader.try_lead()
    assert next_leader.read()[0] == {HITS: [3]}
    stays.close()


def test_members_that_were_added_are_not_added_again_after_a_crash(group: MetricsGroup) -> None:
    assert group.try_lead()
    ended = group.join()
    publish(ended, 2, 1)
    ended.close()
    files = {path: path.read_bytes() for path in group.folder.glob("[0-9]*")}
    assert group.read()[0] == {HITS: [2]}
    for path, content in files.items():  # as if the leader had been killed before it removed them
        path.write_bytes(content)
    assert group.read()[0] == {HITS: [2]}
    assert list(group.folder.glob("[0-9]*")) == []


def test_one_process_leads_until_it_ends(group: MetricsGroup) -> None:
    with process_of(group) as process:
        assert first_line(process) == "True"
        assert not group.try_lead()
        process.kill()
        process.wait(10)
        assert group.try_lead()


def test_first_leader_removes_files_of_an_earlier_group(group: MetricsGroup) -> None:
    member = group.join()
    publish(member, 5, 1)
    member.close()
    assert group.try_lead()
    assert group.read() == ({}, [])


def test_last_process_removes_the_folder(group: MetricsGroup) -> None:
    assert group.try_lead()
    member = group.join()
    publish(member, 5, 1)
    member.close()
    group.resign()
    assert not group.folder.exists()


def test_folder_is_made_again_where_it_was_removed(group: MetricsGroup) -> None:
    member = group.join()
    publish(member, 5, 1)
    for path in group.folder.iterdir():
        path.unlink()
    group.folder.rmdir()
    publish(member, 6, 1)
    assert group.read()[0] == {HITS: [6]}
    member.close()


def test_folder_that_others_may_write_into_is_refused(group: MetricsGroup) -> None:
    group.folder.mkdir(mode=0o700)
    group.folder.chmod(0o777)
    with pytest.raises(PermissionError, match="belongs to this user alone"):
        group.join()


def test_installations_have_folders_of_their_own(group: MetricsGroup) -> None:
    others = [
        MetricsGroup(ListenAddress("127.0.0.1", 9101), "sqlite:///dayline.db"),
        MetricsGroup(ListenAddress("127.0.0.1", 9100), "sqlite:///other.db"),
    ]
    assert len({group.folder, *(each.folder for each in others)}) == 3


def test_counters_of_no_member_are_empty(group: MetricsGroup) -> None:
    values: Values = {}
    assert group.try_lead()
    assert group.read() == (values, [])
