"""Descriptions of the problems of operations in the document: by status, or of one operation where it differs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

PROBLEMS: Final = {
    400: "The cursor is damaged, or belongs to a list with other filters or in another order.",
    401: "Authentication required: no API key, or one that is not valid.",
    403: "Insufficient scope: the API key has none of the scopes of the operation, or is bound to other editions.",
    404: "Not found.",
    409: "Conflict with the current state.",
    410: "Article withdrawn or erased.",
    412: "Precondition failed: `If-Match` names a revision that is not the current one. A repeated request "
    "whose first response was lost is 412, too: read the resource.",
    413: "The request body is larger than 8,388,608 bytes (8 MiB).",
    415: "The request body is not JSON in UTF-8, or is encoded (`Content-Encoding`).",
    422: "Invalid request parameters or body; `errors` locates each.",
    428: "`If-Match` is required.",
    429: "Too many requests of the API key or, without a valid one, of the client address; a setting limits them.",
    500: "The server failed to process a valid request: retry a read, and a write as after 503.",
    503: "The database is busy or out of reach (a read takes longer than 4 seconds, a lock is not available), or the "
    "process has as many connections as it can serve.",
}
_LOST_WRITE: Final = " The write may have taken effect, as after a lost response: "
_REPEAT_WITH_KEY: Final = "repeated with its `Idempotency-Key`, it takes effect once."
_REPEAT_WITH_MATCH: Final = (
    "repeat it; with the same `If-Match` it is 412 if it did, so read the current state before another attempt."
)
_REPEAT: Final = "repeat it."
_WITHOUT_EFFECT: Final = {"create_stream_token": " Repeat the request: each one makes another token, and stores none."}
"""Operations with the method of a write that change nothing, with the advice to repeat them."""
_CHECK_FIRST: Final = "a repeat would be a second write, so check first whether it did."
_ARTICLE_410: Final = (
    "Withdrawn: the id, and every slug of the article that no published article has taken; `notice` is the public "
    "explanation, if any. An article that was erased, as the law may require, is 410 under its id alone, with a null "
    "`notice`; nothing else of it is stored."
)
_EMBARGOED: Final = "`/problems/embargoed`: it would be public before `embargoed_until`."
_OF_OPERATION: Final = {
    **{(each, 410): _ARTICLE_410 for each in ("get_article", "list_related", "get_history", "get_json_ld")},
    ("get_ninjs", 410): "Withdrawn or erased, as a ninjs object with `pubStatus` `canceled`.",
    **{(each, 400): "The server refuses a malformed request." for each in ("get_liveness", "get_readiness")},
    ("get_day", 404): "No such edition, or the time zone skipped this date.",
    ("get_atom_archive", 404): "No such edition, or the day is not over, or the time zone skipped it.",
    ("get_preview", 404): "The token is damaged, or its article was deleted.",
    ("get_preview", 410): "The preview has expired, or its article was withdrawn or erased.",
    ("create_article", 409): "`/problems/conflict`: the `source_id` or `id` exists; `detail` has the id. "
    "`/problems/request-in-progress`: a request with this `Idempotency-Key` is in progress; repeat it after "
    f"`Retry-After` seconds. {_EMBARGOED}",
    (
        "create_article",
        410,
    ): "The article that this `Idempotency-Key` created was erased since; it is not created again.",
    ("edit_article", 409): f"The article was erased. {_EMBARGOED}",
    ("push_article", 404): "No such edition.",
    ("put_curated_list", 404): "No such edition.",
    ("push_article", 409): f"The article was erased. {_EMBARGOED}",
    ("push_article", 412): "`If-Match` names another revision or an article that does not exist, or "
    "`If-None-Match: *` an article that exists.",
    ("delete_article", 409): "The article is or was public.",
    (
        "publish_article",
        409,
    ): "The article is public under another time, withdrawn or erased, or its `expires_at` is not after the new one. "
    f"{_EMBARGOED}",
    ("unschedule_article", 409): "The article is or was public.",
    ("bump_article", 409): "The article is not published.",
    ("withdraw_article", 409): "The article is a draft that was never scheduled or public.",
    ("restore_article", 409): "The article is not withdrawn, was withdrawn before it was public, or has expired.",
    **{
        (f"delete_{kind}", 409): f"An article or a webhook endpoint names the {kind}."
        for kind in ("section", "tag", "author", "label")
    },
    **{
        (f"edit_{kind}", 409): f"Another {kind} has the name, or filters use it as a former name of one."
        for kind in ("section", "tag", "author", "label")
    },
    **{
        (f"merge_{kind}", 409): f"A background job is still moving the articles of 20 {kind}s that were merged into "
        "these before: retry after some seconds. Or both together have more than 1,000 former slugs. `detail` states "
        "which."
        for kind in ("tag", "author")
    },
    ("delete_edition", 409): "It is the default edition, or has articles, sections or webhook endpoints.",
    ("rotate_api_key", 409): "The key was revoked or has expired.",
    ("ping_webhook", 409): "Webhooks are disabled by a setting.",
    ("stream_changes", 401): "The stream token is not valid; or neither it nor a valid API key was sent, where a "
    "setting requires a key for reading.",
    ("stream_changes", 503): "The process serves 5,000 streams, shuts down, or cannot read the database.",
    ("export_articles", 503): "The process serves four exports (those with `id` do not count), or cannot read the "
    "database.",
    ("get_readiness", 503): "The database cannot be used: it is out of reach, lost, or has another schema.",
}

_OF_KEYED_READING: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_AS_BY_ID: Final = {
    "get_source_article": "get_editorial_article",
    "delete_source_article": "delete_article",
    "publish_source_article": "publish_article",
    "unschedule_source_article": "unschedule_article",
    "bump_source_article": "bump_article",
    "withdraw_source_article": "withdraw_article",
    "restore_source_article": "restore_article",
}
"""Operations by `source_id`, with those by id that have the same problems."""


def describe_problem(operation_id: str, status: int) -> str:
    """Return when an operation has this status."""
    return _OF_OPERATION.get((_AS_BY_ID.get(operation_id, operation_id), status), PROBLEMS[status])


def describe_problems(document: dict[str, Any]) -> None:
    """Replace the descriptions of statuses by those of the operation, where it has its own."""
    for item in document["paths"].values():
        for method, spec in item.items():
            for status, response in spec["responses"].items():
                if int(status) in PROBLEMS:
                    response["description"] = describe_problem(spec["operationId"], int(status))
                is_optional = {} in spec.get("security", []) and (spec["operationId"], int(status)) not in _OF_OPERATION
                if int(status) in _OF_KEYED_READING and is_optional:
                    response["description"] = f"Where a setting requires a key for reading. {response['description']}"
                if int(status) == HTTPStatus.SERVICE_UNAVAILABLE and method != "get":
                    advice = _WITHOUT_EFFECT.get(spec["operationId"]) or _LOST_WRITE + _repetition(method, spec)
                    response["description"] += advice


def _repetition(method: str, spec: Mapping[str, Any]) -> str:
    """Return how to repeat a write whose effect is unknown."""
    fields = {each["name"] for each in spec.get("parameters", []) if each["in"] == "header"}
    if "Idempotency-Key" in fields:
        return _REPEAT_WITH_KEY
    if method == "post":
        return _CHECK_FIRST
    return _REPEAT_WITH_MATCH if "If-Match" in fields else _REPEAT
