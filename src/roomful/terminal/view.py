"""What is shown: items of the connection become lines of styled fragments. Pure: no terminal and no clock in here.

A fragment is a style and a text, in the form that prompt_toolkit prints; a plain front end takes the texts alone. All text of
others passes through text.py here, and nowhere else.

    10:02    7 alice: hello
    10:02 · bob joined
             ┌ 7 alice: hello
    10:03    9 bob: hi!
    10:03    4 #dev carol: in a room that is not the current one
    10:04    1 [alice → you] in a direct room
    10:05   10 ↳7 bob: in the thread of line 7
      …        eliza [bot]: an answer that is still being wri▍
            · eliza kept silent: two people here, nobody named it (0 tokens) · /why
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from zlib import crc32

from roomful.client import Growing
from roomful.client import Line as Shown
from roomful.domain.answers import Found, MemberInfo, RoomInfo
from roomful.domain.events import Sender, parse_timestamp
from roomful.domain.signals import Decision
from roomful.domain.verdicts import BotInfo, Verdict
from roomful.protocol.native import Told
from roomful.terminal.bots import about, details, reason, whereabouts
from roomful.terminal.facts import sentence
from roomful.terminal.files import described
from roomful.terminal.text import in_lines, one_line, shortened

Fragment = tuple[str, str]
Line = tuple[Fragment, ...]

NICK_COLOURS = 12  # styles class:nick0 … class:nick11
QUOTED = 60  # code points of a line that is answered
CARET = "▍"  # behind an answer that is still being written
_CUT = {"stopped": "stopped"}  # why an answer is not whole
_WHY: Fragment = ("class:notice", " · /why")
_WITHOUT_ACCOUNT = ("guest", "bot", "service", "webhook")
_PEOPLE = ("person", "guest")  # a guest's nick needs no mark: those of accounts are nobody else's
NAMED = 6  # people named in one notice; the others are counted


class View:
    """How things look to one participant.

    Args:
        me: the participant's id, whose lines in direct rooms are from `you`.
        zone: the time zone of what is shown; None: the system's.
        numbers: leave room for lines' numbers, so that those with and without stand in one column.
        http: where files are: see `Client.http`.
    """

    def __init__(self, me: str, zone: tzinfo | None = None, *, numbers: bool = False, http: str = "") -> None:
        self.me = me
        self.zone = zone
        self.numbers = numbers
        self.http = http

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
        line: Shown,
        *,
        room: str = "",
        peer: Sender | None = None,
        answered: Shown | None = None,
        numbered: bool = False,
    ) -> list[Line]:
        """A message's lines.

        Args:
            room: the room's name, where it is not clear from elsewhere.
            peer: in a direct room, the other participant.
            answered: the message that `reply_to` is the number of, if it is at hand.
            numbered: show the number, for `/reply`.
        """
        number = f"{line.seq if numbered else '':>5}" if self.numbers or numbered else ""
        indent = " " * (5 + len(number))
        first, *rest = self._content(line)
        style = "class:mention" if self.me in line.mentions or line.everybody else "class:text"
        head: list[Fragment] = [("class:time", f"{self.local(line.at):%H:%M}"), ("class:number", number), ("", " ")]
        if room:
            head.append(("class:room", one_line(room) + " "))
        if line.thread is not None:
            head.append(("class:mark", f"↳{line.thread} "))
        lines = [self._answered(line.reply_to, answered, indent, numbered)] if line.reply_to is not None else []
        lines.append((*head, *self._said_by(line.sender, line.style, peer), (style, first)))
        lines += _further(rest, indent, style)
        if marks := _marks(line):
            lines[-1] = (*lines[-1], ("class:mark", marks if first else marks.lstrip()))
        if line.reactions:
            said = " · ".join(f"{one_line(emoji)} {len(senders)}" for emoji, senders in line.reactions)
            lines.append((("class:mark", f"{indent} └ {said}"),))
        return lines

    def _content(self, line: Shown) -> list[str]:
        """What a message says: its text, and a line for each file."""
        text = in_lines(line.text) if line.text or not line.attachments else []
        return text + [one_line(described(file, self.http)) for file in line.attachments]

    def growing(self, growing: Growing, peer: Sender | None = None) -> list[Line]:
        """The lines of an answer that is still being written."""
        indent = " " * (10 if self.numbers else 5)
        first, *rest = in_lines(f"{growing.text}{CARET}")
        head = (("class:time", f"  …{indent[3:]} "), *self._said_by(growing.sender, "text", peer))
        return [(*head, ("class:text", first)), *_further(rest, indent, "class:text")]

    def _said_by(self, sender: Sender, style: str, peer: Sender | None) -> list[Fragment]:
        if peer is not None:
            return self._between(sender, peer, style)
        nick = self._nick(sender)
        match style:
            case "action":
                return [("class:mark", "* "), *nick, ("", " ")]
            case "notice":
                return [("class:mark", "-"), *nick, ("class:mark", "- ")]
            case "voice":
                return [*nick, ("class:mark", " (spoken): ")]
        return [*nick, ("class:mark", ": ")]

    def _between(self, sender: Sender, peer: Sender, style: str) -> list[Fragment]:
        you = [("class:you", "you")]
        ends = (you, self._nick(peer)) if sender.id == self.me else (self._nick(sender), you)
        action = {"action": [("class:mark", "* ")], "voice": [("class:mark", "(spoken) ")]}.get(style, [])
        return [("class:mark", "["), *ends[0], ("class:mark", " → "), *ends[1], ("class:mark", "] "), *action]

    def _nick(self, sender: Sender) -> list[Fragment]:
        nick: list[Fragment] = [(nick_style(sender.nick), one_line(sender.nick))]
        return nick if sender.kind in _PEOPLE else [*nick, ("class:mark", f" [{one_line(sender.kind)}]")]

    def _answered(self, seq: int, answered: Shown | None, indent: str, numbered: bool) -> Line:
        if answered is None:
            return (("class:quote", f"{indent} ┌ line {seq}"),)
        number = f"{seq} " if numbered else ""
        said = answered.text or ", ".join(file.name for file in answered.attachments)
        text = "(redacted)" if answered.redacted else one_line(shortened(said, QUOTED))
        return (("class:quote", f"{indent} ┌ {number}{one_line(answered.sender.nick)}: {text}"),)

    # -- facts about a room ------------------------------------------------------------------------

    def fact(self, told: Told, room: str = "") -> Line:
        """An event that is no message, as a notice."""
        return self.notice(sentence(told), at=told.at, room=room)

    def notice(self, text: str, *, at: int | None = None, room: str = "") -> Line:
        """One dim line about what happens, with its time where it is an event's."""
        time: list[Fragment] = [("class:time", f"{self.local(at):%H:%M} ")] if at is not None else []
        where = f"{one_line(room)}: " if room else ""
        return (*time, ("class:notice", f"· {where}{one_line(text)}"))

    def decision(self, decision: Decision, room: str = "") -> Line:
        """Why a bot was silent where one would have expected it to speak."""
        why = reason(decision.verdict, decision.nick)
        where = (("class:notice", f"{one_line(room)}: "),) if room else ()
        # What /why tells is about the current room.
        return (("class:notice", "· "), *where, *self._reason(why, decision.nick), *(() if room else (_WHY,)))

    def silence(self, verdict: Verdict, nick: str, room: str = "") -> Line:
        """The same under a line of history, for all lines that it is about: /why NUMBER tells the rest."""
        count = verdict.last - verdict.first + 1
        lines = f" · {counted(count, 'line')}" if verdict.first and count > 1 else ""
        where = f"{one_line(room)}: " if room else ""
        rest: Fragment = ("class:notice", lines if room else f"{lines} · /why {verdict.last}")
        return (("class:notice", f"· {where}"), *self._reason(reason(verdict, nick), nick), rest)

    def verdict(self, verdict: Verdict, nick: str) -> list[Line]:
        """Why a bot spoke, or was silent, with all that is known of it."""
        lines = f"{about(verdict)}: " if verdict.first else ""
        return [
            (("class:notice", f"· {lines}"), *self._reason(reason(verdict, nick), nick)),
            (("class:mark", f"    └ {one_line(' · '.join(details(verdict)))}"),),
        ]

    def _reason(self, why: str, nick: str) -> list[Fragment]:
        """A reason, whose bot one sees at a glance."""
        if nick and why.startswith(f"{nick} "):
            return [(nick_style(nick), one_line(nick)), ("class:notice", one_line(why[len(nick) :]))]
        return [("class:notice", one_line(why))]

    def refusal(self, text: str, hint: str = "") -> Line:
        """Something that did not work: the sentence, and what to type."""
        return (("class:refusal", f"! {one_line(text)}"), *([("class:notice", f" {one_line(hint)}")] if hint else []))

    def rule(self, text: str) -> Line:
        """A line between parts."""
        return (("class:rule", f"── {one_line(text)} ──"),)

    def day(self, at: int) -> Line:
        """The line above the first line of another day."""
        day = self.local(at)
        return self.rule(f"{day:%A}, {day.day} {day:%B %Y}")

    # -- answers ---------------------------------------------------------------------------------

    def members(self, room: str, members: Sequence[MemberInfo], bots: Mapping[str, BotInfo] | None = None) -> Line:
        """Who is in a room, those who are connected first. Of the bots that are known by id, where lines go."""
        told_apart = any(member.kind not in _WITHOUT_ACCOUNT for member in members)  # else nobody need be told
        known = {id: whereabouts(bot) for id, bot in (bots or {}).items()}
        here = [self._described(m, told_apart, known.get(m.id)) for m in members if m.online]
        absent = [self._described(m, told_apart, known.get(m.id)) for m in members if not m.online]
        text = f"{room}: {len(here)} here: {', '.join(here)}." if here else f"{room}: nobody is here."
        return self.notice(text + (f" Not here: {', '.join(absent)}." if absent else ""))

    def _described(self, member: MemberInfo, told_apart: bool, runs_on: str | None) -> str:
        kind = runs_on or (member.kind if member.kind != "person" and (told_apart or member.kind != "guest") else "")
        marks = [
            *(["you"] if member.id == self.me else []),
            *([member.role] if member.role not in ("member", member.kind) else []),
            *([kind] if kind else []),
            *([self.status(member.state, member.text)] if member.online and member.state != "online" else []),
        ]
        return f"{member.nick} ({', '.join(marks)})" if marks else member.nick

    def status(self, state: str, text: str) -> str:
        """How somebody is there: 'away: lunch'."""
        return f"{state}: {text}" if text else state

    def room(self, info: RoomInfo, mark: str = "") -> Line:
        """A room in a list."""
        name = f"@{info.peer.nick}" if info.peer else info.room
        marks = [
            *([] if info.peer else [counted(info.count, "member")]),
            *(["private"] if info.kind == "private" else []),
            *(["archived"] if info.archived else []),
            *([f"you are invited: /join {info.room}"] if info.invited else []),
            *([mark] if mark else []),
            *([info.topic] if info.topic else []),
        ]
        return (
            ("class:room", f"  {one_line(name)}"),
            ("class:notice", "".join(f" · {one_line(one)}" for one in marks)),
        )

    def hit(self, found: Found, title: str) -> Line:
        """A message that a search found: its room, number and time, and the part that fits, with what fits marked."""
        when = self.local(parse_timestamp(found.at))
        fragments: list[Fragment] = [
            ("class:time", f"{when:%Y-%m-%d %H:%M} "),
            ("class:room", f"{one_line(title)} "),
            ("class:number", f"{found.seq} "),
            *self._nick(found.sender),
            ("class:mark", ": "),
        ]
        at = 0
        for begin, end in found.matches:
            fragments.append(("class:text", one_line(found.snippet[at:begin])))
            match = one_line(found.snippet[begin:end])
            fragments.append(("class:match", match if self.numbers else f"«{match}»"))  # in a pipe there is no bold
            at = end
        return (*fragments, ("class:text", one_line(found.snippet[at:])))

    def pairs(self, rows: Iterable[tuple[str, str]]) -> list[Line]:
        """Two columns, as in /help."""
        rows = [(one_line(left), one_line(right)) for left, right in rows]
        width = max(len(left) for left, _ in rows)
        return [(("class:room", f"  {left:<{width}}"), ("class:notice", f"  {right}")) for left, right in rows]


def _further(rest: Sequence[str], indent: str, style: str) -> list[Line]:
    """A message's lines but the first: the bar tells them from lines of somebody else."""
    return [(("class:mark", f"{indent} │ "), (style, more)) for more in rest]


def _marks(line: Shown) -> str:
    """What became of a message."""
    if line.redacted:
        return " (redacted)"
    cut = f" ({_CUT.get(line.cut, 'broke off')})" if line.cut else ""
    replies = f" ({counted(line.replies, 'reply', 'replies')}: /thread {line.seq})" if line.replies else ""
    return cut + (" (edited)" if line.edited else "") + (" (pinned)" if line.pinned else "") + replies


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


def counted(number: int, what: str, several: str = "") -> str:
    """'1 member', '3 members', '3 replies'."""
    return f"{number:,} {what if number == 1 else several or what + 's'}"
