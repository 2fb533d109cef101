"""Both clients against a running server: every operation exists in both, and they return the same."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from dayline_client import AsyncDayline, Dayline, NetworkError, NotFoundError, Retries
from dayline_client.operations import Operations
from dayline_client.schemas import Article, ArticleItem
from tests.server_process import Server, free_port

OPERATIONS = sorted(name for name in dir(Operations) if not name.startswith("_"))
READS: dict[str, tuple[Any, ...]] = {
    "article": ("trams-return",),
    "calendar": (),
    "curated_list": ("front-page",),
    "day": ("2026-11-19",),
    "get": ("/v1/articles/trams-return/history",),
    "resolve": ("/news/trams-return",),
    "service": (),
    "timeline": (),
}
LISTS: dict[str, tuple[Any, ...]] = {
    "articles": (),
    "authors": (),
    "changes": (0,),
    "days": (),
    "editions": (),
    "export": (),
    "labels": (),
    "sections": (),
    "tags": (),
}
"""Operations that read, with their arguments."""


@pytest.fixture(params=["", "/news/api"])
def base_url(request: pytest.FixtureRequest, server: Server) -> str:
    return server.address + str(request.param)


def test_both_clients_have_every_operation() -> None:
    for name in OPERATIONS:
        operation, blocking, awaited = (getattr(each, name) for each in (Operations, Dayline, AsyncDayline))
        assert blocking.__doc__ == awaited.__doc__ == operation.__doc__
        parameters = [inspect.signature(each).parameters for each in (operation, blocking, awaited)]
        assert parameters[0] == parameters[1] == parameters[2], name
    assert inspect.signature(Dayline.article).return_annotation is Article
    assert inspect.signature(Dayline.articles).return_annotation == Iterator[ArticleItem]
    assert inspect.signature(AsyncDayline.articles).return_annotation == AsyncIterator[ArticleItem]


async def test_both_clients_read_the_same(base_url: str) -> None:
    def read() -> dict[str, Any]:
        with Dayline(base_url) as dayline:
            found = {name: getattr(dayline, name)(*given) for name, given in READS.items()}
            return found | {name: list(getattr(dayline, name)(*given)) for name, given in LISTS.items()}

    blocking = await asyncio.to_thread(read)
    async with AsyncDayline(base_url) as dayline:
        awaited = {name: await getattr(dayline, name)(*given) for name, given in READS.items()}
        awaited |= {name: [item async for item in getattr(dayline, name)(*given)] for name, given in LISTS.items()}
    assert blocking == awaited
    assert all(blocking.values())


async def test_both_clients_raise_the_same(base_url: str) -> None:
    def read() -> str:
        with Dayline(base_url) as dayline, pytest.raises(NotFoundError) as raised:
            dayline.article("nowhere")
        return str(raised.value)

    async with AsyncDayline(base_url) as dayline:
        with pytest.raises(NotFoundError) as raised:
            await dayline.article("nowhere")
    assert await asyncio.to_thread(read) == str(raised.value)


def test_unreachable_server_is_a_network_error() -> None:
    dayline = Dayline(f"http://127.0.0.1:{free_port()}", retries=Retries(attempts=2, first_pause_s=0.01))
    with dayline, pytest.raises(NetworkError, match="ConnectError"):
        dayline.service()
