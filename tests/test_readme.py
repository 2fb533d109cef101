"""The tours are true: each request of them, made of the sample newsroom, is answered as the documents say."""

import argparse
import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import httpx
import pytest

from app.actions.keys import create_key
from app.db.database import Database
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW
from tests.sample import load_sample

PROJECT = Path(__file__).parents[1]
REQUESTS = {"README.md": 7, "docs/editorial.md": 9}
ADDRESS = "127.0.0.1:8000"
ANYTHING = "…"

_STEP = re.compile(r"```console\n\$ (curl [^`]+)\n```\n```json\n([^`]+)\n```")


def curl() -> argparse.ArgumentParser:
    """The part of curl's command line that the documents use."""
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument("address")
    parser.add_argument("-s", action="store_true", required=True)
    parser.add_argument("-X", dest="method", default="GET")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    return parser


async def answer_to(client: httpx.AsyncClient, command: str, known: dict[str, str]) -> Any:
    """What a command line answers, its variables replaced by what is known."""
    words = shlex.split(Template(command.replace("\\\n", " ")).substitute(known))
    given = curl().parse_args(words[1:])
    host, slash, path = given.address.partition("/")
    assert host == ADDRESS, command
    headers = dict(line.split(": ", 1) for line in given.headers)
    answer = await client.request(given.method, slash + path, content=given.body, headers=headers)
    return answer.json()


def differences(said: Any, answered: Any, where: str = "") -> list[str]:
    """Where an answer is not what was said of it; members that were not mentioned may be there."""
    if said == ANYTHING:
        return [] if answered else [f"{where}: empty"]
    if isinstance(said, dict) and isinstance(answered, dict):
        found = [f"{where}.{name}: missing" for name in said.keys() - answered.keys()]
        for name in said.keys() & answered.keys():
            found += differences(said[name], answered[name], f"{where}.{name}")
        return found
    if isinstance(said, list) and isinstance(answered, list) and len(said) == len(answered):
        return [each for i, one in enumerate(said) for each in differences(one, answered[i], f"{where}.{i}")]
    return [] if said == answered else [f"{where}: said {said!r}, answered {answered!r}"]


@pytest.fixture
async def sample(database: Database) -> None:
    """The sample newsroom, all of it public."""
    await load_sample(database)


@pytest.fixture
async def token(database: Database) -> str:
    """What `dayline keys create` prints for the desk that the documents speak of."""
    scopes = [ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH]
    _, token = await database.write(create_key, ApiKeyCreate(name="Night desk", scopes=scopes), now=NOW)
    return token


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("document", REQUESTS)
async def test_the_tour_is_answered_as_the_document_says(document: str, client: httpx.AsyncClient, token: str) -> None:
    text = (PROJECT / document).read_text()
    tour = _STEP.findall(text)
    assert len(tour) == REQUESTS[document] == text.count("$ curl ")
    known = {"TOKEN": token}
    for command, said in tour:
        answered = await answer_to(client, command, known)
        assert differences(json.loads(said), answered) == [], command
        if "-X POST" in command:
            known["ARTICLE"] = answered["id"]
