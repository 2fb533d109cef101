"""Sparse items: the items of lists whose `fields` parameter leaves members out."""

from typing import Any, NotRequired, Required, get_type_hints

from typing_extensions import TypedDict

from app.errors import FieldError, InvalidInputError
from app.schemas.known_members import suggest

ALWAYS_PRESENT = frozenset({"id", "href"})


def sparse(item: Any, name: str, note: str = "") -> Any:
    """Return the TypedDict `name` of an item of which `fields` may select members; `id` and `href` always stay.

    It is derived, so that an item and its sparse form never differ in a member. `note` is a further sentence of its
    description.
    """
    hints = get_type_hints(item, include_extras=True)
    members = {
        key: (Required if key in ALWAYS_PRESENT else NotRequired)[_unwrapped(hint)] for key, hint in hints.items()
    }
    derived: Any = TypedDict(name, members)  # type: ignore[misc]
    sentences = (item.__doc__, "Every member is present unless the parameter `fields` leaves it out.", note)
    derived.__doc__ = " ".join(filter(None, sentences))
    return derived


def _unwrapped(hint: Any) -> Any:
    """Return the annotation inside Required or NotRequired."""
    return hint.__args__[0] if getattr(hint, "__origin__", None) in {Required, NotRequired} else hint


def check_fields(fields: list[str], members: frozenset[str]) -> None:
    """Raise InvalidInputError if one of the fields is no member of the items."""
    for name in fields:
        if name not in members:
            near = suggest(name, members) or f" Fields: {', '.join(sorted(members))}."
            raise InvalidInputError(FieldError("fields", f"'{name[:40]}' is not a field of the items.{near}"))
