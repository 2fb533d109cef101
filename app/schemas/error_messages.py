"""Sentences for the errors that pydantic finds: its own wording refers to Python types and changes with releases."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from pydantic_core import core_schema

Context = Mapping[str, Any]

INVALID: Final = "Is not valid."
PYDANTIC_ERRORS: Final = frozenset(get_args(core_schema.ErrorType))
_OWN_MESSAGES: Final = {"value_error", "assertion_error"}
"""Errors that carry a message of ours behind a prefix of pydantic's."""

_PREFIXES: Final = ("Value error, ", "Assertion failed, ")
_OBJECT: Final = "Must be an object."
_LIST: Final = "Must be a list."
_INTEGER: Final = "Must be an integer."
_NUMBER: Final = "Must be a number."
_FLAG: Final = "Must be true or false."


def _characters(number: int) -> str:
    return "1 character" if number == 1 else f"{number:,} characters"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def _one_of(expected: str) -> str:
    """Return the values as a sentence has them; pydantic writes `'a', 'b' or 'c'`."""
    return f"Must be {expected}." if ", " not in expected and " or " not in expected else f"Must be one of {expected}."


MESSAGES: Final[Mapping[str, str | Callable[[Context], str]]] = {
    "missing": "Is required.",
    "extra_forbidden": "Unknown field.",
    "none_required": "Must be null.",
    "string_type": "Must be a string.",
    "string_unicode": "Must be valid Unicode.",
    "string_not_ascii": "Must be ASCII.",
    "string_too_short": lambda context: f"Must have at least {_characters(context['min_length'])}.",
    "string_too_long": lambda context: f"Must have at most {_characters(context['max_length'])}.",
    "string_pattern_mismatch": lambda context: f"Must match {context['pattern']}.",
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": "Must be an integer of fewer digits.",
    "int_from_float": _INTEGER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "Must be a finite number.",
    "greater_than": lambda context: f"Must be greater than {context['gt']:,}.",
    "greater_than_equal": lambda context: f"Must be at least {context['ge']:,}.",
    "less_than": lambda context: f"Must be less than {context['lt']:,}.",
    "less_than_equal": lambda context: f"Must be at most {context['le']:,}.",
    "multiple_of": lambda context: f"Must be a multiple of {context['multiple_of']:,}.",
    "list_type": _LIST,
    "iterable_type": _LIST,
    "set_type": _LIST,
    "tuple_type": _LIST,
    "too_short": lambda context: f"Must have at least {_entries(context['min_length'])}.",
    "too_long": lambda context: f"Must have at most {_entries(context['max_length'])}.",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "invalid_key": "Must have strings as names.",
    "enum": lambda context: _one_of(context["expected"]),
    "literal_error": lambda context: _one_of(context["expected"]),
    "union_tag_invalid": lambda context: f"{context['discriminator']} must be one of {context['expected_tags']}.",
    "union_tag_not_found": lambda context: f"{context['discriminator']} is required.",
    "recursion_depth_exceeded": "Is nested too deeply.",
    "recursion_loop": "Is nested too deeply.",
    "json_invalid": "Must be valid JSON.",
    "json_type": "Must be valid JSON.",
}
"""Errors that the models of requests and records can have."""


def sentence_for(kind: str, message: str, context: Context) -> str:
    """Return the sentence for an error of this type; `message` is pydantic's, or ours in an error that we raised."""
    if kind in _OWN_MESSAGES:
        return next((message.removeprefix(each) for each in _PREFIXES if message.startswith(each)), message)
    if kind not in PYDANTIC_ERRORS:
        return message
    known = MESSAGES.get(kind, INVALID)
    return known if isinstance(known, str) else known(context)
