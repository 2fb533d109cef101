"""JSON Merge Patch (RFC 7396): what a document becomes when some of its members are told anew."""

from typing import Any


def merge_patch(target: Any, patch: Any) -> Any:
    """The document after the patch; neither argument is changed, and the result may share what did not change.

    Null takes a member away, an object is merged into what stands there, anything else takes its place: lists
    are replaced whole (RFC 7396, section 2). Any two JSON values can be merged, however deep they are.
    """
    if not isinstance(patch, dict):
        return patch
    merged = _members(target)
    waiting = [(merged, patch)]
    while waiting:  # no recursion: JSON may be nested deeper than Python's stack
        into, changes = waiting.pop()
        for name, change in changes.items():
            if change is None:
                into.pop(name, None)
            elif isinstance(change, dict):
                into[name] = _members(into.get(name))
                waiting.append((into[name], change))
            else:
                into[name] = change
    return merged


def _members(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
