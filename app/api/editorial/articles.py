"""Editorial articles of any status: create, read, update and delete."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Body, Query, Request

from app import clock
from app.actions.articles import editing
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import (
    ARTICLE_ERRORS,
    EDITION_GUARDS,
    WRITE_SCOPES,
    ActorDep,
    IfMatch,
    IfMatchRequired,
    JsonObject,
    WriteParams,
    apply_article_change,
    article_response,
    by_id,
    find_text_warnings,
)
from app.api.editorial.path_params import ArticleId, DraftId
from app.api.http.idempotency import IdempotentWriteDep, StoredResponse, to_stored_response
from app.api.http.merge_patch import MergePatchOf
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.request_body import run_check
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.tsid import format_id
from app.queries.editorial import editorial_articles
from app.schemas.article_requests import ArticleUpdate
from app.schemas.body_html import convert_patch, errors_at_body_html
from app.schemas.editorial import EditorialArticle, EditorialList, EditorialListParams, SavedArticle
from app.schemas.examples import editorial as examples
from app.schemas.examples import saved_articles
from app.schemas.interchange import ArticleCreate
from app.schemas.state_warnings import find_image_warnings, find_section_warnings
from app.schemas.write_warning import WriteWarning, conversion_warnings, find_warnings, refuse_losses, truncate

router = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=WRITE_SCOPES, guards=EDITION_GUARDS)

NewArticle = Annotated[ArticleCreate, Body(examples=[examples.SUBMISSION])]
Patch = Annotated[dict[str, Any], Body(examples=[examples.PATCH]), MergePatchOf(ArticleUpdate)]


@router.post(
    "/articles",
    summary="Create an article",
    **documented(saved_articles.SUBMITTED, errors=(409, 410, 422), status=201),
)
async def create_article(
    *,
    request: Request,
    services: ServicesDep,
    article: NewArticle,
    sent: JsonObject,
    repairs: TextRepairsDep,
    editor: ActorDep,
    write: IdempotentWriteDep,
    params: WriteParams,
) -> TypedResponse[SavedArticle]:
    """Create an article: a draft, scheduled or public, by its `status` and `published_at`.

    | `status` | no `published_at` | past | future |
    |---|---|---|---|
    | absent | draft | published | scheduled |
    | `draft` | draft | draft with this date | draft with this date |
    | `scheduled` | 422 | 422 | scheduled |
    | `published` | published now | published | 422; up to 60 seconds ahead scheduled, with a warning |
    | `withdrawn` | 422 | 422 | 422 |

    A public or scheduled article requires `articles:publish`. Unknown tags are created; an unknown section, label or
    author is 422. A draft does not store `first_published_at`, with a warning. `warnings` names dropped HTML and
    repaired characters.
    """
    warnings = await find_text_warnings(request, sent, article, repairs, is_strict=params.strict)

    def create(connection: Connection) -> StoredResponse:
        stored = editing.create_article(connection, article, now=clock.now(), editor=editor)
        if params.strict:
            refuse_losses(stored.warnings)
        key, found = format_id(stored.article_id), [*warnings, *stored.warnings]
        created = article_response(connection, key, warnings=found, status=HTTPStatus.CREATED)
        return to_stored_response(created, article_id=stored.article_id)

    response: TypedResponse[SavedArticle] = await write.run(create)
    await services.scheduler.refresh()
    return response


@router.get(
    "/articles",
    summary="List articles (editorial)",
    **documented(examples.ARTICLES, errors=(400, 404, 422)),
)
async def list_editorial_articles(
    services: ServicesDep, params: Annotated[EditorialListParams, Query()]
) -> TypedResponse[EditorialList]:
    """List articles of every status, the latest modified first; with `id`, in the order of the ids.

    `from` and `to` filter by the public time, which leaves out drafts without one.
    """
    page = await services.database.read_in_thread(editorial_articles.list_editorial_articles, params)
    return private_response(page)


@router.get("/articles/{article_id}", summary="Retrieve an article (editorial)", **documented(examples.ARTICLE))
async def get_editorial_article(services: ServicesDep, key: ArticleId) -> TypedResponse[EditorialArticle]:
    """Return an article in record form, whatever its status; `ETag` is its revision."""
    article, revision = await services.database.read(editorial_articles.get_editorial_article, key)
    return private_response(article, revision=revision)


@router.patch(
    "/articles/{article_id}",
    summary="Update an article",
    **documented(saved_articles.EDITED, errors=(*ARTICLE_ERRORS, 428)),
)
async def edit_article(
    *,
    request: Request,
    services: ServicesDep,
    key: ArticleId,
    expected: IfMatchRequired,
    patch: Patch,
    repairs: TextRepairsDep,
    editor: ActorDep,
    params: WriteParams,
) -> TypedResponse[SavedArticle]:
    """Update the content of an article by a merge patch (RFC 7396); `If-Match` names the revision it was made from.

    Null empties a member, a list is replaced as a whole, an object (`image`, `source`, `rights`) is merged: another
    `image.url` alone leaves its `alt`, `credit` and the rest, with a warning. The whole
    article may be sent back; members that an edit cannot change must be as they were. `note` is the public reason of a
    change to a published article. An edit never moves the public time, and dates `updated_at` now unless the patch sets
    it. A patch that changes nothing saves nothing. An article that is no draft requires `articles:publish`. `warnings`
    names dropped HTML and repaired characters.
    """
    # Before the transaction, which would hold up other writes.
    members, conversion = await run_check(request, lambda: convert_patch(patch))

    def edit(connection: Connection, article_id: int) -> list[WriteWarning]:
        def shown() -> EditorialArticle:
            return editorial_articles.get_editorial_article(connection, key)[0]

        with errors_at_body_html(conversion):
            edited = editing.edit_article(
                connection, article_id, members, expected=expected, shown=shown, now=clock.now(), editor=editor
            )
        warnings = truncate([*conversion_warnings(conversion), *find_warnings(members, edited.after, repairs)])
        if params.strict:
            refuse_losses([*warnings, *edited.warnings])
        return [
            *warnings,
            *edited.warnings,
            *find_section_warnings(patch, edited.before),
            *find_image_warnings(patch, edited.before),
        ]

    return await apply_article_change(services, by_id(key), edit)


@router.delete(
    "/articles/{article_id}",
    summary="Delete an unpublished article",
    **documented(None, errors=ARTICLE_ERRORS, status=204),
)
async def delete_article(
    services: ServicesDep, key: DraftId, expected: IfMatch, editor: ActorDep
) -> TypedResponse[None]:
    """Delete a draft or scheduled article with all its revisions; an article that was public can only be withdrawn."""
    article_id = editorial_articles.parse_article_id(key)
    await services.database.write(editing.delete_article, article_id, expected=expected, editor=editor)
    await services.scheduler.refresh()
    return private_response(None, status=HTTPStatus.NO_CONTENT)
