"""Plain questions, read without their model's machinery: what is certainly fine is taken, all else is left to it.

How a parameter is read follows from its declaration in the model; a declaration that is not known here, a value that
may be wrong, a name that may not belong: each leaves the whole question to the model.
"""

from collections.abc import Callable
from enum import EnumType
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.domain.tsid import is_id
from app.errors import DaylineError
from app.invalidation.canonical_query import percent_decode
from app.schemas.params import DROP_EMPTY, ArticleIdCheck, CommaSeparated, StrictBool, StrictInt

MAX_PLAIN_BYTES = 2_048
MAX_DIGITS = 18

_set = object.__setattr__

Q = TypeVar("Q", bound=BaseModel)


class _Fallback(ValueError):  # noqa: N818 - nothing is wrong yet: the model looks at it
    """The model has to say."""


Converter = Callable[[Any], Any]
"""From a decoded value, or from all values of a parameter that repeats, to the member; KeyError, ValueError."""


class _Parameter(NamedTuple):
    member: str
    read: Converter
    is_list: bool


class _Plan(NamedTuple):
    """How a model is read: its parameters by name, its defaults in order, and what looks at the whole afterwards."""

    parameters: dict[str, _Parameter]
    defaults: dict[str, Any]
    lists: dict[str, Converter]
    checks: tuple[Callable[[Any], Any], ...]


def parse_fast(query: str, model: type[Q]) -> Q | None:
    """The question, equal to what the model makes of the query string; None where the model has to say."""
    plan = _plan(model)
    if plan is None or len(query) > MAX_PLAIN_BYTES:
        return None
    if not query:
        return _make(model, plan, {})
    try:
        given = _read(query, plan.parameters)
        for member in given.keys() & plan.lists.keys():
            given[member] = plan.lists[member](given[member])
        made = _make(model, plan, given)
        for check in plan.checks:
            check(made)
    except (DaylineError, KeyError, ValueError):
        return None
    return made


def _read(query: str, parameters: dict[str, _Parameter]) -> dict[str, Any]:
    """The members that are given; of lists every value as it came."""
    given: dict[str, Any] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name not in parameters:
            raise _Fallback
        if "%" in value or "+" in value:
            value = percent_decode(value)
        if not value.isprintable():
            raise _Fallback
        member, read, is_list = parameters[name]
        if is_list:
            given.setdefault(member, []).append(value)
        elif member in given:
            raise _Fallback
        else:
            given[member] = read(value)
    return given


def _make(model: type[Q], plan: _Plan, given: dict[str, Any]) -> Q:
    """An instance as pydantic lays them out."""
    members = plan.defaults.copy()
    for member in plan.lists:
        members[member] = []  # as the model does, so that no two questions share one
    if given:
        members.update(given)
    made = model.__new__(model)
    _set(made, "__dict__", members)
    _set(made, "__pydantic_fields_set__", set(given))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


@cache
def _plan(model: type[BaseModel]) -> _Plan | None:
    """None for a model that is more than members that are known here, with defaults, and checks of the whole."""
    told, fields = model.__pydantic_decorators__, model.model_fields
    is_plain = model.model_config.get("extra") == "forbid" and not told.field_validators
    readers = {member: _reader(field) for member, field in fields.items()}
    lists = {member: read for member, read in readers.items() if read and fields[member].default == []}
    checks = told.model_validators.values()
    if not is_plain or None in readers.values() or any(each.info.mode != "after" for each in checks):
        return None
    plan = _Plan(
        {
            field.alias or member: _Parameter(member, readers[member] or _same, member in lists)
            for member, field in fields.items()
        },
        {member: field.default for member, field in fields.items()},
        lists,
        tuple(getattr(model, name) for name in told.model_validators),
    )
    for check in plan.checks:
        check(_make(model, plan, {}))  # nothing asked is always a question
    return plan


def _reader(field: FieldInfo) -> Converter | None:
    """How a member is read; None where its declaration is not known here."""
    kind, told = field.annotation, field.metadata
    is_list = get_origin(kind) is list
    if field.is_required() or field.default_factory or is_list != (field.default == []):
        return None
    if is_list:
        return _list_reader(get_args(kind)[0], told)
    if kind is int and StrictInt in told:
        return _whole_reader([each for each in told if each != StrictInt])
    if kind is bool and told == [StrictBool]:
        return {"true": True, "false": False}.__getitem__
    if isinstance(kind, EnumType) and not told:
        return {each.value: each for each in kind}.__getitem__
    return _same if kind == str | None and not told else None


def _same(value: Any) -> Any:
    return value


def _whole_reader(bounds: list[Any]) -> Converter | None:
    """Whole numbers as people write them; others, such as 007, are for the model."""
    least, most = 0, 10**MAX_DIGITS - 1
    for bound in bounds:
        if hasattr(bound, "ge"):
            least = max(least, bound.ge)
        elif hasattr(bound, "le"):
            most = min(most, bound.le)
        else:
            return None

    def read(text: str) -> int:
        if len(text) > MAX_DIGITS or not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
            raise _Fallback
        number = int(text)
        if not least <= number <= most:
            raise _Fallback
        return number

    return read


def _list_reader(kind: Any, told: list[Any]) -> Converter | None:
    bounds = [each.max_length for each in told if hasattr(each, "max_length")]
    splits = [each for each in told if each in (CommaSeparated, DROP_EMPTY)]
    elements = [each for each in getattr(kind, "__metadata__", ()) if not isinstance(each, FieldInfo)]
    is_text = kind is str or (get_origin(kind) is Annotated and get_args(kind)[0] is str)
    if not is_text or elements not in ([], [ArticleIdCheck]) or len(bounds) + len(splits) != len(told):
        return None
    most, are_ids = min(bounds, default=None), bool(elements)
    is_split, drops_empty = CommaSeparated in splits, DROP_EMPTY in splits

    def read(values: list[str]) -> list[str]:
        if is_split:
            values = [part for value in values for part in value.split(",")]
        if most is not None and len(values) > most:
            raise _Fallback
        if drops_empty:
            values = [value for value in values if value]
        if are_ids and not all(map(is_id, values)):
            raise _Fallback
        return values

    return read
