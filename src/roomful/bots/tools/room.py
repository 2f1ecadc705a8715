"""Tools for the room of the turn, on the bot's own connection: a bot finds what it may read there, and remembers it there."""

from typing import TYPE_CHECKING, Any

from roomful.bots.context import ContextLine
from roomful.bots.context.lines import wrap
from roomful.bots.context.memory import LONGEST
from roomful.bots.remembered import Remembered
from roomful.domain.events import parse_timestamp

from .rights import Described

if TYPE_CHECKING:
    from roomful.bots.resident import Resident
    from roomful.bots.room import Room

HITS, LINES = 10, 41

SEARCH_ROOM = Described(
    "search_room",
    "reads",
    "Search what was said in this room. Returns lines with their numbers, the best first. "
    'Words must all occur; "phrases", begin*, from:NICK, before:DATE and after:DATE narrow it down.',
    {
        "type": "object",
        "properties": {"query": {"type": "string", "description": "What to look for.", "maxLength": 200}},
        "required": ["query"],
        "additionalProperties": False,
    },
)
READ_AROUND = Described(
    "read_around",
    "reads",
    "Read the lines of this room around a line of which you know the number.",
    {
        "type": "object",
        "properties": {"seq": {"type": "integer", "minimum": 1, "description": "The line's number, as in #12."}},
        "required": ["seq"],
        "additionalProperties": False,
    },
)
REMEMBER = Described(
    "remember",
    "reads",  # nothing leaves the room: whoever may read the line may read the note, and forget it
    "Remember something that was said in this room, for later turns here. Everybody in the room sees the note. "
    "Keep what will still matter when the line is long past: a decision, a date, what somebody likes.",
    {
        "type": "object",
        "properties": {
            "seq": {"type": "integer", "minimum": 1, "description": "The line that it comes from, as in #12."},
            "text": {"type": "string", "description": "What to remember, in one sentence.", "maxLength": LONGEST},
        },
        "required": ["seq", "text"],
        "additionalProperties": False,
    },
)


async def search_room(room: "Room", resident: "Resident", arguments: dict[str, Any]) -> str:
    """Lines of this room that fit. Raises ValueError, Refused, ConnectionLost."""
    query = arguments.get("query")
    if not isinstance(query, str) or not query.strip():
        raise ValueError("query is what to look for, as text")
    found = await resident.voice.search(query.strip()[:200], room=room.name, limit=HITS)
    hits = [hit for hit in found.hits if hit.room == room.name]  # whatever rooms the query itself names
    lines = [wrap(ContextLine(hit.seq, parse_timestamp(hit.at), hit.sender, hit.snippet)) for hit in hits]
    return "\n".join(lines) or "No line of this room fits."


async def read_around(room: "Room", resident: "Resident", arguments: dict[str, Any]) -> str:
    """The lines around one. Raises ValueError, Refused, ConnectionLost."""
    seq = arguments.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise ValueError("seq is the number of a line, from 1 on")
    page = await resident.voice.history(room.name, around=seq, limit=LINES)
    read = Remembered()
    read.follow_all(page.events)
    return "\n".join(map(wrap, read.lines)) or f"There are no lines around {seq}."


async def remember(room: "Room", resident: "Resident", arguments: dict[str, Any]) -> str:
    """A note that names its source. Raises ValueError, Refused, ConnectionLost."""
    seq, text = arguments.get("seq"), arguments.get("text")
    if not isinstance(seq, int) or isinstance(seq, bool) or not room.remembered.whose(seq):
        raise ValueError("seq is the number of one of the newest lines of this room")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise ValueError(f"text is what to remember, at most {LONGEST} characters")
    memory = await resident.voice.remember(room.name, text.strip(), seq=seq)
    return f"Remembered as {memory}."
