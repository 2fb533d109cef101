"""W3C's feed validator finds no error in the feeds of the sample and of articles of every kind.

`DAYLINE_FEEDVALIDATOR` names a checkout of https://github.com/w3c/feedvalidator. It needs `html5lib` and `lxml`, in
the checkout's own `.venv` or in the environment of the tests. Nothing of it is part of this project.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app import clock
from app.db.database import Database
from app.domain.article_status import FeedContent
from app.domain.instant import DAY_US
from app.syndication import atom
from tests.conftest import NOW
from tests.sample import load_sample
from tests.syndication.samples import channel, keeper
from tests.syndication.standards import read_xml
from tests.syndication.varieties import documents

JUDGE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator.logging import Error
found = []
for name, text in json.load(sys.stdin):
    try:
        events = feedvalidator.validateString(text, firstOccurrenceOnly=0)["loggedEvents"]
    except feedvalidator.logging.ValidationFailure as failure:
        events = [failure.event]
    found += [f"{name}: {type(e).__name__} {e.params}" for e in events if isinstance(e, Error)]
json.dump(found, sys.stdout)
"""
DEADLINE_S = 120
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="session")
def feed_validator() -> Path:
    """Return the checkout of the validator; skip the test where there is none."""
    checkout = os.environ.get("DAYLINE_FEEDVALIDATOR")
    if not checkout:
        pytest.skip("W3C's feed validator is not here: DAYLINE_FEEDVALIDATOR names a checkout of it")
    return Path(checkout)


def find_errors(validator: Path, feeds: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return the errors, no warnings, that the validator finds in these feeds."""
    own = validator / ".venv" / "bin" / "python"
    named = [(name, document.decode()) for name, document in feeds]
    judged = subprocess.run(  # noqa: S603 - the checkout that the person who runs the tests named
        [str(own if own.exists() else sys.executable), "-c", JUDGE, str(validator / "src")],
        input=json.dumps(named).encode(),
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert judged.returncode == 0, judged.stderr.decode()
    errors: list[str] = json.loads(judged.stdout)
    return errors


def following(document: bytes) -> list[str]:
    """Return the paths of the documents that a feed leads to: its next page or its older archives."""
    links = read_xml(document).iter(f"{ATOM}link")
    hrefs = [urlsplit(link.get("href")) for link in links if link.get("rel") in {"next", "prev-archive"}]
    return [f"{href.path}?{href.query}" if href.query else href.path for href in hrefs]


async def test_validator_finds_no_error_in_the_sample(
    feed_validator: Path, client: httpx.AsyncClient, database: Database
) -> None:
    await load_sample(database)
    paths = [f"/feeds/{edition}/{name}" for edition in ("harbour", "havan") for name in ("rss.xml", "atom.xml")]
    fetched: dict[str, bytes] = {}
    with clock.frozen(NOW + DAY_US):
        while paths:
            path = paths.pop()
            response = await client.get(path)
            assert response.status_code == 200, path
            fetched[path] = response.content
            paths += [each for each in following(response.content) if each not in fetched]
    assert len(fetched) > 10
    assert find_errors(feed_validator, fetched.items()) == []


def test_validator_finds_no_error_in_articles_of_every_kind(feed_validator: Path) -> None:
    assert find_errors(feed_validator, documents()) == []


def test_feed_has_no_element_for_an_empty_text() -> None:
    blank = keeper(lead=None, body="", label=None)
    document = atom.render(channel("atom.xml", content=FeedContent.FULL), [blank, keeper(body="<p>Text</p>")])
    entries = read_xml(document).findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}content") is None for entry in entries] == [True, False]


def test_validator_detects_errors(feed_validator: Path) -> None:
    name, document = next(documents())
    wrong = document.replace(b"<dc:source>", b"<dc:source>x</dc:source><dc:source>", 1)
    assert any("DuplicateElement" in error for error in find_errors(feed_validator, [(name, wrong)]))
