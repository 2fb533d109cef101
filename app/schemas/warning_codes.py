"""Codes of the warnings of a write, and what each means."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.html.losses import LossCode


class WarningCode(StrEnum):
    """The codes of warnings, in addition to those of lost HTML."""

    TRUNCATED = "warnings-truncated"
    DEFAULT_UNCHANGED = "default-unchanged"
    MEMBER_EMPTIED = "member-emptied"
    MEMBER_IGNORED = "member-ignored"
    SCHEDULE_PASSED = "schedule-passed"
    SCHEDULED = "scheduled"
    SECTIONS_REPLACED = "sections-replaced"
    IMAGE_UNCHANGED = "image-members-unchanged"
    DUPLICATE = "duplicate-dropped"
    WITHDRAWAL_IGNORED = "withdrawal-ignored"
    FIRST_TIME_IGNORED = "first-time-ignored"
    EMBARGO_REMOVED = "embargo-removed"
    EXPIRY_PASSED = "expiry-passed"
    ALIAS_TAKEN = "alias-taken"
    OLDER_VERSION = "older-version"
    RENAMED = "renamed-reference"
    TRANSLATION_PENDING = "translation-pending"
    TRANSLATION_CONFLICT = "translation-conflict"
    RELATED_PENDING = "related-pending"
    MERGED_MEMBERS_DROPPED = "merged-members-dropped"
    STRING_UNKNOWN = "string-unknown"


LOSS_CODES: Final = frozenset(
    map(
        str,
        (
            *LossCode,
            WarningCode.MEMBER_IGNORED,
            WarningCode.DUPLICATE,
            WarningCode.WITHDRAWAL_IGNORED,
            WarningCode.FIRST_TIME_IGNORED,
        ),
    )
)
"""Codes that make a strict write invalid: a part of the input would be dropped or changed."""
MEANINGS: Final[Mapping[str, str]] = {
    LossCode.ELEMENT: "an element is not allowed; its text is stored",
    LossCode.CONTENT: "an element was dropped with its content (`script`, `style`, `iframe`, `svg`, …), or a tag that "
    "does not end",
    LossCode.ATTRIBUTE: "an attribute of an allowed element, or tokens of its `rel`, were dropped",
    LossCode.LINK: "the address of a link was dropped: its scheme is not allowed, or it is no URL; the text is stored",
    LossCode.COMMENT: "a comment, declaration or processing instruction was dropped",
    LossCode.TEXT: "the text changed: tags were misplaced",
    LossCode.STRUCTURE: "blocks of `body_html` were joined, split, moved or became text; the text is stored",
    LossCode.HIDDEN: "text of `body_html` that browsers do not show was dropped",
    LossCode.SHORTCODE: "a shortcode in `body_html` was dropped: it names media by ids of another site",
    LossCode.URL: "an address in `body_html` is not an absolute URL: it is relative without `body_base_url`, has "
    "another scheme, or is damaged",
    LossCode.REPAIRED: "C1 control characters of a text, or references to them in HTML, became the characters of "
    "Windows-1252",
    WarningCode.MEMBER_IGNORED: "`fallback_html` or `fallback_text` of a block differs from the derived one, which is "
    "stored",
    WarningCode.DUPLICATE: "a list has a value more than once; its first position is stored",
    WarningCode.WITHDRAWAL_IGNORED: "a `withdrawal` without the status `withdrawn` is not stored",
    WarningCode.FIRST_TIME_IGNORED: "a `first_published_at` of an article that is not public yet, or another than the "
    "one that is set, is not stored",
    WarningCode.SCHEDULED: "an article given as `published` is scheduled, because its date is up to 60 seconds ahead",
    WarningCode.EMBARGO_REMOVED: "an upsert without `embargoed_until` removed an embargo that had not ended",
    WarningCode.EXPIRY_PASSED: "the `expires_at` of a draft has passed: it cannot be published until it is later or "
    "null",
    WarningCode.OLDER_VERSION: "the push is older than the stored article, which was not changed",
    WarningCode.SECTIONS_REPLACED: "a patch of `section` alone removed the further sections of the article",
    WarningCode.IMAGE_UNCHANGED: "a patch gave an image another `url`; its other members are those of the previous one",
    WarningCode.TRANSLATION_PENDING: "a translation does not exist yet; it is linked when it does",
    WarningCode.TRANSLATION_CONFLICT: "another article names this one as its translation, but has one of this edition "
    "and language; they are not linked",
    WarningCode.RELATED_PENDING: "`related` names an id or `source_id` that no article of the edition has; it is "
    "linked when one does",
    WarningCode.RENAMED: "a section, tag, author or label was named by a former name; the present one is stored",
    WarningCode.MERGED_MEMBERS_DROPPED: "members of a tag or an author that was merged into another, and names beyond "
    "the 100 aliases of a tag, were dropped",
    WarningCode.STRING_UNKNOWN: "an interface string resembles a shipped one, or is a plural form that its language "
    "does not have; it is stored",
    WarningCode.TRUNCATED: "there are more than 100 warnings; `detail` has the number of the others",
}
"""Meanings of the codes that responses of the editorial API have; the other codes are those of imports."""


def describe_codes() -> str:
    """Return the meanings of all codes for the document, as a list in Markdown."""
    lines = (f"- `{code}`{' (refused)' if code in LOSS_CODES else ''}: {text}" for code, text in MEANINGS.items())
    return "\n".join(["A stable code; more may be added. `strict` refuses those marked so.", "", *lines])
