"""The `webhooks` of the document: the request that an endpoint receives for each type of change."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from app.api.openapi.completion import SCHEMAS
from app.domain.webhook import PING
from app.schemas.change import CHANGE_MEANINGS
from app.schemas.examples import webhook as examples
from app.schemas.ninjs import NinjsObject
from app.schemas.webhook_messages import MESSAGES, EntryMessage, PingMessage

_PING_MEANING: Final = "An administrator tests the endpoint."
_SIGNATURE: Final = (
    "`v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}`; its key is the secret "
    "without `whsec_`, decoded from base64. While a secret is being rotated there are two, with a blank between them; "
    "one has to match."
)
_RETRIES: Final = (
    "The message is sent again after 5 seconds, 30 seconds, and so on up to three hours; those after it wait. "
    "Redirects are not followed. `Retry-After` of 429 and 503 is honoured up to four hours. After five days of "
    "failures the endpoint is disabled."
)
_PARAMETERS: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "webhook-id": (
        "The id of the message, the same at each attempt: ignore one that you have.",
        "msg_0677y7hzc3m2e_115",
        {"pattern": "^msg_", "maxLength": 100},
    ),
    "webhook-timestamp": (
        "The time of the attempt in seconds since 1970. Refuse one that is more than five minutes old.",
        "1795175921",
        {"pattern": "^[0-9]+$", "maxLength": 16},
    ),
    "webhook-signature": (
        _SIGNATURE,
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        {"pattern": "^v1,", "maxLength": 200},
    ),
    "user-agent": ("`Dayline/` and its version.", "Dayline/0.2.0", {"pattern": "^Dayline/", "maxLength": 50}),
}
_RESPONSES: Final = {
    "2XX": ("Acknowledged", "Acknowledged, if the response arrives within 15 seconds. Its body is ignored."),
    "410": ("Unsubscribed", "The endpoint is disabled, and receives no more messages."),
    "default": ("Repeated", _RETRIES),
}
_OF_NINJS: Final = (
    "An endpoint with the `payload` `ninjs` receives the article as in `/v1/articles/{id_or_slug}/ninjs` instead, with "
    "`pubStatus` `canceled` where it was withdrawn or left the filters, and no changes of entries."
)


def add_webhooks(document: dict[str, Any]) -> None:
    """Add a webhook for each type of message, and what they share to the components."""
    inputs: list[tuple[str, Literal["serialization"], TypeAdapter[Any]]] = [
        (model.__name__, "serialization", TypeAdapter(model)) for model in dict.fromkeys(MESSAGES.values())
    ]
    schemas, models = TypeAdapter.json_schemas(inputs, ref_template=SCHEMAS + "{model}")
    components = document["components"]
    components["schemas"] |= models["$defs"]
    components["requestBodies"] = {
        name: {
            "description": _OF_NINJS,
            "required": True,
            "content": {"application/json": {"schema": _with_ninjs(name, schema), "example": examples.MESSAGES[name]}},
        }
        for (name, _), schema in schemas.items()
    }
    components["parameters"] = {
        name: _parameter(name, description, example, bounds)
        for name, (description, example, bounds) in _PARAMETERS.items()
    }
    components["responses"] = {name: {"description": text} for name, text in _RESPONSES.values()}
    document["webhooks"] = {kind: {"post": _operation(kind, model.__name__)} for kind, model in MESSAGES.items()}


def _with_ninjs(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body; changes of articles are ninjs objects for endpoints that take them."""
    if name in {EntryMessage.__name__, PingMessage.__name__}:
        return schema
    return {"anyOf": [schema, {"$ref": f"{SCHEMAS}{NinjsObject.__name__}"}]}


def _parameter(name: str, description: str, example: str, bounds: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", **bounds}
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "example": example,
        "schema": schema,
    }


def _operation(kind: str, message: str) -> dict[str, Any]:
    meaning = _PING_MEANING if kind == PING else CHANGE_MEANINGS[kind]
    return {
        "tags": ["Webhooks"],
        "summary": kind,
        "description": meaning,
        "operationId": f"receive_{kind.replace('.', '_')}",
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in _PARAMETERS],
        "requestBody": {"$ref": f"#/components/requestBodies/{message}"},
        "responses": {status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _RESPONSES.items()},
    }
