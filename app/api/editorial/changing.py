"""What every change of an article has in common: who makes it, from which revision, and what is answered."""

import re
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path, Request, Response

from app.api.body import checked
from app.api.deps import database_of
from app.api.private import private_answer
from app.api.security import principal_of
from app.db.session import Connection
from app.domain.api_key import KeyScope
from app.domain.editor import Editor
from app.errors import PreconditionRequired
from app.queries.editorial import find_id, get_editorial_article
from app.schemas import editorial_examples as examples
from app.schemas.record import ArticleSubmission
from app.schemas.validation import validated
from app.schemas.write_warning import WriteWarning, find_warnings

DRAFTS = (KeyScope.ARTICLES_WRITE, KeyScope.ARTICLES_PUBLISH)
PUBLISH = (KeyScope.ARTICLES_PUBLISH,)
NOT_HERE = (404, 409, 412, 422)

EVERY_REVISION = range(1, 2**31)
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')

ArticleKey = Annotated[str, Path(description="The article's id.", examples=[examples.ITEM["id"]])]
DraftKey = Annotated[str, Path(description="The article's id.", examples=[examples.DRAFT_ID])]
ScheduledKey = Annotated[str, Path(description="The article's id.", examples=[examples.SCHEDULED_ID])]
WithdrawnKey = Annotated[str, Path(description="The article's id.", examples=[examples.WITHDRAWN_ID])]


def editor_of(request: Request) -> Editor:
    """The key behind a request as whoever makes the change."""
    principal = principal_of(request)
    return Editor(
        actor=principal.actor,
        may_write=principal.may(KeyScope.ARTICLES_WRITE),
        may_publish=principal.may(KeyScope.ARTICLES_PUBLISH),
    )


def expected_revisions(request: Request, *, is_required: bool = False) -> Collection[int] | None:
    """The revisions that `If-Match` names (RFC 9110, section 13.1.1), None where it is not sent; PreconditionRequired.

    `*` is every revision there can be, but not none at all. A tag that is none of ours, and a weak one, matches
    nothing.
    """
    given = ",".join(request.headers.getlist("if-match"))
    if "if-match" not in request.headers:
        if is_required:
            raise PreconditionRequired('If-Match is missing: send the ETag of the revision that you read, such as "3".')
        return None
    if given.strip() == "*":
        return EVERY_REVISION
    tags = [tag.strip() for tag in given.split(",")]
    return frozenset(int(found[1]) for found in map(_TAG.fullmatch, tags) if found is not None)


async def read_submission(request: Request, brought: dict[str, Any]) -> tuple[ArticleSubmission, list[WriteWarning]]:
    """Return the article in this JSON object of a request, and the warnings of its HTML; InvalidInput."""

    def check() -> tuple[ArticleSubmission, list[WriteWarning]]:
        given = validated(ArticleSubmission, brought)
        return given, find_warnings(brought, given)

    return await checked(request, check)


async def change_article(
    request: Request, key: str, change: Callable[[Connection, int], list[WriteWarning] | None]
) -> Response:
    """Make the change and return the article after it with the warnings of the change, in one transaction."""
    article_id = find_id(key)

    def run(connection: Connection) -> Response:
        warnings = change(connection, article_id)
        return article_answer(connection, key, warnings=warnings or [])

    answer = await database_of(request).write(run)
    await request.app.state.schedule.refresh()
    return answer


def article_answer(
    connection: Connection, key: str, *, warnings: list[WriteWarning], status: int = HTTPStatus.OK
) -> Response:
    """Return the article after a write, with its revision as ETag; a new one's address in `Location`."""
    article, revision = get_editorial_article(connection, key)
    headers = {"location": article["href"]} if status == HTTPStatus.CREATED else {}
    return private_answer({**article, "warnings": warnings}, status=status, revision=revision, headers=headers)
