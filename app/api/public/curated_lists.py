"""Curated lists: front pages and rankings, in an editor's order."""

from typing import Annotated

from fastapi import Query, Request

from app import clock
from app.api.dependencies import ServicesDep
from app.api.http.path_params import CuratedListSlug
from app.api.http.responses import TypedResponse, json_response
from app.api.http.schedule_dependencies import curated_list_schedule_dependency, get_cache_control_builder
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.queries import curated_lists as queries
from app.schemas.curated_list import CuratedList, CuratedListPage, CuratedListParams
from app.schemas.examples import curated_lists as examples
from app.schemas.params import EntryListParams

router = ordinary_router("Articles", prefix=queries.PATH)


@router.get(
    "",
    summary="List curated lists",
    **documented(examples.LISTS, errors=(400, 404, 422), cacheable=True),
)
async def list_curated_lists(
    services: ServicesDep, params: Annotated[EntryListParams, Query()]
) -> TypedResponse[CuratedListPage]:
    """List the curated lists of an edition by slug, without their articles."""
    return json_response(await services.database.read(queries.list_curated_lists, params))


@router.get(
    "/{slug}",
    summary="Retrieve a curated list",
    **documented(examples.LIST, cacheable=True),
)
async def get_curated_list(
    request: Request, services: ServicesDep, slug: CuratedListSlug, params: Annotated[CuratedListParams, Query()]
) -> TypedResponse[CuratedList]:
    """Return a list that editors compose, such as a front page.

    The pinned articles come first, in the editors' order; the newest articles that the list's filter selects follow,
    none of them twice. A withdrawn article leaves the list at once, a scheduled one appears when it is published. From
    `expires_at` on nothing is pinned. The list is one document without pages.
    """
    builder = get_cache_control_builder(request)
    found = await services.database.read(queries.get_curated_list, slug, params, now=clock.now())
    dependency = curated_list_schedule_dependency(params.edition, found.pinned_ids, found.filter)
    return json_response(found.page, cache_control=builder.header_value(dependency))
