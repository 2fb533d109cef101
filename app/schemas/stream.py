"""Query parameters and events of the stream."""

from typing import Annotated, ClassVar, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.schemas.change import ChangedIds, ChangeListParams, SpanningTimeZone
from app.schemas.param_types import EMPTY, MAX_TOKEN, Formats, HeadingLanguage, SpanningEdition, StrictInt, described
from app.schemas.params import ArticleFilterParams
from app.schemas.query_strings import SETS
from app.schemas.types import MAX_SEQ, MAX_SEQ_DIGITS, InstantText, OpenEnum, count, line

TOKEN = "AQAAAAAAAAAB…"  # noqa: S105 - the beginning of one

_OF_A_CHANGE = {"contentMediaType": "application/json", "contentSchema": {"$ref": "#/components/schemas/ChangeItem"}}


class StreamParams(ArticleFilterParams):
    """Query parameters of the stream. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    members: ClassVar[frozenset[str]] = ChangeListParams.members

    edition: SpanningEdition = None
    format: Formats = EMPTY
    id: ChangedIds = EMPTY
    since: Annotated[
        int | None,
        Field(
            ge=0,
            description="The last change that the client has, or 0 for everything; from now on where absent.",
            examples=[0],
            json_schema_extra={"maximum": MAX_SEQ},
        ),
        StrictInt,
    ] = None
    tz: SpanningTimeZone = None
    heading_language: HeadingLanguage = None
    token: Annotated[
        str | None,
        described(
            "A stream token in place of `Authorization`, which `EventSource` cannot send; 401 if it is not valid. "
            "Logs of this server show `token=...`.",
            TOKEN,
            max_length=MAX_TOKEN,
        ),
    ] = None

    def changes(self) -> ChangeListParams:
        """Return the same parameters for the change feed, in one canonical form."""
        given = self.model_dump(by_alias=True, exclude_unset=True, exclude={"since", "token"})
        sorted_sets = {name: sorted(set(given[name])) for name in (*SETS, "id") if name in given}
        return ChangeListParams.model_validate(given | sorted_sets)


class StreamToken(TypedDict):
    """A token that opens the stream with the rights of an API key."""

    token: Annotated[
        str, line("The token: send it as `token` in the query of `/v1/stream`.", TOKEN, max_length=MAX_TOKEN)
    ]
    expires_at: Annotated[
        InstantText,
        Field(description="Until when it opens streams, in UTC.", examples=["2026-11-20T12:10:00.000000+00:00"]),
    ]


class StreamedChange(TypedDict):
    """One event of the stream, by the names of its fields.

    A change has all three. A heartbeat, every 15 seconds, has a comment and an `id` alone: clients store the id, and
    `EventSource` does so without dispatching an event. The first event of a stream has an `id` and a `retry`.
    """

    id: Annotated[
        str,
        line(
            "The position up to which the log was read, of a change its `seq`: to resume, send the last one as "
            "`Last-Event-ID`.",
            "184214",
            max_length=MAX_SEQ_DIGITS,
            pattern="^[0-9]+$",
        ),
    ]
    retry: NotRequired[
        Annotated[int, count("Milliseconds after which to reconnect; in the first event alone.", 1_840, ge=1_000)]
    ]
    event: NotRequired[
        Annotated[
            str,
            OpenEnum(*ChangeType, ARTICLE_REMOVED),
            Field(description="The change's `type`; absent from heartbeats.", examples=["article.removed"]),
        ]
    ]
    data: NotRequired[
        Annotated[
            str,
            Field(
                description="The change as in `/v1/changes`, as JSON in one line; absent from heartbeats.",
                examples=[
                    (
                        '{"seq":184214,"type":"article.removed","at":"2026-11-20T19:44:02.000000+02:00",'
                        '"article":{"id":"0s9et2dg0bgsr","href":"/v1/articles/0s9et2dg0bgsr"}}'
                    )
                ],
                json_schema_extra=_OF_A_CHANGE,
            ),
        ]
    ]
