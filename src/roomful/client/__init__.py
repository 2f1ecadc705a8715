"""The Python SDK: a participant's connection to a server, asyncio only.

client.py       the client; start here
items.py        what its `events` gives
failures.py     what goes wrong on the way
keeper.py       connects, and connects again
visit.py        who one is, over all connections         setbacks.py   when to try again
following.py    the rooms: every event once, in order    cursors.py    where one is in each
outbox.py       requests on their way                    questions.py  lists that come in pages
inbox.py        what came and was not read yet           flow.py       when to read from the connection
connection.py   one TCP connection                       addresses.py  how servers are named
local.py        the server of this machine
"""

from roomful.client.addresses import BadAddress, parse_address
from roomful.client.client import Client
from roomful.client.failures import ConnectFailed, ConnectionLost
from roomful.client.items import Ended, History, HistoryReplaced, Item, Lost, Resumed, RoomLost, Status
from roomful.domain.events import Message
from roomful.protocol.native import Signalled, Told

__all__ = [
    "BadAddress",
    "Client",
    "ConnectFailed",
    "ConnectionLost",
    "Ended",
    "History",
    "HistoryReplaced",
    "Item",
    "Lost",
    "Message",
    "Resumed",
    "RoomLost",
    "Signalled",
    "Status",
    "Told",
    "parse_address",
]
