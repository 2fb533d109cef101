"""Actors of changes as responses show them: the API key with its name, and the person it acted for."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from sqlalchemy import BindParameter, Connection, bindparam, select

from app.domain.actor import parse_actor
from app.models.api_key import api_keys

_PREFIXES: BindParameter[list[str]] = bindparam("prefixes", expanding=True)
_NAMES = select(api_keys.c.prefix, api_keys.c.name).where(api_keys.c.prefix.in_(_PREFIXES))


class ShownActor(TypedDict):
    """Actor of a change; `actor_name` is the name of a key, `person` the one it acted for."""

    actor: str
    actor_name: str | None
    person: str | None


def find_key_names(connection: Connection, stored: Iterable[str]) -> dict[str, str]:
    """Return the names of the keys among these stored actors, by prefix; one statement if there is any."""
    prefixes = sorted({actor.key_prefix for actor in map(parse_actor, stored) if actor.key_prefix is not None})
    if not prefixes:
        return {}
    return {row.prefix: row.name for row in connection.execute(_NAMES, {"prefixes": prefixes})}


def show_actor(stored: str, names: Mapping[str, str]) -> ShownActor:
    """Return a stored actor with the name of its key."""
    actor, prefix, person = parse_actor(stored)
    return {"actor": actor, "actor_name": None if prefix is None else names.get(prefix), "person": person}
