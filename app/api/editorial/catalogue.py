"""The newsroom's catalogue: editions, sections, tags, labels and authors, made, read and edited alike."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import Path, Request, Response

from app import clock
from app.actions.catalogue import editing as actions
from app.api.auth.security import get_principal
from app.api.dependencies import get_database
from app.api.editorial.dependencies import parse_if_match
from app.api.http.idempotency import StoredResponse, idempotent_response, to_stored_response
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.query_params import parse_query
from app.api.http.request_body import parse_body, parse_json_object
from app.api.openapi.document import operation
from app.api.router import make_router
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.domain.list_filter import Facet
from app.interchange.catalogue import entry_name
from app.queries.catalogue.editorial_catalogue import get_entry, list_entries
from app.schemas import editorial_catalogue as schemas
from app.schemas.interchange import AuthorRecord, CatalogueRecord, EditionRecord, LabelRecord, SectionRecord, TagRecord
from app.schemas.params import NoParams

router = make_router("Newsroom", prefix=EDITORIAL)

SCOPES = (ApiKeyScope.CATALOGUE_WRITE,)
REVISION_EXAMPLE = {"revision": 2, "modified_at": "2026-11-20T17:30:00.000000+00:00", "listed": True}
Handler = Callable[..., Awaitable[Response]]


class _Kind(NamedTuple):
    """A kind of entry: its noun with an article, what it is made from, and how it is shown."""

    facet: Facet
    noun: str
    noun_with_article: str
    record: type[CatalogueRecord]
    answer: Any
    saved: Any
    page: Any

    @property
    def question(self) -> type[Any]:
        """What the address of one takes: sections are an edition's."""
        return schemas.EditorialEntryParams if self.facet is Facet.SECTION else NoParams


KINDS = (
    _Kind(
        Facet.EDITION,
        "edition",
        "an edition",
        EditionRecord,
        schemas.EditorialEdition,
        schemas.SavedEdition,
        schemas.EditorialEditions,
    ),
    _Kind(
        Facet.SECTION,
        "section",
        "a section",
        SectionRecord,
        schemas.EditorialSection,
        schemas.SavedSection,
        schemas.EditorialSections,
    ),
    _Kind(Facet.TAG, "tag", "a tag", TagRecord, schemas.EditorialTag, schemas.SavedTag, schemas.EditorialTags),
    _Kind(
        Facet.AUTHOR,
        "author",
        "an author",
        AuthorRecord,
        schemas.EditorialAuthor,
        schemas.SavedAuthor,
        schemas.EditorialAuthors,
    ),
    _Kind(
        Facet.LABEL,
        "label",
        "a label",
        LabelRecord,
        schemas.EditorialLabel,
        schemas.SavedLabel,
        schemas.EditorialLabels,
    ),
)


def _make_create(kind: _Kind) -> Handler:
    async def create(request: Request) -> Response:
        """A new entry; 409 where there is one of that name. Takes an `Idempotency-Key`."""
        parse_query(request, NoParams)
        record, actor = await parse_body(request, kind.record), get_principal(request).actor

        def make(connection: Connection) -> StoredResponse:
            actions.create_entry(connection, record, now=clock.now(), actor=actor)
            edition = record.edition if isinstance(record, SectionRecord) else None
            entry = get_entry(connection, kind.facet, entry_name(record), edition=edition)
            headers = {"location": entry["href"]}
            return to_stored_response(
                private_response({**entry, "warnings": []}, status=201, revision=entry["revision"], headers=headers)
            )

        return await idempotent_response(request, make)

    return create


def _make_list(kind: _Kind) -> Handler:
    async def browse(request: Request) -> Response:
        """Every entry by its name, those that only drafts name so far too."""
        question = parse_query(request, schemas.EditorialEntryListParams)
        return private_response(await get_database(request).read(list_entries, kind.facet, question))

    return browse


def _make_get(kind: _Kind) -> Handler:
    async def read(request: Request, name: str) -> Response:
        """The entry in record form, also while only drafts name it."""
        edition = _edition_asked(request, kind)
        entry = await get_database(request).read(get_entry, kind.facet, name, edition=edition)
        return private_response(entry, revision=entry["revision"])

    return _with_example(read, kind)


def _make_update(kind: _Kind) -> Handler:
    async def edit(request: Request, name: str) -> Response:
        """A merge patch (RFC 7396); everything that shows the entry follows. `If-Match` is heeded."""
        edition, expected = _edition_asked(request, kind), parse_if_match(request)
        patch, actor = await parse_json_object(request), get_principal(request).actor

        def run(connection: Connection) -> Response:
            shown = get_entry(connection, kind.facet, name, edition=edition)
            actions.edit_entry(
                connection,
                kind.facet,
                name,
                patch,
                edition=edition,
                expected=expected,
                shown=shown,
                now=clock.now(),
                actor=actor,
            )
            entry = get_entry(connection, kind.facet, name, edition=edition)
            return private_response({**entry, "warnings": []}, revision=entry["revision"])

        return await get_database(request).write(run)

    return _with_example(edit, kind)


def _with_example(handler: Handler, kind: _Kind) -> Handler:
    """Describe the parameter `name` of a handler, with an entry of the sample as its example."""
    example = schemas.SAMPLE_NAMES[kind.record]
    described = Annotated[str, Path(description="The entry's slug or code.", examples=[example])]
    handler.__annotations__["name"] = described
    return handler


def _edition_asked(request: Request, kind: _Kind) -> str | None:
    edition: str | None = getattr(parse_query(request, kind.question), "edition", None)
    return edition


def _example_of(kind: _Kind) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What is sent to make one, what is answered, and an edit of it."""
    given = schemas.EXAMPLES[kind.record]
    href = f"/v1/editorial/{kind.noun}s/{given.get('code', given.get('slug'))}"
    return (
        given,
        {**given, "href": href, **REVISION_EXAMPLE},
        {"name": "Night trams"} if "name" in given else {"text": "Comment"},
    )


def _add_list_routes(kind: _Kind) -> None:
    noun, path = kind.noun, f"/{kind.noun}s"
    given, example, _ = _example_of(kind)
    body: dict[str, Any] = {"command": kind.record, "command_example": given, "status": HTTPStatus.CREATED}
    page = {"items": [example], "next": None}
    router.add_api_route(
        path,
        _make_create(kind),
        methods=["POST"],
        name=f"create_{noun}",
        summary=f"Make {kind.noun_with_article}",
        **operation(None, kind.saved, {**example, "warnings": []}, errors=(409, 422), scopes=SCOPES, **body),
    )
    router.add_api_route(
        path,
        _make_list(kind),
        methods=["GET"],
        name=f"list_editorial_{noun}s",
        summary=f"{noun.capitalize()}s as editors see them",
        **operation(schemas.EditorialEntryListParams, kind.page, page, errors=(400, 404, 422), scopes=SCOPES),
    )


def _add_entry_routes(kind: _Kind) -> None:
    noun, path = kind.noun, f"/{kind.noun}s/{{name}}"
    _, example, patch = _example_of(kind)
    body: dict[str, Any] = {"command": schemas.patch_of(kind.record), "command_example": patch}
    router.add_api_route(
        path,
        _make_get(kind),
        methods=["GET"],
        name=f"get_editorial_{noun}",
        summary=f"{kind.noun_with_article.capitalize()} as editors see it",
        **operation(kind.question, kind.answer, example, scopes=SCOPES),
    )
    router.add_api_route(
        path,
        _make_update(kind),
        methods=["PATCH"],
        name=f"edit_{noun}",
        summary=f"Edit {kind.noun_with_article}",
        **operation(
            kind.question, kind.saved, {**example, "warnings": []}, errors=(404, 412, 422), scopes=SCOPES, **body
        ),
    )


for _each in KINDS:
    _add_list_routes(_each)
    _add_entry_routes(_each)
