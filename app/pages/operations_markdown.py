"""The operations of the OpenAPI document in Markdown, for language models and terminals."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

METHODS: Final = ("get", "post", "put", "patch", "delete")

Document = Mapping[str, Any]


def render_operations(document: Document, *, document_href: str) -> str:
    """Return each operation with its parameters, body, scopes and statuses; schemas are in the document itself."""
    info = document["info"]
    parts = [
        f"# {info['title']} {info['version']}",
        info["description"],
        f"Schemas and examples are in the [OpenAPI document]({document_href}).",
    ]
    for tag in document["tags"]:
        parts.append(f"## {tag['name']}\n\n{tag['description']}")
        for path, operations in document["paths"].items():
            parts += [
                _render_operation(document, method, path, operations[method])
                for method in METHODS
                if method in operations and tag["name"] in operations[method]["tags"]
            ]
    return "\n\n".join(parts) + "\n"


def _render_operation(document: Document, method: str, path: str, operation: Document) -> str:
    lines = [f"### {method.upper()} {path}", "", f"{operation['summary']}. {operation.get('description', '')}".strip()]
    details = [*_list_parameters(document, operation), *_list_body(document, operation), *_list_access(operation)]
    details.append(f"- Statuses: {', '.join(operation['responses'])}")
    return "\n".join([*lines, "", *details])


def _list_parameters(document: Document, operation: Document) -> Iterator[str]:
    for given in operation.get("parameters", ()):
        parameter = resolve_component(document, given)
        kind = f"{parameter['in']}, required" if parameter.get("required") else parameter["in"]
        yield f"- `{parameter['name']}` ({kind}): {_one_line(parameter.get('description', ''))}"


def _list_body(document: Document, operation: Document) -> Iterator[str]:
    if "requestBody" in operation:
        for media_type, content in resolve_component(document, operation["requestBody"])["content"].items():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            yield f"- Body: `{media_type}`{f', schema `{name}`' if name else ''}"


def _list_access(operation: Document) -> Iterator[str]:
    alternatives = [scope for each in operation.get("security", ()) for scope in each.get("key", ())]
    if alternatives and {} not in operation["security"]:
        yield f"- API key with {' or '.join(f'`{each}`' for each in alternatives)}"


def resolve_component(document: Document, node: Document) -> Document:
    """Return a component that a node refers to, or the node itself."""
    found: Any = node
    while "$ref" in found:
        reference, found = found["$ref"], document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
    return found  # type: ignore[no-any-return]  # a component is an object


def _one_line(text: str) -> str:
    return " ".join(text.split())
