"""`dayline conformance`: what it prints, and its exit status."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from app.cli.main import run
from app.conformance.registry import CHECKS
from tests.cli.commands import CommandResult, is_one_sentence
from tests.conformance.conftest import Installation
from tests.docs.pages import DOCS
from tests.server_process import free_port

FAST = ("--quick", "--max-requests", "12")


class Conformance(Protocol):
    """Runs the command in an empty folder, without a key in the environment."""

    def __call__(self, *words: str) -> CommandResult:
        """Return its result."""


@pytest.fixture
def conformance(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Conformance:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAYLINE_KEY", raising=False)
    monkeypatch.setenv("DAYLINE_DATABASE_URL", "sqlite:///none.db")

    def run_here(*words: str) -> CommandResult:
        capfd.readouterr()
        status = run(["conformance", *words])
        output, errors = capfd.readouterr()
        return CommandResult(status, output, errors)

    return run_here


def test_report_has_a_line_for_each_check_and_a_summary(conformance: Conformance, installation: Installation) -> None:
    ended = conformance(installation.url, *FAST)
    assert (ended.status, ended.errors) == (0, "")
    lines = ended.output.splitlines()
    assert [line.split()[1] for line in lines if re.match(r"(ok|skipped) ", line)] == [each.name for each in CHECKS]
    assert re.fullmatch(rf"{len(CHECKS)} checks: \d+ ok, 0 failed, \d+ skipped\.", lines[-1])


def test_failure_has_a_command_that_repeats_the_request(conformance: Conformance, installation: Installation) -> None:
    origin = installation.url.removesuffix("/api")
    ended = conformance(origin, *FAST, "--json")
    assert ended.status == 1
    document = json.loads(ended.output)
    assert document["url"] == origin
    assert document["counts"]["fail"] == sum(item["outcome"] == "fail" for item in document["items"]) > 0
    [item] = [item for item in document["items"] if item["check"] == "links.base-path"]
    assert (item["expected"], item["received"]) == ("the link /v1/timeline", "/api/v1/timeline")
    words = [*shlex.split(item["repeat"]), "--silent", "--max-time", "60"]
    repeated = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - the command of the report
    assert '"/api/v1/timeline"' in repeated.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "URL"),
        (("news",), "'news' is no URL of HTTP"),
        (("http://127.0.0.1:18947x",), "'http://127.0.0.1:18947x' is no URL: Invalid port: '18947x'"),
        (("http://127.0.0.1:99999",), "is no URL of HTTP"),
        (("http://127.0.0.1:0",), "is no URL of HTTP"),
        (("http://[::1",), "'http://[::1' is no URL"),
        (("http://[news]",), "'http://[news]' is no URL"),
        (("http://desk..example",), "'http://desk..example' is no URL"),
        (("http:///news",), "is no URL of HTTP"),
        (("{url}\n",), "is no URL"),
        (("http://news example",), "is no URL of HTTP"),
        (("{url}?edition=harbour",), "has a query or a fragment"),
        (("{url}#news",), "has a query or a fragment"),
        (("http://desk:s3cret@127.0.0.1:{free}",), "contains user information"),
        (("http://127.0.0.1:{free}",), "ConnectError"),
        (("{url}", "--edition", "nope"), "has no edition 'nope'; its editions: "),
        (("{url}", "--key", "s3cret\n"), "The API key contains spaces, line feeds"),
        (("{url}", "--key", "s3crét"), "The API key contains spaces, line feeds"),
        (("{url}/elsewhere",), "is not the service document of Dayline (status 404)"),
        (("{url}", "--write"), "--write needs an API key"),
        (("{url}", "--max-requests", "0"), "--max-requests"),
        (("{url}", "--max-requests", "1"), "the limit of 1 requests is reached before the first check"),
    ],
)
def test_wrong_use_is_reported_in_one_sentence(
    conformance: Conformance, installation: Installation, words: tuple[str, ...], says: str
) -> None:
    given = [word.format(url=installation.url, free=free_port()) for word in words]
    ended = conformance(*given)
    assert is_one_sentence(ended), ended
    assert ended.status == 2
    assert says in ended.errors
    assert "s3cr" not in ended.errors


def test_key_of_a_file_is_sent_and_not_shown(
    conformance: Conformance,
    keyed_installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    ended = conformance(keyed_installation.url)
    assert is_one_sentence(ended), ended
    assert "takes an API key" in ended.errors
    (tmp_path / "key").write_text(keyed_installation.key)
    monkeypatch.setenv("DAYLINE_KEY_FILE", "key")
    ended = conformance(keyed_installation.url, *FAST)
    assert ended.status == 0
    assert keyed_installation.key not in ended.output


def test_documentation_lists_every_check_with_its_promise() -> None:
    rows = re.findall(r"^\| `([a-z0-9.-]+)` \| (.+) \|$", (DOCS / "conformance.md").read_text(), re.MULTILINE)
    assert rows == [(check.name, check.promise) for check in CHECKS]
