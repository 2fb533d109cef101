"""`dayline erase`: what the law wants gone."""

import sys

import click

from app import clock
from app.actions.articles.erasure import Erasure, erase_article
from app.cli.runner import with_database
from app.db.database import COMMANDS, Database
from app.db.secure_delete import secure_delete
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from app.errors import ConfigurationError


@click.command("erase")
@click.argument("article_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
def erase(article_id: str, *, yes: bool) -> None:
    """Erase the article with this ID for ever: text, revisions and copies; a tombstone stays that answers 410.

    What was never public is gone without a trace. Run again, it only scrubs the database's files once more.
    """
    number = parse_id(article_id)
    if sys.stdin.isatty() and not yes:
        click.confirm(f"Erase article {article_id} for ever?", abort=True)

    async def work(database: Database) -> Erasure:
        return await database.write(erase_article, number, now=clock.now(), editor=COMMAND_ACTOR)

    async def clean(database: Database) -> None:
        await secure_delete(database.url)

    erasure = with_database(work, limits=COMMANDS)
    with_database(clean, at_head=False)
    if erasure is Erasure.NOT_FOUND:
        raise ConfigurationError(f"There is no article {article_id}; what one may have left behind is scrubbed.")
    is_new = erasure is Erasure.DONE
    click.echo(f"Article {article_id} is erased." if is_new else f"Article {article_id} had been erased already.")
