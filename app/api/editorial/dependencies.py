"""What every change of an article has in common: who makes it, from which revision, and what is answered."""

import re
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path, Request, Response

from app.api.auth.security import get_principal
from app.api.dependencies import get_database, services_of
from app.api.http.private_responses import private_response
from app.api.http.request_body import run_check
from app.db.database import Connection
from app.domain.actor import Actor
from app.domain.api_key import ApiKeyScope
from app.errors import PreconditionRequiredError
from app.queries.editorial.editorial_articles import get_editorial_article, parse_article_id
from app.schemas.errors import validated
from app.schemas.examples import editorial as examples
from app.schemas.interchange import ArticleCreate
from app.schemas.write_warning import WriteWarning, find_warnings

WRITE_SCOPES = (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH)
PUBLISH_SCOPES = (ApiKeyScope.ARTICLES_PUBLISH,)
ARTICLE_ERRORS = (404, 409, 412, 422)

ANY_REVISION = range(1, 2**31)
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')

ArticleKey = Annotated[str, Path(description="The article's id.", examples=[examples.ITEM["id"]])]
DraftKey = Annotated[str, Path(description="The article's id.", examples=[examples.DRAFT_ID])]
ScheduledKey = Annotated[str, Path(description="The article's id.", examples=[examples.SCHEDULED_ID])]
WithdrawnKey = Annotated[str, Path(description="The article's id.", examples=[examples.WITHDRAWN_ID])]


def get_actor(request: Request) -> Actor:
    """The key behind a request as whoever makes the change."""
    principal = get_principal(request)
    return Actor(
        name=principal.actor,
        can_write=principal.may(ApiKeyScope.ARTICLES_WRITE),
        can_publish=principal.may(ApiKeyScope.ARTICLES_PUBLISH),
    )


def parse_if_match(request: Request, *, is_required: bool = False) -> Collection[int] | None:
    """Return the revisions in `If-Match` (RFC 9110, section 13.1.1), None without it; PreconditionRequiredError.

    `*` is every revision there can be, but not none at all. A tag that is none of ours, and a weak one, matches
    nothing.
    """
    given = ",".join(request.headers.getlist("if-match"))
    if "if-match" not in request.headers:
        if is_required:
            raise PreconditionRequiredError(
                'If-Match is missing: send the ETag of the revision that you read, such as "3".'
            )
        return None
    if given.strip() == "*":
        return ANY_REVISION
    tags = [tag.strip() for tag in given.split(",")]
    return frozenset(int(found[1]) for found in map(_TAG.fullmatch, tags) if found is not None)


async def read_submission(request: Request, brought: dict[str, Any]) -> tuple[ArticleCreate, list[WriteWarning]]:
    """Return the article in this JSON object of a request, and the warnings of its HTML; InvalidInputError."""

    def check() -> tuple[ArticleCreate, list[WriteWarning]]:
        given = validated(ArticleCreate, brought)
        return given, find_warnings(brought, given)

    return await run_check(request, check)


async def apply_article_change(
    request: Request, key: str, change: Callable[[Connection, int], list[WriteWarning] | None]
) -> Response:
    """Make the change and return the article after it with the warnings of the change, in one transaction."""
    article_id = parse_article_id(key)

    def run(connection: Connection) -> Response:
        warnings = change(connection, article_id)
        return article_response(connection, key, warnings=warnings or [])

    answer = await get_database(request).write(run)
    await services_of(request).scheduler.refresh()
    return answer


def article_response(
    connection: Connection, key: str, *, warnings: list[WriteWarning], status: int = HTTPStatus.OK
) -> Response:
    """Return the article after a write, with its revision as ETag; a new one's address in `Location`."""
    article, revision = get_editorial_article(connection, key)
    headers = {"location": article["href"]} if status == HTTPStatus.CREATED else {}
    return private_response({**article, "warnings": warnings}, status=status, revision=revision, headers=headers)
