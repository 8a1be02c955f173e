"""One connection to a node, kept whatever happens to it: what agents, producers and operators have in common.

What isn't obvious: a request outlives its connection. It is sent again, on the next connection if need be, until it
is answered, and the node answers a repeat as it did the first time. So nothing else has to remember what was under
way when a connection broke. Needs Python 3.10 and the packages `websockets` (10 or later) and `msgpack`.
"""

import asyncio
import contextlib
import inspect
import random
from collections.abc import Awaitable
from typing import Any

import msgpack
import websockets

Frame = dict[str, Any]

BACKOFF_FIRST_S, BACKOFF_MOST_S = 0.2, 10
FINAL_CLOSES = {4001: "replaced by a newer connection", 4008: "the token has expired", 4010: "banned"}
# `websockets` renamed this option in version 14.
RENAMED = "additional_headers" in inspect.signature(websockets.connect).parameters
HEADERS = "additional_headers" if RENAMED else "extra_headers"


class Ended(Exception):
    """The node doesn't want this client back as it is: wrong token or role, replaced, banned."""


class Refused(Exception):
    """The node's `error` to a request; of a decision it has the card as it stands: `refused.frame["card"]`."""

    def __init__(self, frame: Frame):
        super().__init__(f"{frame['code']}: {frame['message']}")
        self.frame, self.code = frame, frame["code"]
        self.retry_after_s = frame["retryAfterMs"] / 1000 if "retryAfterMs" in frame else None


def wait_after(error: Exception) -> float:
    """How many seconds the node asks to stay away, at least; raises `Ended` where coming back makes no sense."""
    if isinstance(error, websockets.ConnectionClosed) and error.rcvd and error.rcvd.code in FINAL_CLOSES:
        raise Ended(FINAL_CLOSES[error.rcvd.code]) from error
    if isinstance(error, Refused):
        if error.retry_after_s is None:
            raise error
        return error.retry_after_s
    answer = getattr(error, "response", error)  # the HTTP answer to the upgrade, of either age of `websockets`
    status = getattr(answer, "status_code", 503)
    if status < 500 and status != 429:
        raise Ended(f"the node answered {status} (401: bad token; 403: wrong role, tenant or origin)") from error
    return float(getattr(answer, "headers", {}).get("Retry-After", 0))


class Link:
    """Keeps one connection to a node, whatever happens to it. A subclass says who it is and takes what comes."""

    path: str

    def __init__(self, url: str, token: str):
        self._url, self._token = url.replace("http", "ws", 1).rstrip("/"), token
        self.welcome: Frame = {}
        self._socket: Any = None
        self._ready = asyncio.Event()
        self._replies: dict[int, asyncio.Future[Frame]] = {}
        self._last_id, self._failures, self._drain_s = 0, 0, 0.0

    def hello(self) -> Frame:
        return {}

    async def welcomed(self) -> None:
        """Runs after each `welcome`, for as long as that connection lives."""

    def take(self, frame: Frame) -> None:
        """Gets each frame in its order, replies included."""

    async def run(self) -> None:
        """Connects and reconnects until it is cancelled; raises `Ended` or `Refused` where that makes no sense."""
        options: Frame = {"subprotocols": ["chimera.v1"], HEADERS: {"Authorization": f"Bearer {self._token}"}}
        options.update(compression=None, max_size=8 * 2**20, ping_interval=5, ping_timeout=10, close_timeout=1)
        while True:
            self._drain_s = 0.0
            try:
                async with websockets.connect(self._url + self.path, **options) as socket:
                    await self._converse(socket)
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException, Refused) as error:
                jitter_s = random.uniform(0, min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(self._failures, 16)))
                await asyncio.sleep(max(wait_after(error), self._drain_s) + jitter_s)
                self._failures += 1

    async def during(self, body: Awaitable[Any]) -> Any:
        """Keeps the connection while `body` runs. The first of both that ends, ends the other."""
        return await first_of(body, self.run())

    async def request(self, type: str, **fields: Any) -> Frame:
        """The node's `ack`, however many connections it takes. `Refused` where the node refuses for good."""
        while True:
            await self._ready.wait()
            try:
                return await self._ask(type, **fields)
            except Refused as refusal:
                if refusal.retry_after_s is None:
                    raise
                await asyncio.sleep(refusal.retry_after_s)
            except (ConnectionError, websockets.ConnectionClosed):
                await asyncio.sleep(0.01)  # lets `run` see it too

    async def tell(self, type: str, **fields: Any) -> None:
        """Something without a reply. Lost with the connection, which is for `hello` and `welcomed` to make good."""
        with contextlib.suppress(ConnectionError, websockets.ConnectionClosed):
            await self._send(type, **fields)

    async def _send(self, type: str, **fields: Any) -> None:
        try:
            message = msgpack.packb({"type": type, **fields})
        except (TypeError, ValueError, OverflowError) as error:
            raise Refused({"code": "INVALID", "message": str(error)}) from error
        if len(message) > self.welcome.get("limits", {}).get("messageBytes", 2**20):  # the node would hang up
            raise Refused({"code": "TOO_LARGE", "message": f"a message of {len(message)} bytes"})
        await self._socket.send(message)

    async def _converse(self, socket: Any) -> None:
        self._socket = socket
        try:
            await first_of(self._read(), self._attend())
        finally:
            self._ready.clear()
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(ConnectionError("the connection broke before the reply"))

    async def _attend(self) -> None:
        self.welcome = await self._ask("hello", **self.hello())
        self._failures = 0
        self._ready.set()
        await self.welcomed()
        await asyncio.Event().wait()  # it is the reading that ends a conversation

    async def _ask(self, type: str, **fields: Any) -> Frame:
        self._last_id = id = (self._last_id + 1) % 2**32
        reply = self._replies[id] = asyncio.get_running_loop().create_future()
        try:
            await self._send(type, id=id, **fields)
            return await reply
        finally:
            del self._replies[id]

    async def _read(self) -> None:
        while True:
            message = msgpack.unpackb(await self._socket.recv())
            for frame in message if isinstance(message, list) else [message]:
                self.take(frame)
                reply = self._replies.get(frame.get("re", -1))
                if reply and not reply.done():
                    reply.set_exception(Refused(frame)) if frame["type"] == "error" else reply.set_result(frame)
                elif frame["type"] == "drain":
                    self._drain_s = frame["reconnectMs"] / 1000


async def first_of(*bodies: Awaitable[Any]) -> Any:
    """What the first to end returns or raises; the others are ended."""
    tasks = [asyncio.ensure_future(body) for body in bodies]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
