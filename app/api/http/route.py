"""The route class of endpoints with ordinary signatures.

FastAPI reads and parses a body before it runs any dependency, so that it would answer 422 where a key is missing. This
route runs the guards among its dependencies first (authorization, the query string, preconditions), then reads the
body: of bounded size, in UTF-8, without repeated members. Its document follows from its signature.
"""

import asyncio
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from functools import cached_property
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.params import Param
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning
from typing_extensions import get_type_hints

from app.api.http.merge_patch import MergePatchOf
from app.api.http.request_body import MAX_INLINE_BYTES, parse_json_object, read_body_bytes
from app.api.http.responses import TypedResponse
from app.domain.control_characters import TextRepair
from app.schemas.errors import validated

warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
"""FastAPI ignores this warning while it builds a field; fields of models that are built on first use warn later."""


class Guard(ABC):
    """A dependency that may refuse a request before its body is read."""

    @abstractmethod
    async def check(self, request: Request) -> Any:
        """Raise an error of the application, or return what the endpoint takes."""

    async def __call__(self, request: Request) -> Any:
        """Return the same to FastAPI; subclasses document header fields here."""
        return await self.check(request)


async def get_text_repairs(request: Request) -> list[TextRepair]:
    """Return the repairs of the texts of the body, which the response has to name.

    Where an endpoint takes them, its texts are repaired; elsewhere C1 characters are refused.
    """
    repairs: list[TextRepair] = request.state.text_repairs
    return repairs


TextRepairsDep = Annotated[list[TextRepair], Depends(get_text_repairs)]


class SignatureTypes(NamedTuple):
    """The models that the signature of an endpoint names: of its query, its body with an example, and its response."""

    query: type[BaseModel] | None
    body: type[BaseModel] | None
    body_example: Any
    response: Any


class OrdinaryRoute(APIRoute):
    """A route whose guards run before its body is read, and whose document follows from its signature."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "response_model": None})  # what is stored is not validated again

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's own handler behind the guards and the reading of the body."""
        handle, guards, body = super().get_route_handler(), list(self.guards), self.body_field
        model = None if body is None else body.field_info.annotation
        repairs_c1 = any(each.call is get_text_repairs for each in walk_dependants(self.dependant))

        async def run(request: Request) -> Response:
            for guard in guards:
                await guard.check(request)
            if body is not None:
                request = await _read_json(request, model, repairs_c1=repairs_c1)
            return await handle(request)

        return run

    @property
    def guards(self) -> Iterator[Guard]:
        """The guards among the dependencies, in their order."""
        return (each.call for each in walk_dependants(self.dependant) if isinstance(each.call, Guard))

    @cached_property
    def query_parameters(self) -> dict[str, Any]:
        """The types of the query parameters by their names, those of models included."""
        found: dict[str, Any] = {}
        for field in (field for each in walk_dependants(self.dependant) for field in each.query_params):
            model = field.field_info.annotation
            if isinstance(model, type) and issubclass(model, BaseModel):
                found |= {member.alias or name: member.annotation for name, member in model.model_fields.items()}
            else:
                found[field.alias] = model
        return found

    @cached_property
    def types(self) -> SignatureTypes:
        """The models of the signature."""
        fields = [field for each in walk_dependants(self.dependant) for field in each.query_params]
        models = [field.field_info.annotation for field in fields if isinstance(field.field_info, Param)]
        queries = [each for each in models if isinstance(each, type) and issubclass(each, BaseModel)]
        return SignatureTypes(queries[0] if queries else None, *self._body_types(), _response_type(self.endpoint))

    def _body_types(self) -> tuple[Any, Any]:
        if self.body_field is None:
            return None, None
        info = self.body_field.field_info
        patched = [each.model for each in info.metadata if isinstance(each, MergePatchOf)]
        return (patched[0] if patched else info.annotation), (info.examples or [None])[0]


def walk_dependants(dependant: Dependant) -> Iterator[Dependant]:
    """Yield the dependencies in the order in which FastAPI runs them, the endpoint itself last."""
    for each in dependant.dependencies:
        yield from walk_dependants(each)
    yield dependant


class _JsonRequest(Request):
    """A request whose body was read; without a body it brings an empty object."""

    def __init__(self, request: Request, raw: bytes, value: Any) -> None:
        scope = request.scope
        if not raw:
            others = [field for field in scope["headers"] if field[0] != b"content-type"]
            scope = {**scope, "headers": [*others, (b"content-type", b"application/json")]}
        super().__init__(scope, request.receive)
        self._raw = raw or b"{}"
        self._value = value

    async def body(self) -> bytes:
        """Return the bytes; FastAPI only tests whether there are any."""
        return self._raw

    async def json(self) -> Any:
        """Return the value that FastAPI validates."""
        return self._value


async def _read_json(request: Request, model: Any, *, repairs_c1: bool) -> Request:
    """Read the body; a large one is validated in a thread, so that other requests are not delayed.

    FastAPI's own validation takes an instance of the model as it is.
    """
    value, repairs = await parse_json_object(request, repairs_c1=repairs_c1)
    request.state.json, request.state.text_repairs = value, repairs
    raw = await read_body_bytes(request)
    if len(raw) <= MAX_INLINE_BYTES or not (isinstance(model, type) and issubclass(model, BaseModel)):
        return _JsonRequest(request, raw, value)
    return _JsonRequest(request, raw, await asyncio.to_thread(validated, model, value))


def _response_type(endpoint: Callable[..., Any]) -> Any:
    """Return the `T` of an endpoint that returns `TypedResponse[T]`; None for other responses, and for no content."""
    returned = get_type_hints(endpoint).get("return")
    found = get_args(returned)[0] if get_origin(returned) is TypedResponse else None
    return None if found is type(None) else found
