"""JSON Merge Patch (RFC 7396)."""

from typing import Any


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the document after the patch; neither argument is changed, and the result may share unchanged parts.

    Null removes a member, an object is merged into the present one, any other value replaces it: arrays are replaced
    whole (RFC 7396, section 2). Any two JSON values can be merged at any depth.
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
