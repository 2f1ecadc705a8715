"""Commands to speak, and to listen."""

from roomful.client import ConnectFailed
from roomful.terminal.commands.table import Command, Misused, Topic, current
from roomful.terminal.conversation import Conversation
from roomful.terminal.files import path_and_rest
from roomful.terminal.listening import NoDevice, Reading, SoundDevice


async def voice(conversation: Conversation, text: str) -> None:
    """Say what is recorded in a file."""
    file, rest = path_and_rest(text)
    if file is None or rest not in ("", "--"):
        raise Misused("Which clip? /voice FILE says what is recorded there; a path with spaces stands in quotes.")
    room = current(conversation)
    listens = conversation.client.welcome.listens
    if not listens:
        raise Misused("Nobody listens here: [speech] in the server's configuration says who makes text of clips.")
    conversation.note(f"{file.name} is listened to ({listens}) …")
    try:
        receipt = await conversation.client.say_clip(room.name, file)
    except ConnectFailed as why:
        raise Misused(why.message) from None
    except OSError as why:
        raise Misused(f"{file} cannot be read: {why.strerror or why}.") from None
    await conversation.until_shown(room, receipt.seq)


async def say(conversation: Conversation, text: str) -> None:
    """Say something, for those who have lines read out to them."""
    if not text:
        raise Misused("What do you say? /say TEXT")
    await conversation.post(current(conversation), text)


async def listen(conversation: Conversation, text: str) -> None:
    """Have bots' answers read out, or not any more."""
    match text.lower():
        case "on":
            await _begin(conversation)
        case "off":
            await conversation.hush()
            conversation.note("Nothing is read out.")
        case "":
            reading = conversation.reading
            on = reading is not None and not reading.over
            conversation.note("Bots' answers are read out." if on else "Nothing is read out. /listen on changes that.")
        case _:
            raise Misused("/listen on has bots' answers read out, /listen off has them not.")


async def _begin(conversation: Conversation) -> None:
    speaks = conversation.client.welcome.speaks
    if not speaks:
        raise Misused("Nobody speaks here: [speech] in the server's configuration says who reads texts out.")
    try:
        device = SoundDevice()
    except NoDevice as why:
        raise Misused(str(why)) from None
    await conversation.hush()
    conversation.reading = Reading(conversation.client, device, conversation.note)
    conversation.note(f"Bots' answers are read out from here on; what is read goes to: {speaks}.")


TOPIC = Topic(
    "voice",
    "speak, and listen",
    (
        Command("voice", "FILE", "say what is recorded in a file", voice),
        Command("say", "TEXT", "say something; whoever listens has it read out", say),
        Command("listen", "[on|off]", "have bots' answers read out", listen),
    ),
)
