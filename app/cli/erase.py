"""`dayline erase`: permanent erasure of an article (GDPR, Article 17)."""

import sys

import click

from app import clock
from app.actions.articles.erasure import Erasure, erase_article
from app.cli.command import DATABASE, Command, Example
from app.cli.runner import with_database
from app.db.database import COMMANDS, Database
from app.db.secure_delete import secure_delete
from app.domain.actor import COMMAND_ACTOR
from app.domain.tsid import parse_id
from app.errors import ConfigurationError


@click.command(
    "erase",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline erase 0m3k9v2q7x4ab", "Erase one article, after a question"),
        Example("dayline erase --yes 0m3k9v2q7x4ab", "In a script"),
    ],
)
@click.argument("article_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation on a terminal.")
def erase(article_id: str, *, yes: bool) -> None:
    """Permanently erase an article (GDPR).

    Its text, its revisions and stored copies are deleted. Requests for an article that was public return 410
    afterwards. A repeated run only rewrites the database's files again, so that they contain no deleted text.
    """
    number = parse_id(article_id)
    if sys.stdin.isatty() and not yes:
        click.confirm(f"Permanently erase article {article_id}?", abort=True)

    async def work(database: Database) -> Erasure:
        return await database.write(erase_article, number, now=clock.now(), editor=COMMAND_ACTOR)

    async def clean(database: Database) -> None:
        await secure_delete(database.url)

    erasure = with_database(work, limits=COMMANDS)
    with_database(clean, at_head=False)
    if erasure is Erasure.NOT_FOUND:
        raise ConfigurationError(f"There is no article {article_id}; the database's files contain no deleted text.")
    is_new = erasure is Erasure.DONE
    click.echo(f"Article {article_id} erased." if is_new else f"Article {article_id} was already erased.")
