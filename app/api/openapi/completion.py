"""Completion of the document's schemas with descriptions, examples and bounds from other parts of a schema.

Types state a description, an example and bounds once; members of these types refer to them or repeat them in a branch.
Readers and generators expect them at the member itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

SCHEMAS = "#/components/schemas/"
_INHERITED = ("description", "examples")
_MAX_DEPTH = 12
_MAX_NULLABLE_DEPTH = 4
"""Depth from which members that may be null are null in examples, so that those of lists inside lists end."""


def complete_schemas(document: dict[str, Any]) -> None:
    """Give each member a description and an example where it has none, and each schema an example."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        for member in _members(schema):
            _inherit(member, schemas)
            if not refers(member):  # else the schema that it refers to has the example
                _add_example(member, schemas)
        _add_example(schema, schemas)


def simplify_parameters(document: dict[str, Any]) -> None:
    """Write parameters of paths and header fields as one schema, described once."""
    operations = (each for path in document["paths"].values() for each in path.values())
    for parameter in (each for operation in operations for each in operation.get("parameters", [])):
        schema = parameter["schema"]
        for option in schema.pop("anyOf", []):
            schema |= option if option.get("type") != "null" else {}
        schema.pop("description", None)


def refers(member: Mapping[str, Any]) -> bool:
    """Return whether the values of a member, or their items, are those of one named schema (or null)."""
    branches = [each for each in member.get("anyOf", [member]) if each.get("type") != "null"]
    return len(branches) == 1 and "$ref" in branches[0].get("items", branches[0])


def path_examples(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the examples of the path parameters of an operation, by name."""
    return {each["name"]: each["schema"]["examples"][0] for each in spec.get("parameters", []) if each["in"] == "path"}


def _members(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the members of an object, by `properties`."""
    yield from schema.get("properties", {}).values()


def _inherit(member: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Copy the description and the examples of the one branch or reference that has a value."""
    branches = [each for each in member.get("anyOf", [member]) if each.get("type") != "null"]
    for branch in branches[:1]:
        source = {**schemas.get(branch.get("$ref", "").removeprefix(SCHEMAS), {}), **branch}
        for name in _INHERITED:
            if name not in member and name in source and not (name == "examples" and "$ref" in branch):
                member[name] = source[name]


def _add_example(schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    if not schema.get("examples"):
        found = example_of(schema, schemas)
        if found is not None:
            schema["examples"] = [found]


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """Return an example of a schema: its own, else one made of the examples of its parts; None where there is none."""
    if depth > _MAX_DEPTH or (depth > _MAX_NULLABLE_DEPTH and {"type": "null"} in schema.get("anyOf", [])):
        return None
    own = schema.get("examples") or ([schema["const"]] if "const" in schema else schema.get("enum"))
    if own:
        return own[0]
    part = _part(schema, schemas)
    return example_of(part, schemas, depth + 1) if part is not None else _composed(schema, schemas, depth)


def _part(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema whose values are values of this one: what it refers to, or its first alternative."""
    if "$ref" in schema:
        referred: dict[str, Any] = schemas[schema["$ref"].removeprefix(SCHEMAS)]
        return referred
    alternatives = [] if "properties" in schema else [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return alternatives[0] if alternatives else None


def _composed(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    match schema.get("type"):
        case "boolean":
            return True
        case "array":
            item = example_of(schema.get("items", {}), schemas, depth + 1)
            return [] if item is None else [item]
        case "object" if "properties" in schema:
            members = schema["properties"].items()
            left_out = _alternatives(schema)
            return {name: example_of(each, schemas, depth + 1) for name, each in members if name not in left_out}
    return None


def _alternatives(schema: dict[str, Any]) -> set[str]:
    """Return the members that another one stands for: an object with `oneOf` requires one alternative alone."""
    return {member for each in schema.get("oneOf", [])[1:] for member in each.get("required", [])}
