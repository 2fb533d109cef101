"""Versions of articles in the systems that they come from: an older push or record changes nothing."""

from collections.abc import Iterable
from typing import Any, Final

from app.actions.articles.article_write import ArticleWrite
from app.actions.articles.write_options import WriteResult
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

_DECISIVE: Final = ("source_version", "source_updated_at")
"""The first of these that both the record and the stored article have decides."""


def skip_older(writes: Iterable[ArticleWrite], stored: WriteResult) -> list[ArticleWrite]:
    """Return the writes that are not older than the stored article; the others get a warning."""
    newer: list[ArticleWrite] = []
    for write in writes:
        if (warning := _find_older(write)) is None:
            newer.append(write)
        else:
            stored.warnings[write.index] = [warning]
    return newer


def newer_versions(unchanged: Iterable[ArticleWrite]) -> list[dict[str, Any]]:
    """Return the new versions of articles without another change, as rows of an update.

    They make no revision: the article is the same, and only later pushes are compared with them.
    """
    rows = []
    for write in unchanged:
        given = {name: getattr(write.record, name) for name in _DECISIVE}
        if write.current is not None and given != {name: getattr(write.current, name) for name in _DECISIVE}:
            rows.append({"id": write.article_id, **given})
    return rows


def _find_older(write: ArticleWrite) -> WriteWarning | None:
    for name in _DECISIVE:
        given, stored = getattr(write.record, name), getattr(write.current, name, None)
        if given is not None and stored is not None:
            if given >= stored:
                return None
            detail = "The stored article is newer in the system that it comes from, so nothing was changed."
            return WriteWarning(where=name, code=str(WarningCode.OLDER_VERSION), detail=detail)
    return None
