"""A bot host for tests of the hub: a connection with the right to make bots, and the bots' own connections."""

from typing import Any

from roomful.domain.names import skeleton
from roomful.domain.tokens import TOKEN_BYTES, new_token, token_digest
from roomful.store import FOREVER, Change, Claim, NewAccount, PutToken
from tests.support.raw import Obj, RawClient

from .conftest import Node

LASTS = 10**10  # ms
TOKEN = new_token(b"a bot host".ljust(TOKEN_BYTES))


class Host:
    """The host's own connection, and a connection for each bot."""

    def __init__(self, node: Node, client: RawClient) -> None:
        self.node = node
        self.client = client

    @classmethod
    async def start(cls, node: Node) -> "Host":
        """Make the host's account, and log in to it."""
        now, digest = node.hub.clock(), token_digest(TOKEN)
        assert digest is not None
        rows = (
            NewAccount("pbots", "bots", "bots", skeleton("bots"), "service", now),
            Claim("pbots", "bots", "bots", "service", now, FOREVER, skeleton("bots")),
            PutToken("dbots", "pbots", "a host", digest, now, now + LASTS, LASTS),
        )
        if await node.hub.store.account("pbots") is None:
            await node.hub.store.append([Change((), rows)])
        client = await RawClient.login(node.address, None, token=TOKEN)
        node.clients.append(client)
        return cls(node, client)

    async def put(self, nick: str, room: str | None = None, **fields: Any) -> str:
        """Make a bot, in a room if named. Returns its id."""
        place = {name: fields.pop(name) for name in ("mode", "host") if name in fields}
        made = await self.client.ok("bot_put", nick=nick, **({"model": "offline:" + nick} | fields))
        if room is not None:
            await self.client.ok("bot_room", bot=made["bot"], room=room, **place)
        return str(made["bot"])

    async def bot(self, nick: str, room: str = "#r", **fields: Any) -> RawClient:
        """A bot in a room, connected."""
        id = await self.put(nick, room, **fields)
        client = await RawClient.login(self.node.address, None, token=TOKEN, act_as=id)
        self.node.clients.append(client)
        await client.ok("join", room=room)
        return client


async def say(client: RawClient, text: str, **fields: Any) -> int:
    """Post a line; its number."""
    return int((await client.ok("post", room="#r", nonce=f"{text}-{client._id}", text=text, **fields))["seq"])


def verdict(bot: RawClient, line: int, said: str = "not_addressed", **fields: Any) -> Obj:
    """What a bot made of a line."""
    return {"bot": bot.me["id"], "first": line, "last": line, "verdict": said, "rule": "two_people", **fields}
