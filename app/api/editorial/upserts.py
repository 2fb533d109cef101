"""Pushes: an external system creates or replaces articles by its own identifiers."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Request, Response

from app import clock
from app.actions.articles.editing import push_article as push
from app.actions.catalogue.entries import Outcome
from app.api.dependencies import get_database, services_of
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    WRITE_SCOPES,
    article_response,
    get_actor,
    parse_if_match,
    read_submission,
)
from app.api.http.private_responses import EDITORIAL
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_json_object
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.domain.tsid import format_id
from app.schemas.editorial import SavedArticle
from app.schemas.examples import editorial as examples
from app.schemas.interchange import ArticleCreate
from app.schemas.params import NoParams

router = make_router("Newsroom", prefix=EDITORIAL)


@router.put(
    "/editions/{edition}/articles/{source_id:path}",
    summary="Create or replace by source_id",
    **operation(
        None,
        SavedArticle,
        examples.SAVED,
        errors=ARTICLE_ERRORS,
        scopes=WRITE_SCOPES,
        command=ArticleCreate,
        command_example=examples.PUSH,
    ),
)
async def push_article(
    request: Request,
    edition: Annotated[str, Path(description="The edition's slug.", examples=["harbour"])],
    source_id: Annotated[
        str, Path(description="The article's id in the other system.", examples=["harbour:2026-11-14:fog-watch"])
    ],
) -> Response:
    """201 when it is new, else 200; a repeated request changes nothing.

    Omitted members are emptied, but the position is not changed without `status` or `published_at`;
    on a public article another `published_at` is a bump. `If-Match` guards a replacement, `If-None-Match: *`
    allows none. `warnings` names dropped HTML.
    """
    parse_query(request, NoParams)
    brought = await parse_json_object(request)
    named = {} if brought.get("source_id") is not None else {"source_id": source_id}
    given, warnings = await read_submission(request, {**brought, **named})
    expected, editor = parse_if_match(request), get_actor(request)
    is_new = request.headers.get("if-none-match", "").strip() == "*"

    def run(connection: Connection) -> Response:
        article_id, outcome = push(
            connection, edition, source_id, given, expected=expected, is_new=is_new, now=clock.now(), editor=editor
        )
        status = HTTPStatus.CREATED if outcome is Outcome.CREATED else HTTPStatus.OK
        return article_response(connection, format_id(article_id), warnings=warnings, status=status)

    answer = await get_database(request).write(run)
    await services_of(request).scheduler.refresh()
    return answer
