"""The addresses that are asked most, answered without the framework's way through dependencies and nested routers.

They are the same functions, which the framework's routes document; where both would answer, these come first.
"""

from fastapi import FastAPI, Request, Response

from app.api import articles, timeline


def install_express(app: FastAPI) -> None:
    """Add them; to be called before the routers are included."""
    app.add_route("/v1/timeline", timeline.get_timeline, methods=["GET"], include_in_schema=False)
    app.add_route("/v1/articles/{key}", _get_article, methods=["GET"], include_in_schema=False)


async def _get_article(request: Request) -> Response:
    return await articles.get_article(request, request.path_params["key"])
