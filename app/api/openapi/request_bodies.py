"""Request bodies in the OpenAPI document: their models, moved among its schemas."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from app.api.openapi.completion import SCHEMAS

_TAKEN = "Input"


def request_body(model: type[BaseModel], example: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the request body of an operation; `hoist_request_bodies` moves the model later."""
    schema = _without_null_defaults(model.model_json_schema(by_alias=True, ref_template=SCHEMAS + "{model}"))
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    _require_discriminators(schema, schema.get("$defs", {}))
    has_needs = bool(schema.get("required"))
    return {"required": has_needs, "content": {"application/json": content}}


def _without_null_defaults(node: Any) -> Any:
    """Return a schema without defaults of null: an omitted member stays unchanged, null would empty it."""
    if isinstance(node, list):
        return [_without_null_defaults(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _without_null_defaults(value) for name, value in node.items() if not (name == "default" and value is None)
    }


def _require_discriminators(node: Any, models: Mapping[str, Any]) -> None:
    """Require the discriminator in each model of a union: its default applies outside unions alone."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _require_discriminators(each, models)
    if isinstance(node, dict) and isinstance(found := node.get("discriminator"), dict):
        for reference in found.get("mapping", {}).values():
            model = models[reference.removeprefix(SCHEMAS)]
            model["required"] = list(dict.fromkeys([found["propertyName"], *model.get("required", [])]))


def hoist_request_bodies(document: dict[str, Any]) -> None:
    """Move the models of bodies among the document's schemas, where operations refer to them.

    A model that differs from a response schema of the same name gets the suffix `Input`.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    answers = dict(schemas)
    operations = (each for path in document["paths"].values() for each in path.values())
    for operation in operations:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "title" in content["schema"]:
                content["schema"] = _move(content["schema"], schemas, answers)


def _move(schema: dict[str, Any], schemas: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    models = {**schema.get("$defs", {}), schema["title"]: {k: v for k, v in schema.items() if k != "$defs"}}
    renamed = _rename(models, answers)
    for name, model in models.items():
        schemas[renamed.get(SCHEMAS + name, SCHEMAS + name).removeprefix(SCHEMAS)] = _refer(model, renamed)
    return {"$ref": renamed.get(SCHEMAS + schema["title"], SCHEMAS + schema["title"])}


def _rename(models: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    """Return new references for models that differ from the response of their name, or whose references do."""
    renamed: dict[str, str] = {}
    while True:
        differing = {
            name for name, model in models.items() if name in answers and answers[name] != _refer(model, renamed)
        }
        if len(differing) == len(renamed):
            return renamed
        renamed = {SCHEMAS + name: SCHEMAS + name + _TAKEN for name in differing}


def _refer(node: Any, renamed: Mapping[str, str]) -> Any:
    """Return a schema with renamed references, also those of discriminators."""
    if isinstance(node, list):
        return [_refer(each, renamed) for each in node]
    if isinstance(node, dict):
        return {name: _refer(value, renamed) for name, value in node.items()}
    return renamed.get(node, node) if isinstance(node, str) else node
