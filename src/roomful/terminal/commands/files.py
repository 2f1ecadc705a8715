"""Commands that send files and save them."""

from pathlib import Path

from roomful.client import ConnectFailed, Line, Timeline
from roomful.terminal.commands.table import Misused, current, number_and_rest
from roomful.terminal.conversation import Conversation
from roomful.terminal.files import path_and_rest, spoken, unused

SLOW = 1_000_000  # bytes: whoever sends more is told that it began


async def send(conversation: Conversation, text: str) -> None:
    """Send a file, with a text or without."""
    file, said = path_and_rest(text)
    if file is None:
        raise Misused("Which file? /send FILE [TEXT]; a path with spaces stands in quotes.")
    room = current(conversation)
    try:
        size = file.stat().st_size
        if size > SLOW:
            conversation.note(f"Sending {file.name} ({spoken(size)}) …")
        attachment = await conversation.client.upload(room.name, file)
    except ConnectFailed as why:
        raise Misused(why.message) from None
    except OSError as why:
        raise Misused(f"{file} cannot be read: {why.strerror or why}.") from None
    await conversation.post(room, said, attachments=(attachment,))


async def save(conversation: Conversation, text: str) -> None:
    """Save the files of a line."""
    number, rest = number_and_rest(text, "/save NUMBER [FOLDER]")
    room = current(conversation)
    folder = path_and_rest(rest)[0] or Path()
    line = room.timeline.line(number) or await _older(conversation, room.name, number)
    if line is None or not line.attachments:
        raise Misused(f"Line {number} has no files.")
    for file in line.attachments:
        try:
            path = unused(folder, file.name)
            await conversation.client.download(file, path)
        except ConnectFailed as why:
            raise Misused(why.message) from None
        except OSError as why:
            raise Misused(f"{file.name} cannot be saved: {why.strerror or why}.") from None
        conversation.note(f"Saved {path} ({spoken(file.size)}).")


async def _older(conversation: Conversation, room: str, number: int) -> Line | None:
    page = await conversation.client.history(room, around=number, limit=1)
    return Timeline(page.events).line(number)
