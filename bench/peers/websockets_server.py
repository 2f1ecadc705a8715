"""A chat server as the documentation of `websockets` would have it: rooms are sets, and broadcast() tells them.

The first message of a connection names its room and is answered by "+"; every later one goes to the others in the room.

    python websockets_server.py PORT
"""

import sys
from collections import defaultdict

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def talk(connection: ServerConnection) -> None:
    """Serve one connection to its end."""
    room = rooms[str(await connection.recv())]
    room.add(connection)
    await connection.send("+")
    try:
        async for message in connection:
            broadcast(room - {connection}, message)
    finally:
        room.discard(connection)


async def main() -> None:
    """Serve until the process is ended."""
    port = int(sys.argv[1])
    async with serve(
        talk, "127.0.0.1", port, compression=None, ping_interval=None, open_timeout=60, backlog=4096
    ) as server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
