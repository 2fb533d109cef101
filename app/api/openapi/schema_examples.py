"""Examples of schemas, taken from the examples of responses.

An example that is made of the examples of its members shows values of different things: the name of one section with
the URL of another. Each schema that a response uses shows the value which the example of that response has there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.api.openapi.completion import SCHEMAS

Schemas = Mapping[str, dict[str, Any]]


def add_schema_examples(document: Mapping[str, Any]) -> None:
    """Give each object schema of a successful response the first example of it, where it has none of its own."""
    schemas = document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    _add_of_response(response, schemas)


def _add_of_response(response: Mapping[str, Any], schemas: Schemas) -> None:
    for content in response.get("content", {}).values():
        if "schema" in content and "example" in content:
            _add(content["schema"], content["example"], schemas)


def _add(schema: Mapping[str, Any], value: Any, schemas: Schemas) -> None:
    """Give the schema, and those inside of it, this value as their example."""
    if "$ref" in schema:
        referred = schemas[schema["$ref"].removeprefix(SCHEMAS)]
        if isinstance(value, Mapping):
            referred.setdefault("examples", [value])
        _add(referred, value, schemas)
    elif isinstance(value, list):
        for each in value:
            _add(schema.get("items", {}), each, schemas)
    elif isinstance(value, Mapping):
        for name, member in schema.get("properties", {}).items():  # in order: each process builds the same document
            if name in value:
                _add(member, value[name], schemas)
    if value is not None and "$ref" not in schema:
        for branch in _branches(schema, value):
            _add(branch, value, schemas)


def _branches(schema: Mapping[str, Any], value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the alternative that has this value: the one that its discriminator names, or the only one."""
    alternatives = [each for each in (*schema.get("anyOf", []), *schema.get("oneOf", [])) if each.get("type") != "null"]
    discriminator = schema.get("discriminator")
    if discriminator is not None and isinstance(value, Mapping):
        reference = discriminator.get("mapping", {}).get(value.get(discriminator["propertyName"]))
        if reference is not None:
            yield {"$ref": reference}
    elif len(alternatives) == 1:
        yield alternatives[0]
