"""What happened in a room besides messages: one sentence for each event. Pure."""

from roomful.domain import events
from roomful.domain.events import parse_timestamp
from roomful.protocol.native import Told
from roomful.terminal.bots import concluded, declared
from roomful.terminal.durations import DAY, spoken

_LEFT = {
    "expired": "was away for too long, and is no member any more",
    "banned": "was banned, and is no member any more",
    "deleted": "has deleted the account",
}
_PROGRAMS = ("bot", "webhook")
_UNENDING = 5 * 365 * DAY  # s: who is shut out for longer is so for good


def sentence(told: Told) -> str:
    """An event that is no message, in words."""
    nick = told.sender.nick
    match told.body:
        case events.Message():
            raise AssertionError("a message is no notice: see view.py")
        case events.Join():
            return f"{nick}, a {told.sender.kind}, joined" if told.sender.kind in _PROGRAMS else f"{nick} joined"
        case events.Leave(reason=reason):
            return f"{nick} {_LEFT.get(reason, 'left')}"
        case events.Nick(nick=new):
            return f"{nick} is now called {new}"
        case events.Topic(text=""):
            return f"{nick} removed the topic"
        case events.Topic(text=text):
            return f"{nick} set the topic: {text}"
        case events.Edit() | events.Redaction() | events.Reaction() | events.Pin():
            return _about_a_line(nick, told.body)
        case events.Renamed(name=name, old=old):
            return f"{nick} renamed the room: {old or 'it'} is {name} now"
        case events.Changed():
            return f"{nick} changed the room: {'; '.join(_changes(told.body)) or 'nothing'}"
        case events.Conversation() | events.Concluded() | events.Stopped() | events.Continued():
            return _about_bots(nick, told.body)
        case events.Unknown(type=kind):
            return f"{nick} did something that this release does not know ({kind})"
        case _:
            return _about_somebody(told, told.body)


def _about_a_line(nick: str, body: events.Edit | events.Redaction | events.Reaction | events.Pin) -> str:
    match body:
        case events.Edit(target=target, redacted=None, text=text):
            return f"{nick} edited line {target}: {text}"
        case events.Edit(target=target):
            return f"{nick} edited line {target}, which was redacted"
        case events.Redaction(target=target, reason=reason):
            return f"line {target} was redacted by {nick}{f' ({reason})' if reason else ''}"
        case events.Reaction(target=target, emoji=emoji, on=True):
            return f"{nick} reacted {emoji} to {target}"
        case events.Reaction(target=target, emoji=emoji):
            return f"{nick} took {emoji} back from {target}"
        case events.Pin(target=target, on=on):
            return f"{nick} {'pinned' if on else 'unpinned'} line {target}"


def _about_bots(nick: str, body: events.Conversation | events.Concluded | events.Stopped | events.Continued) -> str:
    match body:
        case events.Conversation(bots=bots, topic=topic, turns=turns, seconds=seconds):
            return f"{nick} lets {declared([bot.nick for bot in bots], topic, turns, seconds)}"
        case events.Concluded(how=how, turns=turns):
            return concluded(how, turns)
        case events.Stopped():
            return f"{nick} told the bots to be quiet"
        case events.Continued():
            return f"{nick} lets the bots go on"


_OfSomebody = (
    events.Kick | events.Ban | events.Unban | events.Mute | events.Unmute | events.Promoted | events.Invite
)  # fmt: skip


def _about_somebody(told: Told, body: _OfSomebody) -> str:
    nick = told.sender.nick
    match body:
        case events.Kick(target=target, reason=reason):
            return f"{nick} kicked {target.nick}{_because(reason)}"
        case events.Ban():
            whom = body.target.nick if body.target else f"the nicks {body.mask}" if body.mask else "an address"
            return f"{nick} banned {whom}{_until(told.at, body.until)}{_because(body.reason)}"
        case events.Unban():
            whom = body.target.nick if body.target else f"the nicks {body.mask}" if body.mask else "an address"
            return f"{nick} lifted the ban of {whom}"
        case events.Mute(target=target, reason=reason):
            return f"{nick} muted {target.nick}{_until(told.at, body.until)}{_because(reason)}"
        case events.Unmute(target=target):
            return f"{nick} lets {target.nick} speak again"
        case events.Promoted(target=target, role=role) if target.id == told.sender.id:
            return f"{target.nick} is {role} now, with an account"
        case events.Promoted(target=target, role=role):
            return f"{nick} made {target.nick} {role}"
        case events.Invite(target=target):
            return f"{nick} invited {target.nick}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _until(at: int, until: str | None) -> str:
    """For how long it is, from when it was done."""
    seconds = (parse_timestamp(until) - at) / 1000 if until else _UNENDING
    return "" if seconds >= _UNENDING else f" for {spoken(seconds)}"


def _changes(body: events.Changed) -> list[str]:
    """Settings, in words."""
    said = []
    if body.description is not None:
        said.append(f"it is for {body.description}" if body.description else "no description")
    if body.kind is not None:
        said.append("private, for those invited" if body.kind == "private" else "public")
    if body.history is not None:
        said.append("members read all of it" if body.history == "all" else "members read from their joining on")
    if body.slow is not None:
        said.append(f"a message of each member every {spoken(body.slow)}" if body.slow else "no slow mode")
    if body.retention is not None:
        said.append(f"texts are erased after {spoken(body.retention * DAY)}" if body.retention else "texts are kept")
    if body.models is not None:
        local = "no line goes to a model on another machine"
        said.append(local if body.models == "local" else "models on other machines may read it")
    if body.archived is not None:
        said.append("archived, nobody may write" if body.archived else "not archived any more")
    return said
