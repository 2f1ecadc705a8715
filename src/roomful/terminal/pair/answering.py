"""The answering half of one end: what the peer asks, and what it is told. Pure: the link carries it."""

from roomful import __version__
from roomful.domain import answers, commands
from roomful.domain.answers import Answer
from roomful.domain.commands import Request
from roomful.domain.events import Sender
from roomful.domain.names import parse_nick
from roomful.domain.texts import MAX_TEXT
from roomful.errors import (
    BadText,
    HelloRequired,
    LoggedIn,
    LoginRequired,
    NickTaken,
    NoSuchRoom,
    NotAllowed,
    NotMember,
    UnsupportedProtocol,
)
from roomful.protocol.frames import MAX_FRAME
from roomful.protocol.native import VERSION

ROOM = "#pair"
FEATURE = "pair"  # by this the caller knows that a person listens, and not a server with rooms
WINDOW = 16  # posts without an answer: what the other end has not shown yet is at most so much
IDLE = 25.0  # seconds


class Answering:
    """Follows the peer from `hello` to `join`, and judges each of its requests.

    Args:
        nick: of this end; the peer cannot have the same.
        me: this end's id.
        peer: the other's. Neither means anything beyond this connection.
    """

    def __init__(self, nick: str, me: str, peer: str) -> None:
        self.me = Sender(me, nick, "person")
        self._peer_id = peer
        self._greeted = False
        self.peer: Sender | None = None
        self.joined = False

    def rename(self, nick: str) -> None:
        """This end has taken another nick."""
        self.me = Sender(self.me.id, nick, "person")

    def answer(self, request: Request) -> Answer:
        """The answer to anything but `post` and `bye`, which are answered when they are done.

        Raises:
            RoomfulError: it is refused; Ended: and the connection with it.
        """
        if isinstance(request, commands.Hello):
            return self._hello(request)
        if not self._greeted:
            raise HelloRequired
        match request:
            case commands.Ping():
                return answers.Done()
            case commands.Login():
                return self._login(request)
            case commands.Join():
                return self._join(request)
        raise NotAllowed("A one-to-one chat knows hello, login, join, post, ping and bye.", field="type")

    def check(self, post: commands.Post) -> None:
        """Raises Refused unless the peer may post this now."""
        if not self.joined:
            raise NotMember(f"Join {ROOM} first.", field="room")
        if post.room != ROOM:
            raise NoSuchRoom(f"There is only {ROOM} here.", field="room")
        if not post.text or (len(post.text) * 4 > MAX_TEXT and len(post.text.encode()) > MAX_TEXT):
            raise BadText(f"A text has 1 to {MAX_TEXT:,} bytes of UTF-8.", field="text")

    def _hello(self, request: commands.Hello) -> Answer:
        if request.protocol != VERSION:
            raise UnsupportedProtocol(f"This side speaks version {VERSION} of the protocol, not {request.protocol}.")
        self._greeted = True
        name = f"roomful-pair/{__version__}"
        return answers.Welcome(name, VERSION, "", (FEATURE,), MAX_FRAME, MAX_TEXT, WINDOW, IDLE)

    def _login(self, request: commands.Login) -> Answer:
        if self.peer is not None:
            raise LoggedIn
        nick = parse_nick(request.nick or "")
        if nick.folded == parse_nick(self.me.nick).folded:
            raise NickTaken(f"{nick.text} is the nick of the other side.", field="nick")
        self.peer = Sender(self._peer_id, nick.text, "person")
        return answers.LoggedIn(answers.Me(self.peer.id, nick.text, "person"), "")

    def _join(self, request: commands.Join) -> Answer:
        if self.peer is None:
            raise LoginRequired
        if request.room != ROOM:
            raise NoSuchRoom(f"There is only {ROOM} here.", field="room")
        self.joined = True
        return answers.Joined(ROOM, 0, 2, (self.me, self.peer))
