"""A conversation as an offline model sees it: who said what, from the messages it is given and from nothing else."""

import html
import re
from collections.abc import Sequence

from msgspec import Struct

from ..contract import Message

LAST_TURN = "This is the last turn."  # in a system message or in <turn>: the model says goodbye
WINDOW = 80  # the newest lines that count

_LINE = re.compile(r"<line\b([^<>]*)>(.*?)</line>", re.DOTALL)
_ASIDE = re.compile(r"<(summary|memory|recalled|turn)\b[^<>]*>(.*?)</\1>", re.DOTALL)  # what is nobody's line
_TURN = re.compile(r"<turn>(.*?)</turn>\s*\Z", re.DOTALL)
_FROM = re.compile(r"\bfrom=(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_SEQ = re.compile(r"\bseq=\W?(\d{1,18})")
_ASKED = re.compile(r"#(\d{1,18})\b")
_TAG = re.compile(r"<\s*/?\s*line\b[^<>]*>?", re.IGNORECASE)
_LAST = re.compile(r"\bthis is (?:the|your) last turn\b", re.IGNORECASE)
_TOPIC = re.compile(
    r"^\s*topic:\s*(\S[^\n]{0,79})|\bin a conversation about:\s*(\S[^\n]{0,79}?)\. Say\b", re.IGNORECASE | re.MULTILINE
)


class Line(Struct, frozen=True):
    """One line. `who` is a nick, or empty where it is not known."""

    text: str
    who: str = ""
    mine: bool = False
    seq: int = 0  # its number, where it is known


class Conversation(Struct, frozen=True):
    """The newest lines, the oldest first, and what the instructions say."""

    lines: tuple[Line, ...]
    last_turn: bool = False
    topic: str = ""
    asked: frozenset[int] = frozenset()  # the numbers of the lines that are to be answered, where that is said

    @property
    def newest(self) -> Line | None:
        """What is to be answered: the newest line of somebody else, among those that are asked for."""
        others = [line for line in reversed(self.lines) if not line.mine]
        return next((line for line in others if line.seq in self.asked), others[0] if others else None)

    @property
    def own(self) -> list[str]:
        """What this model has said, the newest first."""
        return [line.text for line in reversed(self.lines) if line.mine]

    @property
    def nicks(self) -> set[str]:
        return {line.who.casefold() for line in self.lines if line.who}


def conversation(messages: Sequence[Message]) -> Conversation:
    """The conversation that the messages are. Wrappers are taken off; what imitates one in a text is dropped."""
    turn = _TURN.search(messages[-1].text) if messages and messages[-1].role == "user" else None
    wanted = turn[1] if turn else ""
    instructions = "\n".join([*(message.text for message in messages if message.role == "system"), wanted])
    topic = _TOPIC.search(instructions)
    lines = [line for message in messages[-WINDOW:] for line in _lines(message)]
    return Conversation(
        tuple(lines[-WINDOW:]),
        bool(_LAST.search(instructions)),
        re.sub(r"[<>]", "", topic[1] or topic[2]).strip(" .") if topic else "",
        frozenset(map(int, _ASKED.findall(wanted))),
    )


def _lines(message: Message) -> list[Line]:
    if message.role == "system":
        return []
    if message.role == "assistant":
        return [Line(message.text.strip(), mine=True)]
    text = _ASIDE.sub("", message.text)
    wrapped = _LINE.findall(text)
    if not wrapped:
        return [Line(_unwrapped(text))] if text.strip() or text == message.text else []
    return [Line(_unwrapped(said), _who(about), seq=_seq(about)) for about, said in wrapped]


def _seq(attributes: str) -> int:
    found = _SEQ.search(attributes)
    return int(found[1]) if found else 0


def _who(attributes: str) -> str:
    found = _FROM.search(html.unescape(attributes))
    nick = next(filter(None, found.groups()), "") if found else ""
    return re.sub(r"[<>\s]", "", nick)[:32]


def _unwrapped(text: str) -> str:
    return _TAG.sub(" ", html.unescape(text)).strip()
