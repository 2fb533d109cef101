"""Shapes of responses: the members that operations read, so that content of another server is an error of its own."""

from types import NoneType
from typing import Any

Shape = Any
"""Type, tuple of alternatives, list of one shape for all items, or dictionary of the shapes of required members."""

ENTITY: Shape = {"id": str}
NEXT: Shape = (NoneType, {"cursor": str})
PAGE: Shape = {"items": [dict], "next": NEXT}
SERVICE: Shape = {"version": str, "editions": [dict], "links": dict}
DAY: Shape = {"date": str, "continued": bool, "items": [dict]}
TIMELINE: Shape = {"days": [DAY], "next": NEXT}
DAY_PAGE: Shape = {"day": DAY}
CALENDAR: Shape = {"days": [dict]}
CURATED_LIST: Shape = {"slug": str, "items": [dict]}
CHANGE: Shape = {"seq": int, "type": str, "article": (NoneType, ENTITY)}
CHANGE_PAGE: Shape = {"items": [CHANGE], "as_of": int, "next": NEXT}


def has_shape(content: object, shape: Shape) -> bool:
    """Return whether parsed JSON has a shape; members beyond it do not matter."""
    if isinstance(shape, tuple):
        return any(has_shape(content, each) for each in shape)
    if isinstance(shape, list):
        return isinstance(content, list) and all(has_shape(each, shape[0]) for each in content)
    if isinstance(shape, dict):
        return isinstance(content, dict) and all(
            name in content and has_shape(content[name], each) for name, each in shape.items()
        )
    return isinstance(content, shape)
