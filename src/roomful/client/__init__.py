"""The Python SDK: a participant's connection to a server, asyncio only.

client.py       the client; start here
items.py        what its `events` gives
failures.py     what goes wrong on the way
keeper.py       connects, and connects again
visit.py        who one is, over all connections         setbacks.py   when to try again
rooms.py        rooms and what owners do with them       speaking.py    what is said, and done to it
moderating.py   what moderators do                       reading.py     what is asked
account.py      one's own account                        ways.py        ways into one
files.py        files, over HTTP                         clips.py       what is spoken, and read out
bots.py         what people do with bots                 acting.py      what bots and their hosts do
drafting.py     an answer while it is being written      drafts.py      those of others, as they grow
timeline.py     what should be shown of what was told
credentials.py  what logs this user in again
following.py    the rooms: every event once, in order    cursors.py    where one is in each
outbox.py       requests on their way                    questions.py  lists that come in pages
inbox.py        what came and was not read yet           flow.py       when to read from the connection
connection.py   one connection, TCP or TLS               addresses.py  how servers are named
trust.py        how a server is recognised               pins.py       servers trusted on first use
local.py        the server of this machine
"""

from roomful.client.addresses import BadAddress, parse_address
from roomful.client.client import Client
from roomful.client.drafting import Drafting
from roomful.client.drafts import Drafts, Growing
from roomful.client.failures import ConnectFailed, ConnectionLost
from roomful.client.items import Ended, History, HistoryReplaced, Item, Lost, Resumed, RoomLost, RoomRenamed, Status
from roomful.client.timeline import Line, Timeline
from roomful.domain.events import Message
from roomful.domain.files import Attachment
from roomful.protocol.native import Signalled, Told

__all__ = [
    "Attachment",
    "BadAddress",
    "Client",
    "ConnectFailed",
    "ConnectionLost",
    "Drafting",
    "Drafts",
    "Ended",
    "Growing",
    "History",
    "HistoryReplaced",
    "Item",
    "Line",
    "Lost",
    "Message",
    "Resumed",
    "RoomLost",
    "RoomRenamed",
    "Signalled",
    "Status",
    "Timeline",
    "Told",
    "parse_address",
]
