"""The newsroom's catalogue: editions, sections, tags, labels and authors, made, read and edited alike."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import Path, Request, Response

from app import clock
from app.actions import entries as actions
from app.api.body import read_body, read_object
from app.api.deps import database_of
from app.api.editorial.changing import expected_revisions
from app.api.idempotency import PrivateAnswer, answer_once, as_sent
from app.api.openapi import documented
from app.api.private import EDITORIAL, private_answer
from app.api.query import read_question
from app.api.routes import resource
from app.api.security import principal_of
from app.db.session import Connection
from app.domain.api_key import KeyScope
from app.domain.scope import Facet
from app.queries.entries import get_entry, list_entries
from app.records.catalogue import name_of
from app.schemas import editorial_catalogue as schemas
from app.schemas.question import Nothing
from app.schemas.record import AuthorRecord, CatalogueRecord, EditionRecord, LabelRecord, SectionRecord, TagRecord

router = resource("Newsroom", prefix=EDITORIAL)

SCOPES = (KeyScope.CATALOGUE_WRITE,)
SAVED = {"revision": 2, "modified_at": "2026-11-20T17:30:00+00:00", "listed": True}
Handler = Callable[..., Awaitable[Response]]


class _Kind(NamedTuple):
    """A kind of entry: its noun with an article, what it is made from, and how it is shown."""

    facet: Facet
    noun: str
    called: str
    record: type[CatalogueRecord]
    answer: Any
    saved: Any
    page: Any

    @property
    def question(self) -> type[Any]:
        """What the address of one takes: sections are an edition's."""
        return schemas.EntryQuestion if self.facet is Facet.SECTION else Nothing


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


def _creates(kind: _Kind) -> Handler:
    async def create(request: Request) -> Response:
        """A new entry; 409 where there is one of that name. Takes an `Idempotency-Key`."""
        read_question(request, Nothing)
        record, actor = await read_body(request, kind.record), principal_of(request).actor

        def make(connection: Connection) -> PrivateAnswer:
            actions.create_entry(connection, record, now=clock.now(), actor=actor)
            edition = record.edition if isinstance(record, SectionRecord) else None
            entry = get_entry(connection, kind.facet, name_of(record), edition=edition)
            headers = {"location": entry["href"]}
            return as_sent(
                private_answer({**entry, "warnings": []}, status=201, revision=entry["revision"], headers=headers)
            )

        return await answer_once(request, make)

    return create


def _browses(kind: _Kind) -> Handler:
    async def browse(request: Request) -> Response:
        """Every entry by its name, those that only drafts name so far too."""
        question = read_question(request, schemas.EntriesQuestion)
        return private_answer(await database_of(request).read(list_entries, kind.facet, question))

    return browse


def _reads(kind: _Kind) -> Handler:
    async def read(request: Request, name: str) -> Response:
        """The entry in record form, also while only drafts name it."""
        edition = _edition_asked(request, kind)
        entry = await database_of(request).read(get_entry, kind.facet, name, edition=edition)
        return private_answer(entry, revision=entry["revision"])

    return _with_example(read, kind)


def _edits(kind: _Kind) -> Handler:
    async def edit(request: Request, name: str) -> Response:
        """A merge patch (RFC 7396); everything that shows the entry follows. `If-Match` is heeded."""
        edition, expected = _edition_asked(request, kind), expected_revisions(request)
        patch, actor = await read_object(request), principal_of(request).actor

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
            return private_answer({**entry, "warnings": []}, revision=entry["revision"])

        return await database_of(request).write(run)

    return _with_example(edit, kind)


def _with_example(handler: Handler, kind: _Kind) -> Handler:
    """Describe the parameter `name` of a handler, with an entry of the sample as its example."""
    example = schemas.SAMPLE_NAMES[kind.record]
    described = Annotated[str, Path(description="The entry's slug or code.", examples=[example])]
    handler.__annotations__["name"] = described
    return handler


def _edition_asked(request: Request, kind: _Kind) -> str | None:
    edition: str | None = getattr(read_question(request, kind.question), "edition", None)
    return edition


def _example_of(kind: _Kind) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What is sent to make one, what is answered, and an edit of it."""
    given = schemas.EXAMPLES[kind.record]
    href = f"/v1/editorial/{kind.noun}s/{given.get('code', given.get('slug'))}"
    return given, {**given, "href": href, **SAVED}, {"name": "Night trams"} if "name" in given else {"text": "Comment"}


def _add_list_routes(kind: _Kind) -> None:
    noun, path = kind.noun, f"/{kind.noun}s"
    given, example, _ = _example_of(kind)
    body: dict[str, Any] = {"command": kind.record, "command_example": given, "status": HTTPStatus.CREATED}
    page = {"items": [example], "next": None}
    router.add_api_route(
        path,
        _creates(kind),
        methods=["POST"],
        name=f"create_{noun}",
        summary=f"Make {kind.called}",
        **documented(None, kind.saved, {**example, "warnings": []}, problems=(409, 422), scopes=SCOPES, **body),
    )
    router.add_api_route(
        path,
        _browses(kind),
        methods=["GET"],
        name=f"list_editorial_{noun}s",
        summary=f"{noun.capitalize()}s as editors see them",
        **documented(schemas.EntriesQuestion, kind.page, page, problems=(400, 404, 422), scopes=SCOPES),
    )


def _add_entry_routes(kind: _Kind) -> None:
    noun, path = kind.noun, f"/{kind.noun}s/{{name}}"
    _, example, patch = _example_of(kind)
    body: dict[str, Any] = {"command": schemas.patch_of(kind.record), "command_example": patch}
    router.add_api_route(
        path,
        _reads(kind),
        methods=["GET"],
        name=f"get_editorial_{noun}",
        summary=f"{kind.called.capitalize()} as editors see it",
        **documented(kind.question, kind.answer, example, scopes=SCOPES),
    )
    router.add_api_route(
        path,
        _edits(kind),
        methods=["PATCH"],
        name=f"edit_{noun}",
        summary=f"Edit {kind.called}",
        **documented(
            kind.question, kind.saved, {**example, "warnings": []}, problems=(404, 412, 422), scopes=SCOPES, **body
        ),
    )


for _each in KINDS:
    _add_list_routes(_each)
    _add_entry_routes(_each)
