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
NOVEMBER = {"from_": "2026-11-01", "to": "2026-12-01"}
READS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "article": (["trams-return"], {"body": "html"}),
    "calendar": ([], NOVEMBER),
    "curated_list": (["front-page"], {}),
    "day": (["2026-11-19"], {"total": True}),
    "get": (["/v1/articles/trams-return/history"], {}),
    "resolve": (["/news/trams-return"], {}),
    "service": ([], {}),
    "timeline": ([], {"newest_day": "2026-11-20"}),
}
LISTS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "articles": ([], {"page_size": 2}),
    "authors": ([], {}),
    "changes": ([0], {"edition": "*"}),
    "days": ([], {"page_size": 2}),
    "editions": ([], {}),
    "export": ([], {"edition": "*", "body": "blocks"}),
    "labels": ([], {}),
    "sections": ([], {"edition": "ua"}),
    "tags": ([], {}),
}
"""Operations that read, with their arguments; none of these responses changes with the clock, but for `today`."""


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


def without_today(responses: dict[str, Any]) -> dict[str, Any]:
    for edition in responses["editions"]:
        del edition["today"]
    return responses


async def test_both_clients_read_the_same(base_url: str) -> None:
    def read() -> dict[str, Any]:
        with Dayline(base_url) as dayline:
            single = {name: getattr(dayline, name)(*given, **named) for name, (given, named) in READS.items()}
            listed = {name: [*getattr(dayline, name)(*given, **named)] for name, (given, named) in LISTS.items()}
        return single | listed

    blocking = await asyncio.to_thread(read)
    async with AsyncDayline(base_url) as dayline:
        single = {name: await getattr(dayline, name)(*given, **named) for name, (given, named) in READS.items()}
        listed = {
            name: [item async for item in getattr(dayline, name)(*given, **named)]
            for name, (given, named) in LISTS.items()
        }
    assert all(blocking.values())
    assert without_today(blocking) == without_today(single | listed)


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
