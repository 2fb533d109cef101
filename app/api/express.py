"""The addresses that are asked most or held longest, answered without the framework's way through nested routers.

They are the same functions, which the framework's routes document; where both would answer, these come first.
"""

from fastapi import FastAPI, Request, Response

from app.api import articles, stream, timeline


def install_express(app: FastAPI) -> None:
    """Add them; to be called before the routers are included."""
    app.add_route("/v1/timeline", timeline.get_timeline, methods=["GET"], include_in_schema=False)
    app.add_route("/v1/stream", _stream_changes, methods=["GET"], include_in_schema=False)
    app.add_route("/v1/articles/{key}", _get_article, methods=["GET"], include_in_schema=False)


async def _get_article(request: Request) -> Response:
    return await articles.get_article(request, request.path_params["key"])


async def _stream_changes(request: Request) -> Response:
    return await stream.stream_changes(request, request.headers.get(stream.LAST_EVENT_ID))
