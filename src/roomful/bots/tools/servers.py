"""MCP servers, through the official package: programs that are started, or reached over HTTP, when a bot first needs them.

A server that dies is started again once; one that dies again within ten minutes is left alone for so long. A call that was
under way when it died is not made again: nobody knows whether it was done.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from roomful.errors import ExtraMissing
from roomful.log import Log
from roomful.models import variables

from .rights import Described, listed
from .settings import Kind, McpSettings

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult, Tool

STARTS_WITHIN = 10.0  # s
ANSWERS_WITHIN = 30.0  # s
STARTS, AGAIN_AFTER = 2, 600.0  # so often within so many seconds
PAGES = 20  # of a list of tools
DESCRIBED = 2_000  # characters of a description: it is a server's word, and in each prompt


class ServerTrouble(Exception):
    """A server is not there, or does not do what it is asked; the message says why."""


class Server:
    """One MCP server."""

    def __init__(self, settings: McpSettings, log: Log, now: Callable[[], float], environ: Mapping[str, str]) -> None:
        """`now`: monotonic seconds."""
        self.settings, self._log, self._now, self._environ = settings, log, now, environ
        self._client: Client | None = None
        self._owner: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._starts: list[float] = []
        self._starting = asyncio.Lock()

    async def tools(self) -> list[Described]:
        """Its tools, asked for anew: so it is known to be there. Raises ServerTrouble, ExtraMissing."""
        from_new = self._client is None
        try:
            return await self._list()
        except ServerTrouble as why:
            if from_new:
                raise
            self._log.warning("an MCP server is started again", server=self.settings.name, reason=str(why))
        return await self._list()

    async def call(self, tool: str, arguments: dict[str, Any]) -> str:
        """Let it do something, by the tool's own name. Raises ServerTrouble, ExtraMissing."""
        client = await self._connected()
        try:
            result = await client.call_tool(tool, arguments)
        except Exception as why:  # noqa: BLE001 - what the package and the transports raise is not to be named
            if _is_gone(why):
                await self._let_go(client)
                raise ServerTrouble(f"{self.settings.name} died over it: whether it was done is not known") from None
            raise ServerTrouble(self._words(why)) from None
        text = _text(result)
        if result.is_error:
            raise ServerTrouble(text or "it did not say why")
        return text

    async def close(self) -> None:
        """End it."""
        if self._client is not None:
            await self._let_go(self._client)

    async def _list(self) -> list[Described]:
        client = await self._connected()
        found: list[Tool] = []
        cursor: str | None = None
        try:
            for _ in range(PAGES):
                page = await client.list_tools(cursor=cursor)
                found += page.tools
                cursor = page.next_cursor
                if not cursor:
                    break
        except Exception as why:  # noqa: BLE001 - whatever it is: it is not there
            await self._let_go(client)
            raise ServerTrouble(self._words(why)) from None
        return [self._described(one) for one in found if self._is_wanted(one.name)]

    def _words(self, why: BaseException) -> str:
        """An error for people: of a group, its first. What the settings hold, which may be keys, is not in it."""
        while isinstance(why, BaseExceptionGroup):
            why = why.exceptions[0]
        words, settings = str(why) or type(why).__name__, self.settings
        hidden = {settings.url, self._token(), *settings.args, *settings.env.values()}
        for secret in sorted((one for one in hidden if len(one) > 3), key=len, reverse=True):
            words = words.replace(secret, "…")
        return words[:300]

    def _token(self) -> str:
        return self._environ.get(self.settings.token_env, "") if self.settings.token_env else ""

    def _is_wanted(self, tool: str) -> bool:
        return listed(tool, self.settings.allow) and not listed(tool, self.settings.deny)

    def _described(self, tool: "Tool") -> Described:
        kind: Kind = "reaches" if listed(tool.name, self.settings.read_only) else "writes"
        description = (tool.description or tool.title or "")[:DESCRIBED]
        return Described(f"{self.settings.name}.{tool.name}", kind, description, tool.input_schema)

    # -- the connection -------------------------------------------------------------------------------

    async def _connected(self) -> "Client":
        async with self._starting:
            if self._client is None:
                self._client = await self._start()
            return self._client

    async def _start(self) -> "Client":
        now = self._now()
        self._starts = [at for at in self._starts if at > now - AGAIN_AFTER]
        if len(self._starts) >= STARTS:
            raise ServerTrouble(f"{self.settings.name} has ended {STARTS} times, and is left alone for a while")
        self._starts.append(now)
        await asyncio.to_thread(_load)
        ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._over = over = asyncio.Event()
        self._owner = asyncio.create_task(self._own(ready, over), name=f"MCP server {self.settings.name}")
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                return await asyncio.shield(ready)
        except TimeoutError:
            self._owner.cancel()
            raise ServerTrouble(f"{self.settings.name} did not answer within {STARTS_WITHIN:g} s") from None
        except asyncio.CancelledError:
            self._owner.cancel()
            raise

    async def _own(self, ready: "asyncio.Future[Client]", over: asyncio.Event) -> None:
        """Hold the connection open. What is entered here must be left here: tasks of the package live in it."""
        try:
            async with AsyncExitStack() as stack:
                client = await self._enter(stack)
                if not ready.done():
                    ready.set_result(client)
                    await over.wait()
        except Exception as why:  # noqa: BLE001 - whoever waits is told; later, nobody waits any more
            if not ready.done():
                ready.set_exception(ServerTrouble(f"{self.settings.name} cannot be reached: {self._words(why)}"))
            else:
                self._log.warning("an MCP server ended badly", server=self.settings.name, reason=self._words(why))

    async def _enter(self, stack: AsyncExitStack) -> "Client":
        from mcp import Client, StdioServerParameters

        how: dict[str, Any] = {"read_timeout_seconds": ANSWERS_WITHIN}
        if not self.settings.url:
            it = StdioServerParameters(
                command=self.settings.command, args=list(self.settings.args), env=self.settings.env or None
            )
            return await stack.enter_async_context(Client(it, **how))
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        token = self._token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        web = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=ANSWERS_WITHIN))
        transport = streamable_http_client(self.settings.url, http_client=web)
        return await stack.enter_async_context(Client(transport, **how))

    async def _let_go(self, client: "Client") -> None:
        if self._client is not client:
            return  # somebody else did
        self._client, owner = None, self._owner
        self._over.set()
        if owner is not None:
            await asyncio.wait([owner])


def _load() -> None:
    """Import the package, which takes a while, where nothing waits for it. Raises ExtraMissing."""
    try:
        import mcp.client.streamable_http  # noqa: F401
    except ImportError:
        raise ExtraMissing('MCP servers need more packages: pip install "roomful[ai]".') from None


def _is_gone(why: Exception) -> bool:
    """Whether an error means that there is no connection any more."""
    import httpx2
    from anyio import BrokenResourceError, ClosedResourceError
    from mcp.shared.exceptions import MCPError
    from mcp.types import CONNECTION_CLOSED

    if isinstance(why, MCPError):
        return why.code == CONNECTION_CLOSED
    return isinstance(why, (BrokenResourceError, ClosedResourceError, httpx2.HTTPError, OSError))


def _text(result: "CallToolResult") -> str:
    """What a call gave back, as text."""
    parts = [_part(one) for one in result.content]
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    return "\n".join(parts)


def _part(content: Any) -> str:
    if content.type == "text":
        return str(content.text)
    if content.type == "resource" and (text := getattr(content.resource, "text", None)) is not None:
        return str(text)
    return f"[{content.type}]"  # a picture, a sound, a link: nothing to read


def of_settings(several: Sequence[McpSettings], log: Log, now: Callable[[], float]) -> dict[str, Server]:
    """The servers of the configuration, by name; none is started."""
    environ = variables() if several else {}  # `.env` counts too
    return {one.name: Server(one, log, now, environ) for one in several}
