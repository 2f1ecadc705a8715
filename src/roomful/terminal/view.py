"""What is shown: items of the connection become lines of styled fragments. Pure: no terminal and no clock in here.

A fragment is a style and a text, in the form that prompt_toolkit prints; a plain front end takes the texts alone. All text of
others passes through text.py here, and nowhere else.

    10:02    7 alice: hello
    10:02 · bob joined
             ┌ 7 alice: hello
    10:03    9 bob: hi!
    10:03    4 #dev carol: in a room that is not the current one
    10:04    1 [alice → you] in a direct room
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from zlib import crc32

from roomful.domain import events
from roomful.domain.answers import MemberInfo, RoomInfo
from roomful.domain.events import Sender
from roomful.protocol.native import Told
from roomful.terminal.text import in_lines, one_line, shortened

Fragment = tuple[str, str]
Line = tuple[Fragment, ...]

NICK_COLOURS = 12  # styles class:nick0 … class:nick11
QUOTED = 60  # code points of a line that is answered
NAMED = 6  # people named in one notice; the others are counted


class View:
    """How things look to one participant.

    Args:
        me: the participant's id, whose lines in direct rooms are from `you`.
        zone: the time zone of what is shown; None: the system's.
        numbers: leave room for lines' numbers, so that those with and without stand in one column.
    """

    def __init__(self, me: str, zone: tzinfo | None = None, *, numbers: bool = False) -> None:
        self.me = me
        self.zone = zone
        self.numbers = numbers

    def local(self, at: int) -> datetime:
        """A time of the log (ms since 1970 UTC) as it is here."""
        return (
            datetime.fromtimestamp(at / 1000, self.zone)
            if self.zone
            else datetime.fromtimestamp(at / 1000).astimezone()
        )

    # -- lines of people ------------------------------------------------------------------------

    def message(
        self,
        told: Told,
        body: events.Message,
        *,
        room: str = "",
        peer: Sender | None = None,
        answered: Told | None = None,
        numbered: bool = False,
    ) -> list[Line]:
        """A message's lines.

        Args:
            room: the room's name, where it is not clear from elsewhere.
            peer: in a direct room, the other participant.
            answered: the event that `reply_to` is the number of, if it is at hand.
            numbered: show the number, for `/reply`.
        """
        number = f"{told.seq if numbered else '':>5}" if self.numbers or numbered else ""
        indent = " " * (5 + len(number))
        first, *rest = in_lines(body.text)
        style = "class:mention" if self.me in body.mentions else "class:text"
        head: list[Fragment] = [("class:time", f"{self.local(told.at):%H:%M}"), ("class:number", number), ("", " ")]
        if room:
            head.append(("class:room", one_line(room) + " "))
        lines = [self._answered(body.reply_to, answered, indent, numbered)] if body.reply_to is not None else []
        lines.append((*head, *self._said_by(told.sender, body.style, peer), (style, first)))
        # The bar tells a message's second line from a line of somebody else.
        lines += [(("class:mark", f"{indent} │ "), (style, line)) for line in rest]
        return lines

    def _said_by(self, sender: Sender, style: str, peer: Sender | None) -> list[Fragment]:
        if peer is not None:
            return self._between(sender, peer, style)
        nick = self._nick(sender)
        match style:
            case "action":
                return [("class:mark", "* "), *nick, ("", " ")]
            case "notice":
                return [("class:mark", "-"), *nick, ("class:mark", "- ")]
        return [*nick, ("class:mark", ": ")]

    def _between(self, sender: Sender, peer: Sender, style: str) -> list[Fragment]:
        you = [("class:you", "you")]
        ends = (you, self._nick(peer)) if sender.id == self.me else (self._nick(sender), you)
        action = [("class:mark", "* ")] if style == "action" else []
        return [("class:mark", "["), *ends[0], ("class:mark", " → "), *ends[1], ("class:mark", "] "), *action]

    def _nick(self, sender: Sender) -> list[Fragment]:
        nick: list[Fragment] = [(nick_style(sender.nick), one_line(sender.nick))]
        return nick if sender.kind == "person" else [*nick, ("class:mark", f" [{one_line(sender.kind)}]")]

    def _answered(self, seq: int, answered: Told | None, indent: str, numbered: bool) -> Line:
        if answered is None or not isinstance(answered.body, events.Message):
            return (("class:quote", f"{indent} ┌ line {seq}"),)
        number = f"{seq} " if numbered else ""
        text = one_line(shortened(answered.body.text, QUOTED))
        return (("class:quote", f"{indent} ┌ {number}{one_line(answered.sender.nick)}: {text}"),)

    # -- facts about a room ------------------------------------------------------------------------

    def fact(self, told: Told, room: str = "") -> Line:
        """An event that is no message, as a notice."""
        nick = told.sender.nick
        match told.body:
            case events.Join():
                said = f"{nick} joined"
            case events.Leave():
                said = f"{nick} left"
            case events.Nick(nick=new):
                said = f"{nick} is now called {new}"
            case events.Topic(text=""):
                said = f"{nick} removed the topic"
            case events.Topic(text=text):
                said = f"{nick} set the topic: {text}"
            case events.Unknown(type=kind):
                said = f"{nick} did something that this release does not know ({kind})"
            case events.Message():
                raise AssertionError("a message is no notice: see `message`")
        return self.notice(said, at=told.at, room=room)

    def notice(self, text: str, *, at: int | None = None, room: str = "") -> Line:
        """One dim line about what happens, with its time where it is an event's."""
        time: list[Fragment] = [("class:time", f"{self.local(at):%H:%M} ")] if at is not None else []
        where = f"{one_line(room)}: " if room else ""
        return (*time, ("class:notice", f"· {where}{one_line(text)}"))

    def refusal(self, text: str, hint: str = "") -> Line:
        """Something that did not work: the sentence, and what to type."""
        return (("class:refusal", f"! {one_line(text)}"), *([("class:notice", f" {hint}")] if hint else []))

    def rule(self, text: str) -> Line:
        """A line between parts."""
        return (("class:rule", f"── {one_line(text)} ──"),)

    def day(self, at: int) -> Line:
        """The line above the first line of another day."""
        day = self.local(at)
        return self.rule(f"{day:%A}, {day.day} {day:%B %Y}")

    # -- answers ---------------------------------------------------------------------------------

    def members(self, room: str, members: Sequence[MemberInfo]) -> Line:
        """Who is in a room, those who are connected first."""
        here = [self._described(m) for m in members if m.online]
        away = [self._described(m) for m in members if not m.online]
        text = f"{room}: {len(here)} here: {', '.join(here)}." if here else f"{room}: nobody is here."
        return self.notice(text + (f" Away: {', '.join(away)}." if away else ""))

    def _described(self, member: MemberInfo) -> str:
        marks = [
            *(["you"] if member.id == self.me else []),
            *([member.role] if member.role != "member" else []),
            *([member.kind] if member.kind != "person" else []),
        ]
        return f"{member.nick} ({', '.join(marks)})" if marks else member.nick

    def room(self, info: RoomInfo, mark: str = "") -> Line:
        """A room in a list."""
        name = f"@{info.peer.nick}" if info.peer else info.room
        people = "" if info.peer else f" · {counted(info.count, 'member')}"
        topic = f" · {one_line(info.topic)}" if info.topic else ""
        return (
            ("class:room", f"  {one_line(name)}"),
            ("class:notice", f"{people}{f' · {mark}' if mark else ''}{topic}"),
        )

    def pairs(self, rows: Iterable[tuple[str, str]]) -> list[Line]:
        """Two columns of our own words, as in /help."""
        rows = list(rows)
        width = max(len(left) for left, _ in rows)
        return [(("class:room", f"  {left:<{width}}"), ("class:notice", f"  {right}")) for left, right in rows]


def nick_style(nick: str) -> str:
    """A nick's colour: the same wherever and whenever it is shown."""
    return f"class:nick{crc32(nick.casefold().encode(errors='replace')) % NICK_COLOURS}"


def text_of(line: Line) -> str:
    """A line without its styles."""
    return "".join(text for _, text in line)


def listed(names: Sequence[str]) -> str:
    """'alice', 'alice and bob', 'alice, bob and 7 others'."""
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} others"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def counted(number: int, what: str) -> str:
    """'1 member', '3 members'."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
