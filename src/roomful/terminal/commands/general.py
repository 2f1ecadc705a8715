"""Commands about the program itself. What there is to list, /help is told."""

from collections.abc import Sequence
from difflib import get_close_matches

from roomful.terminal.commands.table import Command, Misused, Topic
from roomful.terminal.conversation import Conversation
from roomful.terminal.tracing import LEVELS


async def trace(conversation: Conversation, text: str) -> None:
    """Show the protocol, or stop it."""
    switch, wanted = conversation.trace, text.lower()
    if wanted == "off":
        switch.level = None
    elif wanted in LEVELS:
        switch.level = wanted
    elif wanted:
        raise Misused("Trace what? /trace status, /trace frames, /trace bytes, or /trace off")
    conversation.note(
        f"The trace shows: {switch.level}." if switch.level else "The trace is off. /trace frames switches it on."
    )


async def leave_chat(conversation: Conversation, _: str) -> None:
    """Leave."""
    conversation.leaving.set()


def help_about(conversation: Conversation, text: str, topics: Sequence[Topic]) -> None:
    """All topics, or the commands of one, or one command. Raises Misused."""
    wanted = text.lower().removeprefix("/")
    if not wanted:
        _overview(conversation, topics)
        return
    by_name = {topic.name: topic.commands for topic in topics}
    by_name |= {name: (c,) for topic in topics for c in topic.commands for name in (c.name, *c.aliases)} | by_name
    if wanted not in by_name:
        near = get_close_matches(wanted, by_name, n=1)
        guess = f"Did you mean /help {near[0]}?" if near else "/help lists the topics."
        raise Misused(f"There is no help about {text}. {guess}")
    rows = [(f"/{c.name} {c.usage}".rstrip(), c.help) for c in by_name[wanted]]
    conversation.show(*conversation.view.pairs(rows))


def _overview(conversation: Conversation, topics: Sequence[Topic]) -> None:
    rows = [(topic.name, " ".join(f"/{c.name}" for c in topic.commands)) for topic in topics]
    conversation.show(*conversation.view.pairs(rows))
    conversation.note("What they do: /help messages, or /help mute.")
    conversation.note("Anything else is sent to the room. //text sends /text.")
    if conversation.front.live:
        conversation.note("Tab completes; ↑ and ↓ recall; Alt-Enter starts a new line; Ctrl-D leaves.")


COMMANDS = (
    Command("trace", "[LEVEL]", "show the protocol: status, frames, bytes, off", trace, local=True),
    Command("exit", "", "leave; also /quit", leave_chat, ("quit",), local=True),
)
