"""Unknown query parameters: every operation refuses them, except feeds and health checks."""

from pathlib import Path
from typing import Any

from app.api.ops.health import router as health
from app.api.public.feeds import router as feeds
from tests.api.contract import Operation, operations
from tests.api.openapi.installation import Installation, serving
from tests.conftest import api_document

LENIENT = {getattr(route, "path", "") for route in [*feeds.routes, *health.routes]}


def path_of(operation: Operation) -> str:
    """Return the path with the documented examples of its parameters."""
    values: dict[str, Any] = {
        each["name"]: each.get("example") or each["schema"]["examples"][0]
        for each in operation.spec.get("parameters", [])
        if each["in"] == "path"
    }
    return operation.path.format(**values)


async def test_every_operation_refuses_unknown_parameters_except_lenient_ones(
    installation: Installation, tmp_path: Path
) -> None:
    refused: set[str] = set()
    others: set[str] = set()
    async with serving(installation, tmp_path) as client:
        for operation in operations(api_document()):
            response = await client.request(
                operation.method,
                path_of(operation),
                params={"editoin": "1"},
                headers={"if-match": "*"},
                json={} if "requestBody" in operation.spec else None,
            )
            is_named = response.status_code == 422 and "Unknown query parameter." in response.text
            (refused if is_named else others).add(operation.path)
            assert response.status_code == (422 if is_named else 200), response.text
    assert others == LENIENT
    assert len(refused) > 50
