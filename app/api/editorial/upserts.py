"""Articles that an external system addresses by its own identifiers: upserted, read and deleted."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Body, Header, Request

from app import clock
from app.actions.articles.editing import delete_article, locate_article
from app.actions.articles.editing import push_article as push
from app.actions.catalogue.entries import Outcome
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    EDITION_GUARDS,
    WRITE_SCOPES,
    ActorDep,
    IfMatch,
    JsonObject,
    WriteParams,
    article_response,
    find_text_warnings,
)
from app.api.editorial.path_params import DraftSource, SourceEdition, SourceIdPath
from app.api.editorial.source_publication import ARTICLE
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.tsid import format_id
from app.queries.editorial.editorial_articles import get_article_by_source
from app.schemas.editorial import EditorialArticle, SavedArticle
from app.schemas.examples import editorial as examples
from app.schemas.examples import saved_articles
from app.schemas.interchange import ArticleCreate
from app.schemas.write_warning import refuse_losses

router = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=WRITE_SCOPES, guards=EDITION_GUARDS)

IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="`*` creates the article and replaces none: 412 if it exists. Other values are ignored.",
        examples=["*"],
        json_schema_extra={"enum": ["*"]},
    ),
]
PushedArticle = Annotated[ArticleCreate, Body(examples=[examples.PUSH])]


@router.put(
    ARTICLE,
    summary="Upsert an article by source_id",
    **documented(saved_articles.PUSH_REPLACED, errors=ARTICLE_ERRORS, created=saved_articles.PUSH_CREATED),
)
async def push_article(
    *,
    request: Request,
    services: ServicesDep,
    edition: SourceEdition,
    source_id: SourceIdPath,
    article: PushedArticle,
    sent: JsonObject,
    repairs: TextRepairsDep,
    expected: IfMatch,
    editor: ActorDep,
    if_none_match: IfNoneMatch = None,
    params: WriteParams,
) -> TypedResponse[SavedArticle]:
    """Create (201) or replace (200) an article. Repeating a successful request changes nothing.

    It needs no `Idempotency-Key`; with the `If-Match` of before, the repeat is 412; without `If-Match` the last write
    wins. A new article is as in `POST /v1/editorial/articles`, but takes no `id` (422). Of an existing one omitted
    members are emptied, also `embargoed_until`, except `slug`, `aliases`, `first_published_at`, `updated_at`, the
    `withdrawal` of a withdrawn article, `status` and `published_at`. Null counts as absent for `slug`, `withdrawal` and
    `status`. The columns are statuses before, the cells those after, with the public time if that changes:

    | Sent (`status`, `published_at`) | draft | scheduled | published | withdrawn |
    |---|---|---|---|---|
    | neither member | draft | scheduled | published | withdrawn |
    | `draft` alone | draft | draft with its date | 422 | 422 |
    | `scheduled` alone | scheduled, by its date; 422 without one | scheduled | published | 422 |
    | `published` alone | published, at its past date or now; 422 if future | 422 | published | published again |
    | `withdrawn` alone | 422 | draft without a date | withdrawn | withdrawn |
    | a past date alone | published | published | published, bumped | withdrawn, with this date |
    | a future date alone | scheduled | scheduled for then | 422 | 422 |
    | a null date alone | draft without a date | draft without a date | 422 | 422 |
    | `draft` and a date | draft with this date | draft with this date | 422 | 422 |
    | `draft` and null | draft without a date | draft without a date | 422 | 422 |
    | `scheduled` and a past date | 422 | 422 | 422, unless it is its date | 422 |
    | `scheduled` and a future date | scheduled for then | scheduled for then | 422 | 422 |
    | `scheduled` and null | 422 | 422 | 422 | 422 |
    | `published` and a past date | published | published | published, bumped | published again, with this date |
    | `published` and a future date | 422 | 422 | 422 | 422 |
    | `published` and null | published now | published now | published | published again |
    | `withdrawn` and a past date | 422 | draft without a date | withdrawn, with this date | withdrawn, with this date |
    | `withdrawn` and a future date | 422 | draft without a date | 422 | 422 |
    | `withdrawn` and null | 422 | draft without a date | withdrawn | withdrawn |

    A draft that was made by withdrawing a scheduled article takes `withdrawn` again. With `published` or `withdrawn`, a
    date up to 60 seconds ahead counts as past, but a draft or scheduled article is then scheduled for it, with a
    warning.

    Replacing an article that is no draft requires `articles:publish`, even if nothing changes. `updated_at` of a public
    article, unless it is sent, is the time of the request if the content changes. `note` is added with a change of
    other members; alone it changes nothing. `edition`, `source_id` and `id` may be left out: others than those of the
    path and the article are 422. `warnings` names dropped HTML and repaired characters.

    A push with a lower `source_version`, or an earlier `source_updated_at`, than the stored article's changes nothing:
    it is 200 with the warning `older-version`.
    """
    warnings = await find_text_warnings(request, sent, article, repairs, is_strict=params.strict)
    is_new = (if_none_match or "").strip() == "*"

    def run(connection: Connection) -> TypedResponse[SavedArticle]:
        pushed = push(
            connection, edition, source_id, article, expected=expected, is_new=is_new, now=clock.now(), editor=editor
        )
        if params.strict:
            refuse_losses(pushed.warnings)
        status = HTTPStatus.CREATED if pushed.outcome is Outcome.CREATED else HTTPStatus.OK
        key, found = format_id(pushed.article_id), [*warnings, *pushed.warnings]
        return article_response(connection, key, warnings=found, status=status)

    response = await services.database.write(run)
    await services.scheduler.refresh()
    return response


@router.get(
    ARTICLE,
    summary="Retrieve an article by source_id (editorial)",
    **documented(saved_articles.SOURCE_ARTICLE),
)
async def get_source_article(
    services: ServicesDep, edition: SourceEdition, source_id: SourceIdPath
) -> TypedResponse[EditorialArticle]:
    """Return an article in record form, whatever its status; `ETag` is its revision."""
    article, revision = await services.database.read(get_article_by_source, edition, source_id)
    return private_response(article, revision=revision)


@router.delete(
    ARTICLE,
    summary="Delete an unpublished article by source_id",
    **documented(None, errors=ARTICLE_ERRORS, status=204),
)
async def delete_source_article(
    services: ServicesDep, edition: SourceEdition, source_id: DraftSource, expected: IfMatch, editor: ActorDep
) -> TypedResponse[None]:
    """Delete a draft or scheduled article as `delete_article` does; one that was public can only be withdrawn."""

    def delete(connection: Connection) -> None:
        delete_article(connection, locate_article(connection, edition, source_id), expected=expected, editor=editor)

    await services.database.write(delete)
    await services.scheduler.refresh()
    return private_response(None, status=HTTPStatus.NO_CONTENT)
