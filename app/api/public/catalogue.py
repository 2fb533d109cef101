"""Authors, sections, tags and labels, and the articles of each."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import Request, Response

from app.api.dependencies import get_database
from app.api.http.path_params import AuthorSlug, SectionSlug, TagSlug
from app.api.http.query_params import parse_query
from app.api.http.responses import json_response, redirect_response
from app.api.http.schedule_dependencies import articles_schedule_dependency, get_cache_control_builder
from app.api.openapi.document import operation
from app.api.openapi.response_fields import entry_fields
from app.api.router import make_router
from app.db.database import Connection
from app.domain.list_filter import Facet
from app.errors import EntryMoved
from app.invalidation.schedule_snapshot import CollectionDependency
from app.queries.catalogue import public_catalogue
from app.schemas.article import ArticleList
from app.schemas.catalogue import AuthorPage, SectionPage, TagPage
from app.schemas.examples import reading
from app.schemas.pagination import AuthorList, LabelList, SectionList, TagList
from app.schemas.params import ArticleListParams, EntryListParams, NamedListParams, QueryParams, SectionListParams

P = TypeVar("P", bound=EntryListParams)

router = make_router("Catalogue")

LIST_PROBLEMS = (400, 404, 422)


@router.get(
    "/authors",
    summary="List authors",
    **operation(NamedListParams, AuthorList, reading.AUTHORS, errors=LIST_PROBLEMS),
)
async def list_authors(request: Request) -> Response:
    """List the authors of all editions by slug or by name; `edition` selects links and the language of the order."""
    return await _list_entries_response(request, Facet.AUTHOR, public_catalogue.list_authors, NamedListParams)


@router.get(
    "/authors/{slug}",
    summary="Retrieve an author",
    **operation(
        QueryParams, AuthorPage, reading.AUTHOR_PAGE, redirects=True, headers=entry_fields(reading.AUTHOR_PAGE)
    ),
)
async def get_author(request: Request, slug: AuthorSlug) -> Response:
    """Return an author with the biography; `edition` is that of the links."""
    return await _get_entry_response(request, slug, public_catalogue.get_author)


@router.get(
    "/authors/{slug}/articles",
    summary="List an author's articles",
    **operation(ArticleListParams, ArticleList, reading.ARTICLES, errors=LIST_PROBLEMS, redirects=True),
)
async def list_author_articles(request: Request, slug: AuthorSlug) -> Response:
    """List an author's articles in the edition, newest first; takes every filter, also a second `author`."""
    return await _list_articles_response(request, Facet.AUTHOR, slug)


@router.get(
    "/sections",
    summary="List sections",
    **operation(SectionListParams, SectionList, reading.SECTIONS, errors=LIST_PROBLEMS),
)
async def list_sections(request: Request) -> Response:
    """List the sections of an edition by position, by slug or by name."""
    return await _list_entries_response(request, Facet.SECTION, public_catalogue.list_sections, SectionListParams)


@router.get(
    "/sections/{slug}",
    summary="Retrieve a section",
    **operation(
        QueryParams, SectionPage, reading.SECTION_PAGE, redirects=True, headers=entry_fields(reading.SECTION_PAGE)
    ),
)
async def get_section(request: Request, slug: SectionSlug) -> Response:
    """Return a section of an edition."""
    return await _get_entry_response(request, slug, public_catalogue.get_section)


@router.get(
    "/sections/{slug}/articles",
    summary="List a section's articles",
    **operation(ArticleListParams, ArticleList, reading.ARTICLES, errors=LIST_PROBLEMS, redirects=True),
)
async def list_section_articles(request: Request, slug: SectionSlug) -> Response:
    """List the articles of a section, newest first; takes every filter.

    With `edition=*`, of all sections of that slug.
    """
    return await _list_articles_response(request, Facet.SECTION, slug)


@router.get(
    "/tags",
    summary="List tags",
    **operation(NamedListParams, TagList, reading.TAGS, errors=LIST_PROBLEMS),
)
async def list_tags(request: Request) -> Response:
    """List the tags of all editions by slug or by name; `edition` selects links and the language of the order."""
    return await _list_entries_response(request, Facet.TAG, public_catalogue.list_tags, NamedListParams)


@router.get(
    "/tags/{slug}",
    summary="Retrieve a tag",
    **operation(QueryParams, TagPage, reading.TAG_PAGE, redirects=True, headers=entry_fields(reading.TAG_PAGE)),
)
async def get_tag(request: Request, slug: TagSlug) -> Response:
    """Return a tag; `edition` is that of the links."""
    return await _get_entry_response(request, slug, public_catalogue.get_tag)


@router.get(
    "/tags/{slug}/articles",
    summary="List a tag's articles",
    **operation(ArticleListParams, ArticleList, reading.ARTICLES, errors=LIST_PROBLEMS, redirects=True),
)
async def list_tag_articles(request: Request, slug: TagSlug) -> Response:
    """List the articles of the edition with a tag, newest first; takes every filter, also a second `tag`."""
    return await _list_articles_response(request, Facet.TAG, slug)


@router.get(
    "/labels",
    summary="List labels",
    **operation(EntryListParams, LabelList, reading.LABELS, errors=LIST_PROBLEMS),
)
async def list_labels(request: Request) -> Response:
    """List the labels of all editions by code, in the language of `edition`."""
    return await _list_entries_response(request, Facet.LABEL, public_catalogue.list_labels, EntryListParams)


async def _list_entries_response(
    request: Request, kind: Facet, query: Callable[[Connection, P], Mapping[str, Any]], model: type[P]
) -> Response:
    params = parse_query(request, model)
    builder = get_cache_control_builder(request)
    page = await get_database(request).read(query, params)
    dependency = CollectionDependency(kind=kind, edition=params.edition)
    return json_response(page, cache_control=builder.header_value(dependency))


async def _get_entry_response(
    request: Request, slug: str, query: Callable[[Connection, str, QueryParams], tuple[Mapping[str, Any], int]]
) -> Response:
    params = parse_query(request, QueryParams)
    try:
        page, modified_at = await get_database(request).read(query, slug, params)
    except EntryMoved as moved:
        return _redirect(request, moved)
    return json_response(page, modified_at=modified_at, alternates=page["alternates"])


async def _list_articles_response(request: Request, kind: Facet, slug: str) -> Response:
    params = parse_query(request, ArticleListParams)
    builder = get_cache_control_builder(request)
    try:
        page = await get_database(request).read(public_catalogue.list_articles_of_entry, kind, slug, params)
    except EntryMoved as moved:
        return _redirect(request, moved)
    dependency = articles_schedule_dependency(params, entry=(kind, slug))
    return json_response(page, cache_control=builder.header_value(dependency))


def _redirect(request: Request, moved: EntryMoved) -> Response:
    """Redirect from the address of a former slug, and from those below it."""
    root, version, collection, _, *rest = request.scope["path"].split("/")
    return redirect_response(request.scope, "/".join((root, version, collection, moved.present, *rest)))
