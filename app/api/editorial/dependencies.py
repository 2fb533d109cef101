"""Dependencies of the editorial endpoints: the actor, the preconditions, and the write of an article."""

import re
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Header, Query, Request
from pydantic import AfterValidator, Field, TypeAdapter

from app.api.auth.editions import RequireEdition
from app.api.auth.scopes import get_principal
from app.api.http.private_responses import private_response
from app.api.http.request_body import run_check
from app.api.http.responses import TypedResponse
from app.api.http.route import Guard
from app.db.database import Connection
from app.domain.actor import Actor, actor_name
from app.domain.api_key import ApiKeyScope
from app.domain.control_characters import TextRepair
from app.domain.one_line import visible_line
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError, PersonForbiddenError, PreconditionRequiredError
from app.queries.editorial.editorial_articles import get_editorial_article, list_pending_related, parse_article_id
from app.schemas.article_requests import ArticleWriteParams
from app.schemas.editorial import SavedArticle
from app.schemas.interchange import ArticleCreate
from app.schemas.state_warnings import find_pending_related, find_pending_translations
from app.schemas.write_warning import WriteWarning, find_warnings, refuse_losses
from app.services import Services

WRITE_SCOPES = (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH)
PUBLISH_SCOPES = (ApiKeyScope.ARTICLES_PUBLISH,)
EDITION_GUARDS = (RequireEdition(),)
ARTICLE_ERRORS = (404, 409, 412, 422)

ArticleLocator = Callable[[Connection], int]
"""Function that returns the article id of a request, in the transaction of its write; NotFoundError."""

ANY_REVISION = range(1, 2**31)
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')
_UNQUOTED = re.compile(r"[0-9]+")
_MAX_IF_MATCH = 1_000

_IF_MATCH = Header(
    alias="If-Match",
    description=(
        "The `ETag` of the revision that the change was made from, with its quotation marks; `*` for any revision. Of "
        "several, one has to be current, else it is 412. Where the resource does not exist, a PUT that could create it "
        "is 412 with any value, also `*`, and other requests are 404. A number without quotation marks is 422."
    ),
    examples=['"1"'],
    json_schema_extra={"maxLength": _MAX_IF_MATCH},
)


PERSON_FIELD = "Dayline-Actor"
MAX_PERSON_CHARACTERS = 200
PersonField = Annotated[
    str | None,
    Header(
        alias=PERSON_FIELD,
        description=(
            "The person for whom the key acts, such as the editor who uses an application of the newsroom: one line of "
            "at most 200 characters (UTF-8, or percent-encoded), stored with the change. 403 unless the key was "
            "created with `trusted`."
        ),
        examples=["Ines Kovary"],
        json_schema_extra={"maxLength": 12 * MAX_PERSON_CHARACTERS},  # four bytes, percent-encoded
    ),
]
_PERSON: TypeAdapter[str] = TypeAdapter(
    Annotated[str, Field(max_length=MAX_PERSON_CHARACTERS), AfterValidator(visible_line)]
)


class ParseIfMatch(Guard):
    """Dependency that parses `If-Match` (RFC 9110, section 13.1.1) into the revisions that it names."""

    async def check(self, request: Request) -> Collection[int] | None:
        """Return the revisions, None without the header."""
        return _parse_if_match(request)

    async def __call__(
        self,
        request: Request,
        if_match: Annotated[str | None, _IF_MATCH] = None,  # noqa: ARG002 - for the document; it may be sent in lines
    ) -> Collection[int] | None:
        """Return the same to FastAPI."""
        return await self.check(request)


class RequireIfMatch(Guard):
    """Dependency that requires `If-Match`."""

    async def check(self, request: Request) -> Collection[int]:
        """Return the revisions; PreconditionRequiredError without the header."""
        expected = _parse_if_match(request)
        if expected is None:
            raise PreconditionRequiredError(
                'If-Match is missing: send the ETag of the revision that you read, such as "3".'
            )
        return expected

    async def __call__(  # type: ignore[override]  # FastAPI passes both
        self,
        request: Request,
        if_match: Annotated[str, _IF_MATCH],  # noqa: ARG002 - for the document; it may be sent in lines
    ) -> Collection[int]:
        """Return the same to FastAPI."""
        return await self.check(request)


def _parse_if_match(request: Request) -> Collection[int] | None:
    """Return the revisions in `If-Match`: `*` stands for every revision; weak and unknown tags match none.

    InvalidInputError for a number without quotation marks, which is no entity tag (RFC 9110, section 8.8.3).
    """
    if "if-match" not in request.headers:
        return None
    given = ",".join(request.headers.getlist("if-match"))
    if len(given) > _MAX_IF_MATCH:
        raise InvalidInputError(FieldError("If-Match", f"Must be at most {_MAX_IF_MATCH:,} characters."))
    if given.strip() == "*":
        return ANY_REVISION
    tags = [tag.strip() for tag in given.split(",")]
    for tag in filter(_UNQUOTED.fullmatch, tags):
        message = f'An entity tag has quotation marks: send "{tag[:20]}" with them, as in the ETag of the response.'
        raise InvalidInputError(FieldError("If-Match", message))
    return frozenset(int(found[1]) for found in map(_TAG.fullmatch, tags) if found is not None)


async def get_actor(request: Request, dayline_actor: PersonField = None) -> Actor:
    """Return the actor of a change: the API key of the request with its permissions, and the person it acts for.

    PersonForbiddenError where the key may name none, InvalidInputError.
    """
    principal = get_principal(request)
    person = None if dayline_actor is None else _parse_person(dayline_actor)
    if person is not None and not principal.is_trusted:
        raise PersonForbiddenError
    return Actor(
        name=actor_name(principal.prefix, person),
        editions=principal.editions,
        can_write=principal.may(ApiKeyScope.ARTICLES_WRITE),
        can_publish=principal.may(ApiKeyScope.ARTICLES_PUBLISH),
    )


def _parse_person(value: str) -> str:
    """Return the name in the field: UTF-8, as it is or percent-encoded; InvalidInputError."""
    try:
        return _PERSON.validate_python(unquote(value.encode("latin-1").decode(), errors="strict"))
    except ValueError:  # not UTF-8, too long, or without visible characters
        message = f"Must be one line of 1 to {MAX_PERSON_CHARACTERS} characters, in UTF-8 or percent-encoded."
        raise InvalidInputError(FieldError(PERSON_FIELD, message)) from None


async def get_json_object(request: Request) -> dict[str, Any]:
    """Return the body as it was sent, before its model changed anything."""
    body: dict[str, Any] = request.state.json
    return body


IfMatch = Annotated[Collection[int] | None, Depends(ParseIfMatch())]
IfMatchRequired = Annotated[Collection[int], Depends(RequireIfMatch())]
ActorDep = Annotated[Actor, Depends(get_actor)]
JsonObject = Annotated[dict[str, Any], Depends(get_json_object)]
WriteParams = Annotated[ArticleWriteParams, Query()]


async def find_text_warnings(
    request: Request, sent: dict[str, Any], article: ArticleCreate, repairs: list[TextRepair], *, is_strict: bool
) -> list[WriteWarning]:
    """Return the warnings of the members of an article: repaired texts, sanitised HTML, repeated values.

    InvalidInputError for a strict write with a loss.
    """
    warnings = await run_check(request, lambda: find_warnings(sent, article, repairs))
    if is_strict:
        refuse_losses(warnings)
    return warnings


def by_id(key: str) -> ArticleLocator:
    """Return the locator of an article by its id; NotFoundError at once if the text is no id."""
    article_id = parse_article_id(key)
    return lambda _: article_id


async def apply_article_change(
    services: Services, locate: ArticleLocator, change: Callable[[Connection, int], list[WriteWarning]]
) -> TypedResponse[SavedArticle]:
    """Make the change and return the article after it with the warnings of the change, in one transaction."""

    def run(connection: Connection) -> TypedResponse[SavedArticle]:
        article_id = locate(connection)
        warnings = change(connection, article_id)
        return article_response(connection, format_id(article_id), warnings=warnings)

    response = await services.database.write(run)
    await services.scheduler.refresh()
    return response


def article_response(
    connection: Connection,
    key: str,
    *,
    warnings: list[WriteWarning],
    status: int = HTTPStatus.OK,
) -> TypedResponse[SavedArticle]:
    """Return the article after a write, with its revision as ETag; a new one's address in `Location`.

    References to translations and related articles that do not exist yet are warnings of every write.
    """
    article, revision = get_editorial_article(connection, key)
    pending = list_pending_related(connection, article["id"]) if article["related"] else []
    warnings = [
        *warnings,
        *find_pending_translations(article),
        *find_pending_related(pending, article["edition"]),
    ]
    headers = {"location": article["href"]} if status == HTTPStatus.CREATED else {}
    saved: SavedArticle = {**article, "warnings": warnings}
    return private_response(saved, status=status, revision=revision, headers=headers)
