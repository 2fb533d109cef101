"""Every Python example of the client's guide and README runs against the sample, and prints what the page shows."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from app.webhooks.signature import sign
from tests.clients.python.guide import GUIDE, PROJECT, README, read_python_examples
from tests.conftest import run_once
from tests.docs.test_examples import missing_lines, sample_database
from tests.server_process import Server, free_port, start_server

__all__ = ["sample_database"]

ADDRESS_OF_README, KEY = "http://127.0.0.1:8000", "dl_…"
MAX_SECONDS = 60
SEPARATOR = "\x1e"
SCOPES = [ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH]


@pytest.fixture
def sample_server(sample_database: Path, tmp_path: Path) -> Iterator[Server]:
    """Serve the sample."""
    shutil.copy(sample_database, tmp_path / "dayline.db")
    started = start_server(f"sqlite:///{tmp_path}/dayline.db", tmp_path, free_port())
    try:
        asyncio.run(started.wait_ready())
        yield started
    finally:
        started.end()


def make_editor_key(folder: Path) -> str:
    """Store a key that writes and publishes, and return its token."""
    record = ApiKeyCreate(name="Guide", scopes=SCOPES)
    now = int(datetime.now(tz=UTC).timestamp()) * 1_000_000
    token: str = run_once(f"sqlite:///{folder}/dayline.db", lambda each: create_key(each, record, now=now)[1])
    return token


def run_program(folder: Path, code: str, port: int) -> str:
    """Run a program as a reader does, who has exported the port, and return what it prints."""
    (folder / "program.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env={**os.environ, "PORT": str(port), "PYTHONPATH": str(PROJECT / "clients/python")},
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_examples_print_the_documented_output(sample_server: Server, tmp_path: Path) -> None:
    examples = [example for page in (GUIDE, README) for example in read_python_examples(page)]
    token = make_editor_key(tmp_path)
    codes = [each.code.replace("asyncio.run(mirror(*sys.argv[1:]))", "pass") for each in examples]
    program = f"\nprint('{SEPARATOR}', end='')\n".join(codes)
    printed = run_program(
        tmp_path, program.replace(ADDRESS_OF_README, sample_server.address).replace(KEY, token), sample_server.port
    )
    outputs = printed.split(SEPARATOR)
    assert len(outputs) == len(examples)
    for example, output in zip(examples, outputs, strict=True):
        if example.output is not None:
            assert missing_lines(example.output, output) == [], f"{example.code}\n{output}"
    assert sum(example.output is not None for example in examples) > 5


def test_receiver_of_the_guide_verifies_messages(capsys: pytest.CaptureFixture[str]) -> None:
    [code] = [example.code for example in read_python_examples(GUIDE) if "def receive" in example.code]
    namespace: dict[str, object] = {}
    exec(compile(code, GUIDE, "exec"), namespace)  # noqa: S102 - it has to run as printed
    receive = namespace["receive"]
    assert callable(receive)
    secret = code.split('"')[1]
    body = b'{"type": "article.updated", "data": {"seq": 7}}'
    headers = sign("msg_1_7", int(datetime.now(tz=UTC).timestamp()), body, [secret])
    assert (receive(headers, body), receive(headers, body + b" ")) == (204, 400)
    assert capsys.readouterr().out == "article.updated 7\n"
