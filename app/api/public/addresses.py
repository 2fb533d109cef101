"""Present and past addresses of articles, for redirects of a front end."""

from typing import Annotated

from fastapi import Query, Request

from app.api.dependencies import ServicesDep
from app.api.http.responses import TypedResponse, json_response
from app.api.http.schedule_dependencies import (
    EVERY_PUBLICATION,
    get_cache_control_builder,
    related_schedule_dependency,
)
from app.api.openapi.document import documented
from app.api.router import PUBLIC, ordinary_router
from app.queries.articles import addresses
from app.schemas.address import ResolvedAddress, ResolveParams
from app.schemas.examples import reading

router = ordinary_router("Articles", prefix=PUBLIC)


@router.get(
    "/resolve",
    summary="Resolve an address",
    **documented(reading.RESOLVED, errors=(404, 410, 422), cacheable=True),
)
async def get_resolved_address(
    request: Request, services: ServicesDep, params: Annotated[ResolveParams, Query()]
) -> TypedResponse[ResolvedAddress]:
    """Return the article that has or had a URL or path on the front end.

    A URL is looked for in every edition, a path in one. Former URLs remain valid when slug, section, zone or template
    change, until another article takes them; `aliases` of articles are found too.
    """
    builder = get_cache_control_builder(request)
    found = await services.database.read(addresses.resolve_address, params)
    dependency = related_schedule_dependency(found["id"]) if found["current"] else EVERY_PUBLICATION
    return json_response(found, cache_control=builder.header_value(dependency))
