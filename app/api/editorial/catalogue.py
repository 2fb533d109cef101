"""The newsroom's catalogue: editions, sections, tags, labels and authors, made, read and edited alike.

The endpoints of a kind are made from four functions, whose signatures are completed with the models of the kind.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import Body, Depends, Query

from app import clock
from app.actions.catalogue import editing as actions
from app.actions.catalogue.deletion import delete_entry
from app.actions.catalogue.entries import default_edition
from app.actions.catalogue.merging import merge_entries
from app.api.dependencies import ServicesDep
from app.api.editorial.dependencies import ActorDep, IfMatch, JsonObject
from app.api.http.idempotency import IdempotentWriteDep, StoredResponse, to_stored_response
from app.api.http.merge_patch import MergePatchOf
from app.api.http.path_params import code_parameter
from app.api.http.private_responses import EDITORIAL, private_response
from app.api.http.responses import TypedResponse
from app.api.http.route import TextRepairsDep
from app.api.openapi.document import documented
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.api_key import ApiKeyScope
from app.domain.list_filter import Facet
from app.interchange.catalogue import entry_name
from app.interchange.statements import MERGEABLE
from app.queries.catalogue.editorial_catalogue import get_entry, list_entries
from app.schemas import editorial_catalogue as schemas
from app.schemas.catalogue_records import (
    AuthorRecord,
    CatalogueRecord,
    EditionRecord,
    LabelRecord,
    SectionCreate,
    SectionRecord,
    TagRecord,
)
from app.schemas.examples import editorial_catalogue as examples
from app.schemas.params import EntryListParams
from app.schemas.state_warnings import find_entry_image_warnings, find_string_warnings
from app.schemas.write_warning import repair_warnings, repeat_warnings, truncate

router = ordinary_router("Newsroom", prefix=EDITORIAL, scopes=(ApiKeyScope.CATALOGUE_WRITE,))

Endpoint = Callable[..., Awaitable[TypedResponse[Any]]]


class _Kind(NamedTuple):
    """Kind of catalogue entry: its noun with an article, the model of a new one, and its response."""

    facet: Facet
    noun: str
    noun_with_article: str
    record: type[CatalogueRecord]
    shown: Any
    saved: Any
    page: Any

    @property
    def created(self) -> type[CatalogueRecord]:
        """The model of a new one in a request, where the edition of a section may be absent."""
        return SectionCreate if self.record is SectionRecord else self.record


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


_LIST_PARAMS: dict[Facet, type[EntryListParams]] = {
    Facet.SECTION: schemas.EditorialSectionListParams,
    **dict.fromkeys(MERGEABLE, schemas.EditorialNamedListParams),
}
"""Query parameters of lists with an order."""


async def _section_edition(params: Annotated[schemas.EditorialEntryParams, Query()]) -> str | None:
    return params.edition


async def _no_edition() -> None:
    return None


def _make_create(kind: _Kind) -> Endpoint:
    async def create(
        record: CatalogueRecord, sent: JsonObject, repairs: TextRepairsDep, actor: ActorDep, write: IdempotentWriteDep
    ) -> TypedResponse[Any]:
        """Create an entry; 409 if the name exists. An entry that only drafts use is replaced."""

        def run(connection: Connection) -> StoredResponse:
            given = record.record(default_edition(connection)) if isinstance(record, SectionCreate) else record
            actions.create_entry(connection, given, now=clock.now(), actor=actor.name)
            edition = given.edition if isinstance(given, SectionRecord) else None
            entry = get_entry(connection, kind.facet, entry_name(given), edition=edition)
            found = [*repair_warnings(repairs), *repeat_warnings(sent, entry)]
            found += find_string_warnings(sent, entry)
            saved = {**entry, "warnings": truncate(found)}
            headers = {"location": entry["href"]}
            return to_stored_response(private_response(saved, status=201, revision=entry["revision"], headers=headers))

        return await write.run(run)

    return _completed(create, record=_body(kind.created, examples.NEW[kind.record]), returns=kind.saved)


def _make_list(kind: _Kind) -> Endpoint:
    async def browse(services: ServicesDep, params: EntryListParams) -> TypedResponse[Any]:
        """List entries by name, sections by position, including those that only unpublished articles use."""
        return private_response(await services.database.read(list_entries, kind.facet, params))

    model: Any = _LIST_PARAMS.get(kind.facet, schemas.EditorialEntryListParams)
    return _completed(browse, params=Annotated[model, Query()], returns=kind.page)


def _make_get(kind: _Kind) -> Endpoint:
    async def read(services: ServicesDep, name: str, edition: str | None) -> TypedResponse[Any]:
        """Return an entry in record form; `ETag` is its revision."""
        entry = await services.database.read(get_entry, kind.facet, name, edition=edition)
        return private_response(entry, revision=entry["revision"])

    return _completed(read, name=_name(kind), edition=_edition(kind), returns=kind.shown)


def _make_update(kind: _Kind) -> Endpoint:
    async def edit(
        *,
        services: ServicesDep,
        name: str,
        edition: str | None,
        expected: IfMatch,
        patch: dict[str, Any],
        repairs: TextRepairsDep,
        actor: ActorDep,
    ) -> TypedResponse[Any]:
        """Update an entry by a merge patch (RFC 7396); every response that shows it changes.

        With another `slug` (of a label: `code`) the former one redirects, and filters and articles may still use it;
        that of an edition, and the `edition` of a section, cannot be changed. Without `If-Match` any revision is
        accepted.
        """

        def run(connection: Connection) -> TypedResponse[Any]:
            shown = get_entry(connection, kind.facet, name, edition=edition)
            present = actions.edit_entry(
                connection,
                kind.facet,
                name,
                patch,
                edition=edition,
                expected=expected,
                shown=shown,
                now=clock.now(),
                actor=actor.name,
            )
            entry = get_entry(connection, kind.facet, present, edition=edition)
            found = [*repair_warnings(repairs), *repeat_warnings(patch, entry)]
            found += find_string_warnings(patch, entry)
            saved = {**entry, "warnings": truncate([*found, *find_entry_image_warnings(patch, shown)])}
            return private_response(saved, revision=entry["revision"])

        return await services.database.write(run)

    model, example = schemas.patch_of(kind.record), examples.PATCHES[kind.record]
    patch = Annotated[dict[str, Any], Body(examples=[example]), MergePatchOf(model)]
    return _completed(edit, name=_name(kind), edition=_edition(kind), patch=patch, returns=kind.saved)


def _make_merge(kind: _Kind) -> Endpoint:
    async def merge(
        services: ServicesDep, name: str, expected: IfMatch, body: schemas.EntryMerge, actor: ActorDep
    ) -> TypedResponse[Any]:
        """Merge an entry into another of its kind, and return that one.

        From then on both names select the articles of both, which show the entry `into`; the public address of the
        merged one redirects to it, and its `former_slugs` has the name. `If-Match` is the revision of the merged entry,
        `ETag` that of `into`, which may be named by a former slug, too; an unknown `into` and a merge into itself are
        422. A repeated merge changes nothing. No request reverses it.
        """

        def run(connection: Connection) -> TypedResponse[Any]:
            merged = merge_entries(
                connection, kind.facet, name, body.into, expected=expected, now=clock.now(), actor=actor.name
            )
            entry = get_entry(connection, kind.facet, merged.survivor)
            return private_response({**entry, "warnings": merged.warnings()}, revision=entry["revision"])

        return await services.database.write(run)

    name = _name(kind, examples.MERGED_NAMES[kind.record])
    return _completed(
        merge, name=name, body=_body(schemas.EntryMerge, examples.MERGES[kind.record]), returns=kind.saved
    )


def _make_delete(kind: _Kind) -> Endpoint:
    async def remove(
        services: ServicesDep, name: str, edition: str | None, expected: IfMatch, actor: ActorDep
    ) -> TypedResponse[Any]:
        """Delete an entry without references; 409 lists what names it: articles, sections, curated lists, webhooks.

        Without `If-Match` any revision is deleted.
        """

        def run(connection: Connection) -> None:
            delete_entry(
                connection, kind.facet, name, edition=edition, expected=expected, now=clock.now(), actor=actor.name
            )

        await services.database.write(run)
        return private_response(None, status=204)

    return _completed(remove, name=_name(kind), edition=_edition(kind), returns=None)


def _completed(endpoint: Endpoint, *, returns: Any, **parameters: Any) -> Endpoint:
    """Complete the signature of an endpoint with the types of its parameters and of its response."""
    endpoint.__annotations__.update(parameters, **{"return": TypedResponse[returns]})
    return endpoint


def _body(model: Any, example: Mapping[str, Any]) -> Any:
    return Annotated[model, Body(examples=[example])]


def _name(kind: _Kind, example: str | None = None) -> Any:
    return Annotated[
        str,
        code_parameter(
            f"The {'code' if kind.facet is Facet.LABEL else 'slug'} of the {kind.noun}.",
            example or examples.name_of(examples.STORED[kind.record]),
        ),
    ]


def _edition(kind: _Kind) -> Any:
    """Return the parameter `edition`, which only sections have: other entries belong to no edition."""
    return Annotated[str | None, Depends(_section_edition if kind.facet is Facet.SECTION else _no_edition)]


def _created(kind: _Kind) -> dict[str, Any]:
    """Return the example of a new entry."""
    is_listed = kind.facet not in {Facet.TAG, Facet.AUTHOR}  # these are listed once a public article names them
    return examples.shown(examples.NEW[kind.record], f"{kind.noun}s", is_listed=is_listed)


def _stored(kind: _Kind, *, revision: int = 1) -> dict[str, Any]:
    """Return the example of an entry of the sample."""
    return examples.shown(examples.STORED[kind.record], f"{kind.noun}s", revision=revision)


def _add_list_routes(kind: _Kind) -> None:
    noun, path = kind.noun, f"/{kind.noun}s"
    router.add_api_route(
        path,
        _make_create(kind),
        methods=["POST"],
        name=f"create_{noun}",
        summary=f"Create {kind.noun_with_article}",
        **documented({**_created(kind), "warnings": []}, errors=(409, 422), status=201),
    )
    router.add_api_route(
        path,
        _make_list(kind),
        methods=["GET"],
        name=f"list_editorial_{noun}s",
        summary=f"List {noun}s (editorial)",
        **documented(
            {"items": [_stored(kind)], "next": None},
            errors=(400, 404, 422) if kind.facet in _LIST_PARAMS else (400, 422),
        ),
    )


def _add_entry_routes(kind: _Kind) -> None:
    noun, path, patch = kind.noun, f"/{kind.noun}s/{{name}}", examples.PATCHES[kind.record]
    router.add_api_route(
        path,
        _make_get(kind),
        methods=["GET"],
        name=f"get_editorial_{noun}",
        summary=f"Retrieve {kind.noun_with_article} (editorial)",
        **documented(_stored(kind)),
    )
    router.add_api_route(
        path,
        _make_update(kind),
        methods=["PATCH"],
        name=f"edit_{noun}",
        summary=f"Update {kind.noun_with_article}",
        **documented(
            {**_stored(kind, revision=2), **patch, "warnings": []},
            errors=(404, 412, 422) if kind.facet is Facet.EDITION else (404, 409, 412, 422),
        ),
    )
    router.add_api_route(
        path,
        _make_delete(kind),
        methods=["DELETE"],
        name=f"delete_{noun}",
        summary=f"Delete {kind.noun_with_article}",
        **documented(None, errors=(404, 409, 412, 422), status=204),
    )


def _add_merge_route(kind: _Kind) -> None:
    router.add_api_route(
        f"/{kind.noun}s/{{name}}/merge",
        _make_merge(kind),
        methods=["PUT"],
        name=f"merge_{kind.noun}",
        summary=f"Merge {kind.noun_with_article} into another",
        **documented({**_stored(kind, revision=2), **examples.MERGED[kind.record]}, errors=(404, 409, 412, 422)),
    )


for _each in KINDS:
    _add_list_routes(_each)
    _add_entry_routes(_each)
    if _each.facet in MERGEABLE:
        _add_merge_route(_each)
