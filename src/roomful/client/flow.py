"""When to read from the connection: the client's side of flow control.

While there is enough to read in the inbox, bytes are left in the socket, and TCP slows the server down. There are two reasons to
read all the same. While a reply is awaited: whoever iterates over the events and posts from inside the loop would
otherwise wait for a receipt that is stuck behind events that nobody takes. And when nobody has read for a while: the server
ends connections whose socket stays full, and the user may only want to post. What then comes and has no place any more
is not taken in; its rooms are read on from the log when the inbox has drained. So memory is bounded, nothing is lost, and
receipts always arrive.
"""

import asyncio

from roomful.client.connection import Connection
from roomful.client.inbox import Inbox
from roomful.client.outbox import Outbox

PATIENCE = 20.0  # s of not reading; well below the server's limit for a full socket


class Flow:
    """Opens and closes the tap of the present connection."""

    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._connection: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waited = False

    def use(self, connection: Connection | None) -> None:
        """There is another connection, or none."""
        self._connection = connection

    def balance(self) -> None:
        """Something has changed: read, or do not."""
        if self._inbox.full:
            self._expect_reader()
        if self._connection is not None:
            self._connection.read(not self._inbox.full or self._outbox.busy or self._waited)

    def drained(self) -> None:
        """Somebody has read enough."""
        self._waited = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.balance()

    def _expect_reader(self) -> None:
        if self._timer is None and not self._waited:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._wait_no_longer)

    def _wait_no_longer(self) -> None:
        self._timer = None
        self._waited = True
        self.balance()

    def close(self) -> None:
        """There will be no connection any more."""
        self._connection = None
        if self._timer is not None:
            self._timer.cancel()
