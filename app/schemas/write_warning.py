"""Warnings of a write about input that was accepted and changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article_status import ArticleStatus
from app.domain.body import Block, QuoteInput, dump_body, inline_texts
from app.domain.body.html_rendering import render_html
from app.domain.body.later_block import FALLBACKS
from app.domain.body.text_rendering import render_text
from app.domain.control_characters import TextRepair
from app.domain.html.conversion.conversion import Conversion
from app.domain.html.losses import LossCode, find_losses
from app.errors import FieldError, InvalidInputError
from app.schemas.body_html import BODY_HTML
from app.schemas.errors import MAX_ERRORS
from app.schemas.interchange import ArticleInput, ArticleRecord
from app.schemas.types import OpenEnum, line
from app.schemas.warning_codes import LOSS_CODES, MEANINGS, WarningCode, describe_codes

MAX_WARNINGS: Final = 100


class WriteWarning(TypedDict):
    """A part of a request that was accepted and changed."""

    where: Annotated[str, line("The path of the member in the request.", "body.2.html")]
    code: Annotated[
        str,
        OpenEnum(*map(str, MEANINGS)),
        Field(description=describe_codes(), examples=[str(LossCode.ELEMENT)]),
    ]
    detail: Annotated[
        str, line("What was lost, in one sentence.", "<table> was dropped; its text stays.", max_length=10_000)
    ]


Warnings = Annotated[
    list[WriteWarning],
    Field(description="Parts of the request that were accepted and changed.", max_length=MAX_WARNINGS + 1),
]


def find_warnings(given: Any, article: ArticleInput, repairs: Iterable[TextRepair] = ()) -> list[WriteWarning]:
    """Return the warnings of an article (as JSON values: `given`) whose texts were repaired and its HTML sanitised.

    They are at most MAX_WARNINGS; a last one counts the others.
    """
    if not isinstance(given, dict):
        return []
    conversion = article.conversion
    warnings = [*repair_warnings(repairs), *repeat_warnings(given, vars(article)), *conversion_warnings(conversion)]
    blocks = given.get("body") if conversion is None else conversion.blocks
    warnings += find_body_warnings("body", blocks, article.body)
    if isinstance(article, ArticleRecord):
        revisions = given.get("revisions") or []
        for number, revision in enumerate(article.revisions):
            if revision.content is not None:
                body = revisions[number]["content"].get("body")
                warnings += find_body_warnings(f"revisions.{number}.content.body", body, revision.content.body)
    return truncate(warnings)


def repair_warnings(repairs: Iterable[TextRepair]) -> list[WriteWarning]:
    """Return the warnings of texts whose characters were repaired."""
    return [WriteWarning(where=each.path, code=str(LossCode.REPAIRED), detail=str(each)) for each in repairs]


def repeat_warnings(given: Mapping[str, Any], stored: Mapping[str, Any]) -> list[WriteWarning]:
    """Return the warnings of lists that are stored without their repeated values; `body` is none of them."""
    warnings = []
    for name, values in given.items():
        known = stored.get(name)
        if isinstance(values, list) and isinstance(known, list) and name != "body" and len(known) < len(values):
            detail = f"Repeated values were dropped ({len(values) - len(known)}): each has its first position."
            warnings.append(WriteWarning(where=name, code=str(WarningCode.DUPLICATE), detail=detail))
    return warnings


def renamed_reference(where: str, noun: str, former: str, present: str) -> WriteWarning:
    """Return the warning of a reference to an entry by its former name."""
    detail = f"The {noun} '{former}' is '{present}' now."
    return WriteWarning(where=where, code=str(WarningCode.RENAMED), detail=detail)


def conversion_warnings(conversion: Conversion | None) -> list[WriteWarning]:
    """Return the warnings of HTML that became blocks."""
    losses = conversion.losses if conversion is not None else []
    return [WriteWarning(where=BODY_HTML, code=str(loss.code), detail=loss.detail) for loss in losses]


def refuse_losses(warnings: Iterable[WriteWarning]) -> None:
    """Raise InvalidInputError if one of the warnings names a loss or a change; its errors are the first of them."""
    losses = [each for each in warnings if each["code"] in LOSS_CODES]
    if losses:
        first = losses[:MAX_ERRORS]
        raise InvalidInputError(*(FieldError(each["where"], each["detail"], each["code"]) for each in first))


def find_date_warnings(article: ArticleRecord, now: int) -> list[WriteWarning]:
    """Return the warning of an import about a schedule that the editorial API refuses."""
    warnings: list[WriteWarning] = []
    if article.status is ArticleStatus.SCHEDULED and article.published_at is not None and article.published_at <= now:
        detail = "A schedule whose time has passed was published."
        warnings.append(WriteWarning(where="published_at", code=str(WarningCode.SCHEDULE_PASSED), detail=detail))
    return warnings


def truncate(warnings: list[WriteWarning]) -> list[WriteWarning]:
    """Return at most MAX_WARNINGS of these; a last one counts the others."""
    rest = len(warnings) - MAX_WARNINGS
    if rest <= 0:
        return warnings
    last = WriteWarning(
        where="record", code=str(WarningCode.TRUNCATED), detail=f"{rest} further warnings are not listed."
    )
    return [*warnings[:MAX_WARNINGS], last]


_PROSE_MEMBERS: Final = 2
"""Number of members of most blocks: the type, and the text or its HTML."""


def find_body_warnings(place: str, given: Any, blocks: Iterable[Block]) -> Iterator[WriteWarning]:
    """Return the warnings of blocks whose HTML was sanitised."""
    for number, (raw, block) in enumerate(zip(given or [], blocks, strict=False)):
        if len(raw) == _PROSE_MEMBERS and (
            "text" in raw or ("html" in raw and raw["html"] == getattr(block, "html", None))
        ):
            continue  # nothing can be lost
        where = f"{place}.{number}"
        for name, before, after in _html_members(raw, block):
            for loss in find_losses(before, after):
                yield WriteWarning(where=f"{where}.{name}", code=str(loss.code), detail=loss.detail)
        yield from _fallback_warnings(where, raw, block)


def _html_members(raw: Any, block: Block) -> Iterator[tuple[str, str, str]]:
    """Return the HTML members of a block: paths, values as given and values as stored."""
    for text in inline_texts(block):
        path, given = text.path, _member(raw, text.path)
        if isinstance(given, dict):  # an item of a list whose nested list is empty
            path, given = (*path, "html"), given.get("html")
        if isinstance(given, str):
            yield ".".join(map(str, path)), given, text.html


def _member(raw: Any, path: Iterable[str | int]) -> Any:
    """Return the value at this path, None where the input has none, such as a paragraph that was given as `text`."""
    for step in path:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _fallback_warnings(where: str, raw: Any, block: Block) -> Iterator[WriteWarning]:
    """Report fallbacks of the input that differ from the derived ones, which take their place."""
    if any(name in raw for name in FALLBACKS):
        stored = dump_body([block])
        derived = {"fallback_html": render_html(stored), "fallback_text": render_text(stored)}
        for name in FALLBACKS:
            if raw.get(name, derived[name]) != derived[name]:
                detail = "The value was ignored: it is derived from the other members of the block."
                yield WriteWarning(where=f"{where}.{name}", code=str(WarningCode.MEMBER_IGNORED), detail=detail)
    if isinstance(block, QuoteInput):
        for number, (inner, quoted) in enumerate(zip(raw.get("blocks") or [], block.blocks, strict=False)):
            yield from _fallback_warnings(f"{where}.blocks.{number}", inner, quoted)
