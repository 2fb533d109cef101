"""Modules that a serving process does not load before they are needed: each would delay its first response."""

import subprocess
import sys
from pathlib import Path

from tests.cli.commands import environment_of

PROGRAM = """
import sys
from app.cli.serve import make_app
app = make_app()
print(*(name for name, module in sys.modules.items() if module is not None))
app.openapi()
assert {"app.api.public.feeds", "app.api.editorial"} <= sys.modules.keys()
"""
SPARED = {
    "alembic": "only brings a schema up to date",
    "app.actions.articles.article_write": "most processes have readers alone",
    "app.api.editorial": "same",
    "app.api.public.feeds": "not everybody has feeds read",
    "app.db.secure_delete": "only erases",
    "app.schemas.catalogue_records": "only writes",
    "app.schemas.interchange": "only writes",
    "app.pages.markdown": "only guides",
    "asyncpg": "SQLite needs none",
    "httpx": "only checks of other installations",
    "markdown_it": "only guides",
    "pygments": "same",
    "sqlalchemy.dialects.postgresql": "SQLite needs none",
    "sqlalchemy.ext.asyncio": "SQLite needs none",
}


def test_start_imports_no_unused_module(tmp_path: Path) -> None:
    environment = environment_of(f"sqlite:///{tmp_path}/dayline.db")
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    loaded = set(ended.stdout.split())
    assert "app.api.public.timeline" in loaded
    assert loaded & SPARED.keys() == set()
