"""The address of the installation itself: a page for browsers, the service document for other clients."""

from fastapi import APIRouter, Request, Response

from app import clock
from app.api.dependencies import services_of
from app.api.http.media_types import HTML, VARY, choose_representation
from app.api.http.responses import json_response, link_target
from app.api.http.schedule_dependencies import get_cache_control_builder, timeline_schedule_dependency
from app.api.pages.assets import page_response
from app.api.public.editions import build_service_document
from app.domain.url import ascii_site
from app.invalidation.schedule_snapshot import CombinedDependency
from app.net.base_path import href_of
from app.pages.start import StartContent, build_start_page
from app.queries.timeline.headlines import list_headlines
from app.schemas.headlines import LatestHeadlines

router = APIRouter(include_in_schema=False)


@router.get("/")
async def get_start(request: Request) -> Response:
    """Return the start page or the service document, as `Accept` prefers; parameters are ignored."""
    if choose_representation(request) == HTML:
        return await _get_start_page(request)
    document = await build_service_document(services_of(request).database)
    return json_response(document, extra_headers=_fields())


async def _get_start_page(request: Request) -> Response:
    services = services_of(request)
    public_url = services.settings.public_url
    origin = "" if public_url is None else ascii_site(public_url)
    if services.settings.reads_require_key:
        return page_response(build_start_page(StartContent(origin, None)), extra_headers=_fields())
    builder = get_cache_control_builder(request)
    news = await services.database.read(list_headlines, now=clock.now())
    return page_response(
        build_start_page(StartContent(origin, news)),
        cache_control=builder.header_value(_schedule_dependency(news)),
        extra_headers=_fields(),
    )


def _schedule_dependency(news: LatestHeadlines) -> CombinedDependency:
    return CombinedDependency(tuple(timeline_schedule_dependency(each.params, each.page) for each in news.editions))


def _fields() -> dict[str, str]:
    """Return the fields of both representations: `Link` names the descriptions of the API (RFC 8631)."""
    links = (
        link_target(href_of("/openapi.json"), "service-desc", "application/json"),
        link_target(href_of("/guides"), "service-doc", "text/html"),
    )
    return {**VARY, "link": ", ".join(links)}
