"""Warnings of a write whose outcome differs from what the request may expect: sections, images, references, strings."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.interface_strings import find_likely_mistake
from app.schemas.editorial import EditorialArticle, EditorialTranslation
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

SECTIONS_REPLACED = "A `section` alone replaces all sections; these are removed: {}. Use `sections` to name several."


def find_section_warnings(patch: Mapping[str, Any], before: Mapping[str, Any]) -> list[WriteWarning]:
    """Return the warning of a merge patch whose `section` alone removes further sections of the article."""
    section, further = patch.get("section"), before["sections"][1:]
    if "section" not in patch or "sections" in patch or section == before["section"]:
        return []
    removed = [name for name in further if name != section]
    if not removed:
        return []
    detail = SECTIONS_REPLACED.format(", ".join(removed))
    return [{"where": "section", "code": str(WarningCode.SECTIONS_REPLACED), "detail": detail}]


def find_pending_translations(saved: EditorialArticle) -> list[WriteWarning]:
    """Return the warnings of an article that names translations which do not exist yet."""
    return [
        {
            "where": f"translations.{position}",
            "code": str(WarningCode.TRANSLATION_PENDING),
            "detail": f"There is no article {_name(each)} yet; it will be linked when it arrives.",
        }
        for position, each in enumerate(saved["translations"])
        if each["status"] is None
    ]


def find_pending_related(references: Iterable[tuple[int, str]], edition: str) -> list[WriteWarning]:
    """Return the warnings of `related` references, as positions and texts, that no article of the edition has."""
    return [
        {
            "where": f"related.{position}",
            "code": str(WarningCode.RELATED_PENDING),
            "detail": (
                f"There is no article '{reference[:80]}' in the edition '{edition}'; `related` takes ids and "
                "source_ids, and is linked when such an article arrives."
            ),
        }
        for position, reference in references
    ]


def _name(reference: EditorialTranslation) -> str:
    if reference["source_id"] is None:
        return f"'{reference['id']}'"
    return f"'{reference['source_id'][:80]}' in the edition '{reference['edition']}'"


def find_image_warnings(patch: Mapping[str, Any], before: Mapping[str, Any]) -> list[WriteWarning]:
    """Return the warnings of a merge patch that gives an image of the article another URL and leaves its alt text."""
    social, change = before["social"] or {}, patch.get("social")
    social_change = change.get("image") if isinstance(change, dict) else None
    return [
        *_image_warnings("image", patch.get("image"), before["image"]),
        *_image_warnings("social.image", social_change, social.get("image")),
    ]


def find_entry_image_warnings(patch: Mapping[str, Any], before: Mapping[str, Any]) -> list[WriteWarning]:
    """Return the warnings of a merge patch that gives an image of an entry another URL and leaves its alt text."""
    images = ("image", "logo", "icon")
    return [each for name in images for each in _image_warnings(name, patch.get(name), before.get(name))]


def find_string_warnings(given: Mapping[str, Any], entry: Mapping[str, Any]) -> list[WriteWarning]:
    """Return the warnings of interface strings whose names are likely misspelt; of entries, only editions have any."""
    strings, language = given.get("strings"), entry.get("language")
    if language is None or not isinstance(strings, dict):
        return []
    mistakes = {key: find_likely_mistake(key, language) for key, text in strings.items() if text is not None}
    return [
        {"where": f"strings.{key}", "code": str(WarningCode.STRING_UNKNOWN), "detail": detail}
        for key, detail in mistakes.items()
        if detail is not None
    ]


def _image_warnings(where: str, change: Any, image: Mapping[str, Any] | None) -> list[WriteWarning]:
    if image is None or not isinstance(change, dict) or change.get("url") in {None, image["url"]}:
        return []
    names = ", ".join(name for name, value in image.items() if name not in change and value not in (None, []))
    if not names:
        return []
    detail = f"These members are still those of the previous image: {names}. A merge patch empties them by null."
    return [{"where": where, "code": str(WarningCode.IMAGE_UNCHANGED), "detail": detail}]
