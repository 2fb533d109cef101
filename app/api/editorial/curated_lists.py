"""Curated lists, which editors write whole."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Body, Query

from app import clock
from app.actions import curated_lists as actions
from app.actions.catalogue.entries import Outcome
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import EDITION_GUARDS, PUBLISH_SCOPES, ActorDep, IfMatch, JsonObject
from app.api.http.path_params import CuratedListSlug
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.queries import curated_lists as queries
from app.queries.catalogue.editions import get_edition_view
from app.schemas.curated_list import EditorialCuratedList, EditorialCuratedListPage
from app.schemas.curated_list_records import CuratedListInput, CuratedListRecord, SavedCuratedList
from app.schemas.editorial_catalogue import EditorialEntryParams
from app.schemas.examples import curated_lists as examples
from app.schemas.params import EntryListParams
from app.schemas.write_warning import repair_warnings, repeat_warnings, truncate

router = ordinary_router("Newsroom", prefix=f"{EDITORIAL}/lists", scopes=PUBLISH_SCOPES, guards=EDITION_GUARDS)

Edition = Annotated[EditorialEntryParams, Query()]


@router.get(
    "",
    summary="List curated lists (editorial)",
    **documented(examples.EDITORIAL_LISTS, errors=(400, 404, 422)),
)
async def list_editorial_curated_lists(
    services: ServicesDep, params: Annotated[EntryListParams, Query()]
) -> TypedResponse[EditorialCuratedListPage]:
    """List the curated lists of an edition by slug, as they were written."""
    return private_response(await services.database.read(queries.list_editorial_curated_lists, params))


@router.get("/{slug}", summary="Retrieve a curated list (editorial)", **documented(examples.EDITORIAL_LIST))
async def get_editorial_curated_list(
    services: ServicesDep, slug: CuratedListSlug, params: Edition
) -> TypedResponse[EditorialCuratedList]:
    """Return a curated list as it was written; `ETag` is its revision."""
    found = await services.database.read(queries.get_editorial_curated_list, slug, params.edition)
    return private_response(found, revision=found["revision"])


@router.put(
    "/{slug}",
    summary="Create or replace a curated list",
    **documented(
        examples.REPLACED,
        errors=(404, 412, 422),
        created=examples.CREATED,
    ),
)
async def put_curated_list(
    *,
    services: ServicesDep,
    slug: CuratedListSlug,
    params: Edition,
    expected: IfMatch,
    body: Annotated[CuratedListInput, Body(examples=[examples.WRITTEN])],
    sent: JsonObject,
    repairs: TextRepairsDep,
    actor: ActorDep,
) -> TypedResponse[SavedCuratedList]:
    """Create (201) or replace (200) a list; an equal one is not written. Members that are left out have their defaults.

    Every reference and every value of the filter must exist in the edition. A slug in `items` is stored as the
    article's id, a repeated one once, with a warning. Without `If-Match` the last write wins.
    """

    def run(connection: Connection) -> TypedResponse[SavedCuratedList]:
        edition = get_edition_view(connection, params.edition).slug
        members = {name: getattr(body, name) for name in CuratedListInput.model_fields}
        record = CuratedListRecord.model_construct(kind="list", edition=edition, slug=slug, **members)
        outcome = actions.edit_curated_list(connection, record, expected=expected, now=clock.now(), actor=actor.name)
        saved = queries.get_editorial_curated_list(connection, slug, edition)
        is_new = outcome is Outcome.CREATED
        found = truncate([*repair_warnings(repairs), *repeat_warnings(sent, saved)])
        return private_response(
            {**saved, "warnings": found},
            status=HTTPStatus.CREATED if is_new else HTTPStatus.OK,
            revision=saved["revision"],
            headers={"location": saved["href"]} if is_new else {},
        )

    return await services.database.write(run)


@router.delete(
    "/{slug}",
    summary="Delete a curated list",
    **documented(None, errors=(404, 412, 422), status=HTTPStatus.NO_CONTENT),
)
async def delete_curated_list(
    *, services: ServicesDep, slug: CuratedListSlug, params: Edition, expected: IfMatch, actor: ActorDep
) -> TypedResponse[None]:
    """Delete a list; its articles are unaffected. `If-Match` is optional."""

    def run(connection: Connection) -> None:
        edition = get_edition_view(connection, params.edition)
        actions.delete_curated_list(connection, edition.id, slug, expected=expected, now=clock.now(), actor=actor.name)

    await services.database.write(run)
    return private_response(None, status=HTTPStatus.NO_CONTENT)
