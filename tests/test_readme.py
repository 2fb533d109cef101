"""The README's tour is true: each request of it, made of the sample newsroom, is answered as it says."""

import json
import re
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import httpx

from app.cli.content import SAMPLE
from app.db.session import Database
from app.importers.runner import Importer
from tests.conftest import NOW

README = (Path(__file__).parents[1] / "README.md").read_text()
TOUR = re.findall(r"```console\n\$ curl -s '127\.0\.0\.1:8000(\S+)'\n```\n```json\n(.*?)\n```", README, re.DOTALL)
ANYTHING = "…"


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


async def test_the_tour_is_answered_as_the_readme_says(client: httpx.AsyncClient, database: Database) -> None:
    flaws: list[str] = []
    importer = Importer(database, now=lambda: NOW + 86_400_000_000, tell_flaw=lambda _, reason: flaws.append(reason))
    with as_file(SAMPLE) as path, path.open("rb") as stream:
        await importer.run(stream)
    assert flaws == []
    assert len(TOUR) == 5
    for address, said in TOUR:
        answered = (await client.get(address)).json()
        assert differences(json.loads(said), answered) == [], address
