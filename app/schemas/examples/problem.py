"""Problems for the API document: texts of each status, and those that belong to an operation.

`api/openapi/problem_examples.py` makes one example for each operation and status of them; a test compares them with
the responses of the shipped sample.
"""

from typing import Final, NamedTuple

from app.schemas.examples import editorial, reading


class ProblemText(NamedTuple):
    """The code and the detail of a problem; `path` has values of path parameters that differ from the usual ones."""

    code: str
    detail: str
    path: dict[str, str] = {}  # noqa: RUF012 - never changed


ID: Final = reading.ITEM["id"]
UNKNOWN: Final = {
    "id_or_slug": "night-trams-retire",
    "article_id": "0s9et2dg0bgs0",
    "slug": "unknown",
    "name": "unknown",
    "edition": "unknown",
    "prefix": "aaaaaaaaaa",
    "webhook_id": "0677y7hzc3m00",
    "token": "AZk2",
}
"""Values of path parameters that name nothing."""
NOUNS: Final = {
    "id_or_slug": "article",
    "article_id": "article",
    "edition": "edition",
    "prefix": "key",
    "webhook_id": "webhook",
}
"""Nouns of these parameters; `slug` and `name` are those of the collection in their path."""
EMBARGOED_UNTIL: Final = "2026-11-25T09:00:00.000000+02:00"
MEMBERS: Final = {
    "article-withdrawn": {
        "id": editorial.WITHDRAWN_ID,
        "notice": "The photograph that this report was based on was not taken in Kestrava.",
    },
    "embargoed": {"embargoed_until": EMBARGOED_UNTIL},
}
"""Members of problems beyond those that all have."""
LOST_LOG: Final = "The log ends at 115: the position is of another log; begin at 0."
_RETRY_ADVICE = "a read is safe to repeat, and so is a write with an Idempotency-Key or If-Match."
USUAL: Final = {
    400: ProblemText(
        "cursor-mismatch",
        "The cursor belongs to a list with other filters, or in another order; start again without one.",
    ),
    401: ProblemText("unauthenticated", "Authentication required: send Authorization: Bearer dl_…"),
    410: ProblemText(
        "article-withdrawn",
        "This article has been withdrawn.",
        {"id_or_slug": editorial.WITHDRAWN_ID, "article_id": editorial.WITHDRAWN_ID},
    ),
    412: ProblemText("precondition-failed", "The resource is at revision 2 now; read it again and repeat the change."),
    413: ProblemText("content-too-large", "A body may have at most 8 MiB."),
    415: ProblemText("unsupported-media-type", "Send JSON in UTF-8, with Content-Type: application/json."),
    428: ProblemText(
        "precondition-required", 'If-Match is missing: send the ETag of the revision that you read, such as "3".'
    ),
    429: ProblemText("rate-limited", "The limit of 600 requests in 60 seconds is exceeded; retry in 12 seconds."),
    500: ProblemText("internal-error", f"The response could not be created; {_RETRY_ADVICE}"),
    503: ProblemText("unavailable", f"The database is busy or out of reach; {_RETRY_ADVICE}"),
}
_ARTICLE_CHANGED = "The article is at revision 2 now; read it again and repeat the change."
_ERASED = f"Article {ID} was erased and cannot come back."
_DRAFT = {"article_id": editorial.DRAFT_ID}
_PUBLIC = {"article_id": ID}
_DRAFT_SOURCE = {"source_id": editorial.DRAFT_SOURCE}
_PUBLIC_SOURCE = {"source_id": "harbour:2026-11-14:fog-watch"}
_MERGING = "Articles of earlier merges are being moved; merge more entries when that is done."
_NOT_DELETED = "The article has been public; it can be withdrawn, but not deleted."
_PUBLIC_ALREADY = "The article is public already; a bump changes its public time."
_NOT_UNSCHEDULED = "The article has been public; it can be withdrawn, but not unscheduled."
_NOT_BUMPED = "Only a published article can be bumped."
_NEVER_PUBLIC = "The article has never been public; delete it instead."
_NOT_WITHDRAWN = "The article has not been withdrawn."
_MALFORMED = ProblemText("bad-request", "A request has at most one Host field; this one has several.")
OF_OPERATION: Final = {
    ("delete_source_article", 409): ProblemText("conflict", _NOT_DELETED, _PUBLIC_SOURCE),
    ("publish_source_article", 409): ProblemText(
        "embargoed", f"The article is embargoed until {EMBARGOED_UNTIL}.", _DRAFT_SOURCE
    ),
    ("unschedule_source_article", 409): ProblemText("conflict", _NOT_UNSCHEDULED, _PUBLIC_SOURCE),
    ("bump_source_article", 409): ProblemText("conflict", _NOT_BUMPED, _DRAFT_SOURCE),
    ("withdraw_source_article", 409): ProblemText("conflict", _NEVER_PUBLIC, _DRAFT_SOURCE),
    ("restore_source_article", 409): ProblemText("conflict", _NOT_WITHDRAWN, _DRAFT_SOURCE),
    ("get_day", 404): ProblemText(
        "no-such-day", "The date 2011-12-30 does not exist in Pacific/Apia.", {"day": "2011-12-30"}
    ),
    ("get_preview", 404): ProblemText("not-found", "There is no such preview.", {"token": "AZk2"}),
    ("get_preview", 410): ProblemText("preview-expired", "This preview has expired; an editor can create a new one."),
    ("create_article", 410): ProblemText(
        "article-gone", "The article that this request created was erased since; it is not created again."
    ),
    ("create_article", 409): ProblemText("conflict", f"The article exists already; its id is {ID}."),
    ("edit_article", 409): ProblemText("conflict", _ERASED, _PUBLIC),
    ("push_article", 404): ProblemText("not-found", "There is no edition 'unknown'.", {"edition": "unknown"}),
    ("put_curated_list", 404): ProblemText("not-found", "There is no edition 'unknown'."),
    ("get_preview_link", 404): ProblemText(
        "not-found", "There is no such article.", {"article_id": UNKNOWN["article_id"]}
    ),
    ("push_article", 409): ProblemText("conflict", _ERASED),
    ("push_article", 412): ProblemText("precondition-failed", _ARTICLE_CHANGED),
    ("delete_article", 409): ProblemText("conflict", _NOT_DELETED, _PUBLIC),
    ("publish_article", 409): ProblemText("conflict", _PUBLIC_ALREADY, _PUBLIC),
    ("unschedule_article", 409): ProblemText("conflict", _NOT_UNSCHEDULED, _PUBLIC),
    ("bump_article", 409): ProblemText("conflict", _NOT_BUMPED, _DRAFT),
    ("withdraw_article", 409): ProblemText("conflict", _NEVER_PUBLIC, _DRAFT),
    ("restore_article", 409): ProblemText("conflict", _NOT_WITHDRAWN, _DRAFT),
    ("create_edition", 409): ProblemText("conflict", "The edition 'harbour' exists already."),
    ("create_section", 409): ProblemText("conflict", "The section 'politics' exists already."),
    ("create_tag", 409): ProblemText("conflict", "The tag 'trams' exists already."),
    ("create_author", 409): ProblemText("conflict", "The author 'ines-kovary' exists already."),
    ("create_label", 409): ProblemText("conflict", "The label 'opinion' exists already."),
    ("edit_section", 409): ProblemText("conflict", "The section 'culture' exists already."),
    ("edit_tag", 409): ProblemText("conflict", "The tag 'aurelle-dawn' exists already."),
    ("edit_author", 409): ProblemText("conflict", "The author 'marta-velik' exists already."),
    ("edit_label", 409): ProblemText("conflict", "The label 'exclusive' exists already."),
    ("merge_tag", 409): ProblemText("conflict", _MERGING),
    ("merge_author", 409): ProblemText("conflict", _MERGING),
    ("delete_edition", 409): ProblemText(
        "conflict", "The edition 'harbour' cannot be deleted: it is the default edition."
    ),
    ("delete_section", 409): ProblemText(
        "conflict", f"The section 'politics' cannot be deleted: it is named by the article {ID}."
    ),
    ("delete_tag", 409): ProblemText(
        "conflict", f"The tag 'trams' cannot be deleted: it is named by the article {ID}."
    ),
    ("delete_author", 409): ProblemText(
        "conflict", f"The author 'ines-kovary' cannot be deleted: it is named by the article {ID}."
    ),
    ("delete_label", 409): ProblemText(
        "conflict", f"The label 'opinion' cannot be deleted: it is named by the article {ID}."
    ),
    ("rotate_api_key", 409): ProblemText("conflict", "The key 'k7q2m5xw3f' was revoked; create another."),
    ("ping_webhook", 409): ProblemText(
        "conflict", "Webhooks are disabled here (DAYLINE_WEBHOOKS=false): messages are queued, not sent."
    ),
    ("stream_changes", 503): ProblemText("too-many-streams", "5000 streams are open already."),
    ("get_liveness", 400): _MALFORMED,
    ("get_readiness", 400): _MALFORMED,
    ("get_readiness", 503): ProblemText("not-ready", "The database cannot be reached."),
    ("export_articles", 503): ProblemText("busy", "4 exports are in progress in this process already."),
}
"""Problems that belong to an operation."""
