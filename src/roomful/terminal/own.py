"""What may be typed about one's own account. (Passwords are asked for before the conversation begins, never within it.)"""

from roomful.client import Client
from roomful.client.local import program
from roomful.errors import AccountRequired
from roomful.terminal.accounts import forget
from roomful.terminal.conversation import Conversation
from roomful.terminal.text import one_line


async def logout(conversation: Conversation, _: str) -> None:
    """Log this device out; it is asked for the password next time."""
    client = conversation.client
    _check(client)
    try:
        forget(client.address, client)
    except OSError as why:
        conversation.refuse(f"This device's token is still in {why.filename}: {why.strerror}. It is good no more.")
    await client.logout()
    conversation.leaving.set()


async def devices(conversation: Conversation, _: str) -> None:
    """List the account's devices."""
    rows = []
    for one in await conversation.client.devices():
        where = (
            "this one" if one.this else "online" if one.online else f"last seen {one.seen[:16].replace('T', ' ')} UTC"
        )
        rows.append((one.id, f"{one_line(one.name)}, {where}" + (f", {one.address}" if one.address else "")))
    conversation.show(*conversation.view.pairs(rows))
    conversation.note("To log one out: /revoke ID")


async def revoke(conversation: Conversation, text: str) -> None:
    """Log a device out."""
    await conversation.client.revoke(text or "-")
    conversation.note(f"{one_line(text)} is logged out.")


def _check(client: Client) -> None:
    if client.me.account is None:
        raise AccountRequired(f"You are a guest. As an account: {program()} chat --account NAME")
