"""The Python client that openapi-python-client makes of the document: mypy accepts it, and it reads a server."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated_clients.conftest import SampleServer

MAX_S = 600.0
UNSUPPORTED = re.compile(r"Unsupported content_type application/(?:xml|atom\+xml|rss\+xml|jsonl)")
"""Media types for which the generator has no responses: feeds in XML, and the export."""
OF_GENERATOR = re.compile(r"dayline_api/(?:client|api/changes/stream_changes)\.py:")
"""Its runtime passes `*args` to httpx, and it reads an event stream as one JSON object."""
PROGRAM = """
import json, sys
from dayline_api import AuthenticatedClient
from dayline_api.api.articles import get_article
from dayline_api.api.timeline import get_timeline
from dayline_api.models import Problem

url, key, edition = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)
timeline = get_timeline.sync(client=client, edition=edition, limit=4)
assert timeline is not None and not isinstance(timeline, Problem)
headlines = [[str(day.date), item.headline] for day in timeline.days for item in day.items]
problem = get_article.sync(client=client, id_or_slug="nothing-of-the-kind")
assert isinstance(problem, Problem)
print(json.dumps({"headlines": headlines, "problem": problem.type_}))
"""


def run_python(folder: Path, *words: str, check: bool = True) -> str:
    """Run Python in the folder, and return its output."""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=MAX_S
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.soak
def test_client_of_openapi_python_client_compiles_and_reads(tmp_path: Path, sample_server: SampleServer) -> None:
    (tmp_path / "openapi.json").write_bytes(sample_server.document)
    options = ("generate", "--path", "openapi.json", "--meta", "none", "--output-path", "dayline_api")
    printed = run_python(tmp_path, "-m", "openapi_python_client", *options)
    warnings = [line for line in printed.splitlines() if line.startswith("Cannot parse")]
    assert [line for line in warnings if not UNSUPPORTED.search(line)] == []
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    checked = run_python(tmp_path, "-m", "mypy", "dayline_api", "program.py", check=False)
    errors = [line for line in checked.splitlines() if ": error: " in line]
    assert [line for line in errors if not OF_GENERATOR.match(line)] == []
    found = json.loads(run_python(tmp_path, "program.py", sample_server.url, sample_server.key, sample_server.edition))
    assert found == {"headlines": sample_server.headlines[:4], "problem": "/problems/not-found"}
