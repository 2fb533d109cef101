"""Authors, sections, tags and labels, and the articles of each."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Path, Request, Response

from app.api.deps import database_of
from app.api.freshness import articles_interest, outlook_of
from app.api.openapi import documented
from app.api.query import read_question
from app.api.responses import json_answer
from app.api.routes import resource
from app.db.session import Connection
from app.domain.scope import Facet
from app.domain.upcoming import ShelfInterest
from app.queries import catalogue
from app.schemas import examples
from app.schemas.article import ArticleList
from app.schemas.catalogue import AuthorPage, SectionPage, TagPage
from app.schemas.page import AuthorList, LabelList, SectionList, TagList
from app.schemas.question import ArticlesQuestion, NameQuestion, Question

router = resource("Catalogue")

AuthorSlug = Annotated[str, Path(description="The author's slug.", examples=["ines-kovary"])]
SectionSlug = Annotated[str, Path(description="The section's slug.", examples=["politics"])]
TagSlug = Annotated[str, Path(description="The tag's slug.", examples=["trams"])]
LIST_PROBLEMS = (400, 404, 422)


@router.get(
    "/authors",
    summary="Authors by slug",
    **documented(NameQuestion, AuthorList, examples.AUTHORS, problems=LIST_PROBLEMS),
)
async def list_authors(request: Request) -> Response:
    """Everyone who signs, by slug."""
    return await _answer_shelf(request, Facet.AUTHOR, catalogue.list_authors)


@router.get("/authors/{slug}", summary="One author", **documented(Question, AuthorPage, examples.AUTHOR_PAGE))
async def get_author(request: Request, slug: AuthorSlug) -> Response:
    """An author with the one-line biography."""
    question = read_question(request, Question)
    author, modified_at = await database_of(request).read(catalogue.get_author, slug, question)
    return json_answer(author, modified_at=modified_at)


@router.get(
    "/authors/{slug}/articles",
    summary="An author's articles",
    **documented(ArticlesQuestion, ArticleList, examples.ARTICLES, problems=LIST_PROBLEMS),
)
async def list_author_articles(request: Request, slug: AuthorSlug) -> Response:
    """What an author signed, newest first; takes every filter."""
    return await _answer_articles(request, Facet.AUTHOR, slug)


@router.get(
    "/sections",
    summary="Sections by slug",
    **documented(NameQuestion, SectionList, examples.SECTIONS, problems=LIST_PROBLEMS),
)
async def list_sections(request: Request) -> Response:
    """The sections of an edition, by slug."""
    return await _answer_shelf(request, Facet.SECTION, catalogue.list_sections)


@router.get("/sections/{slug}", summary="One section", **documented(Question, SectionPage, examples.SECTION_PAGE))
async def get_section(request: Request, slug: SectionSlug) -> Response:
    """A section of an edition."""
    question = read_question(request, Question)
    section, modified_at = await database_of(request).read(catalogue.get_section, slug, question)
    return json_answer(section, modified_at=modified_at)


@router.get(
    "/sections/{slug}/articles",
    summary="A section's articles",
    **documented(ArticlesQuestion, ArticleList, examples.ARTICLES, problems=LIST_PROBLEMS),
)
async def list_section_articles(request: Request, slug: SectionSlug) -> Response:
    """What stands in a section, newest first; takes every filter."""
    return await _answer_articles(request, Facet.SECTION, slug)


@router.get(
    "/tags",
    summary="Tags by slug",
    **documented(NameQuestion, TagList, examples.TAGS, problems=LIST_PROBLEMS),
)
async def list_tags(request: Request) -> Response:
    """Every subject, by slug."""
    return await _answer_shelf(request, Facet.TAG, catalogue.list_tags)


@router.get("/tags/{slug}", summary="One tag", **documented(Question, TagPage, examples.TAG_PAGE))
async def get_tag(request: Request, slug: TagSlug) -> Response:
    """A subject."""
    question = read_question(request, Question)
    tag, modified_at = await database_of(request).read(catalogue.get_tag, slug, question)
    return json_answer(tag, modified_at=modified_at)


@router.get(
    "/tags/{slug}/articles",
    summary="A tag's articles",
    **documented(ArticlesQuestion, ArticleList, examples.ARTICLES, problems=LIST_PROBLEMS),
)
async def list_tag_articles(request: Request, slug: TagSlug) -> Response:
    """What is tagged so, newest first; takes every filter."""
    return await _answer_articles(request, Facet.TAG, slug)


@router.get(
    "/labels",
    summary="Labels by code",
    **documented(NameQuestion, LabelList, examples.LABELS, problems=LIST_PROBLEMS),
)
async def list_labels(request: Request) -> Response:
    """The badges of the installation, in the edition's language."""
    return await _answer_shelf(request, Facet.LABEL, catalogue.list_labels)


async def _answer_shelf(
    request: Request, kind: Facet, query: Callable[[Connection, NameQuestion], Mapping[str, Any]]
) -> Response:
    question = read_question(request, NameQuestion)
    outlook = outlook_of(request)
    page = await database_of(request).read(query, question)
    interest = ShelfInterest(kind=kind, edition=question.edition)
    return json_answer(page, cache_control=outlook.directives(interest))


async def _answer_articles(request: Request, kind: Facet, slug: str) -> Response:
    question = read_question(request, ArticlesQuestion)
    outlook = outlook_of(request)
    page = await database_of(request).read(catalogue.list_entry_articles, kind, slug, question)
    interest = articles_interest(question, entry=(kind, slug))
    return json_answer(page, cache_control=outlook.directives(interest))
