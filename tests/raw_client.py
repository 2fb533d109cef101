"""Keep-alive HTTP/1.1 client over raw sockets, with a fraction of the CPU time of httpx."""

import asyncio
import gzip
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

import brotli

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

MAX_SECONDS = 30.0
LINGER_S = 0.02


class Response(NamedTuple):
    """A received response; header fields by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes

    def decoded(self) -> bytes:
        """Return the body without its content encoding."""
        match self.headers.get("content-encoding"):
            case "gzip":
                return gzip.decompress(self.body)
            case "br":
                return bytes(brotli.decompress(self.body))
            case "zstd":
                return bytes(zstd.decompress(self.body))
        return self.body


class RawClient:
    """One connection at a time, opened when it is first needed."""

    def __init__(self, port: int, *, source: str = "127.0.0.1") -> None:
        self.is_open = True
        self._port = port
        self._source = source
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def request(
        self, method: str, target: str, *, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Send a request and read the whole response; ConnectionError, TimeoutError."""
        fields = {"host": "127.0.0.1"} | (headers or {}) | ({"content-length": str(len(body))} if body else {})
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        try:
            async with asyncio.timeout(MAX_SECONDS):
                reader, writer = await self._connect()
                writer.write(head.encode() + b"\r\n" + body)
                return await self._read(reader, method)
        except BaseException:
            self.close()
            raise

    async def follow(self, target: str, seconds: float) -> int:
        """Read a stream on a connection of its own for a while; return the number of bytes."""
        received = 0
        with suppress(OSError, TimeoutError):
            reader, writer = await self._open()
            try:
                writer.write(f"GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
                async with asyncio.timeout(seconds):
                    while chunk := await reader.read(65_536):
                        received += len(chunk)
            finally:
                writer.transport.abort()
        return received

    async def send_and_leave(self, sent: bytes, *, pause_s: float = LINGER_S) -> None:
        """Send these bytes on a connection of its own and abort it soon after."""
        with suppress(OSError):
            _, writer = await self._open()
            writer.write(sent)
            await asyncio.sleep(pause_s)
            writer.transport.abort()

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        if self._streams is not None:
            self._streams[1].close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await self._open()
        return self._streams

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port, local_addr=(self._source, 0))

    async def _read(self, reader: asyncio.StreamReader, method: str) -> Response:
        line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        status = int(line.split()[1])
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        if method == "HEAD" or status in {204, 304}:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = await _read_chunks(reader)
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Response(status, headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks = []
    while size := int((await reader.readline()).strip(), 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(chunks)
