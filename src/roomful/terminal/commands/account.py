"""Commands about one's own account. Passwords are asked for, and never typed behind a command: what is typed is kept."""

from roomful.client import Client
from roomful.client.local import program
from roomful.errors import AccountRequired, BadInvite, BadPassword, RegistrationClosed, RoomfulError
from roomful.terminal.accounts import first_owner_code, forget, keep
from roomful.terminal.commands.table import Command, Misused, Topic, cut
from roomful.terminal.conversation import Conversation
from roomful.terminal.entering import NoEntry
from roomful.terminal.trusting import read_on_the_way

TRIES = 3  # new passwords asked for


async def register(conversation: Conversation, text: str) -> None:
    """Make an account of the guest that one is."""
    client = conversation.client
    if client.me.account is not None:
        raise Misused(f"You have an account: {client.me.account}.")
    if " " in text:
        raise Misused("What shall it be called? /register NAME. You are asked for the password.")
    name = text or client.me.nick
    invite = first_owner_code(client.address, conversation.data) or None
    if invite:
        conversation.note(f"Nobody owns this server yet. As {name} you will.")
    password = await _new_password(conversation, f"A password for {name}: ")
    for _ in range(TRIES):
        try:
            await client.register(name, password, invite=invite, remember=True)
        except (RegistrationClosed, BadInvite) as why:
            conversation.refuse(why.message)
            invite = (await _asked(conversation, "Invite code (or only Enter): ", secret=False)).strip()
            if not invite:
                break
        except BadPassword as why:
            conversation.refuse(why.message)
            password = await _new_password(conversation, f"A password for {name}: ")
        else:
            _registered(conversation, name)
            return
    conversation.note("You are a guest still. Whoever owns the server makes a code: /code, or roomful accounts invite")


def _registered(conversation: Conversation, name: str) -> None:
    client = conversation.client
    conversation.nick = client.me.nick
    conversation.note(
        f"You have an account now: {client.me.account}. Next time: {conversation.invitation} --account {name}"
    )
    _keep(conversation)


async def login(conversation: Conversation, text: str) -> None:
    """Leave as who one is, and come back as an account."""
    if not text or " " in text:
        raise Misused("As whom? /login NAME. You are asked for the password.")
    if not conversation.front.asks:
        raise Misused(f"Nobody is here to be asked for the password: {program()} chat --account NAME --password-stdin")
    try:
        conversation.successor = await conversation.enter_as(text)
    except NoEntry as why:
        raise Misused(str(why)) from None
    except EOFError:
        raise Misused(f"You are {conversation.nick} still.") from None
    conversation.leaving.set()


async def logout(conversation: Conversation, _: str) -> None:
    """Log this device out; it is asked for the password next time."""
    client = conversation.client
    _check(client)
    try:
        forget(client.address, client)
    except OSError as why:
        conversation.refuse(f"This device's token is still in {why.filename}: {why.strerror}. It is good no more.")
    conversation.parting = True
    await client.logout()
    conversation.leaving.set()


async def password(conversation: Conversation, text: str) -> None:
    """Change the password."""
    _check(conversation.client)
    _nothing_behind(text)
    old = await _asked(conversation, "The password you have: ")
    new = await _new_password(conversation, "The new one: ")
    await conversation.client.set_password(old, new)
    conversation.note("Your password is changed. All other devices of yours are logged out.")


async def devices(conversation: Conversation, _: str) -> None:
    """List the account's devices."""
    _check(conversation.client)
    rows = []
    for one in await conversation.client.devices():
        where = (
            "this one" if one.this else "online" if one.online else f"last seen {one.seen[:16].replace('T', ' ')} UTC"
        )
        rows.append((one.id, f"{one.name}, {where}" + (f", {one.address}" if one.address else "")))
    conversation.show(*conversation.view.pairs(rows))
    conversation.note("To log one out: /revoke ID")


async def revoke(conversation: Conversation, text: str) -> None:
    """Log a device out."""
    if not text or " " in text:
        raise Misused("Which device? /revoke ID. /devices lists them.")
    await conversation.client.revoke(text)
    conversation.note(f"{text} is logged out.")


async def token(conversation: Conversation, text: str) -> None:
    """Make a token for a program."""
    _check(conversation.client)
    if not text:
        raise Misused("What is it for? /token NAME, such as /token weather bot")
    made = await conversation.client.make_token(text)
    conversation.note(f"A token for {text}. It is shown only here, and logs in as you: keep it secret.")
    conversation.note(made.token)
    conversation.note(f"To end it: /revoke {made.device}")


async def code(conversation: Conversation, text: str) -> None:
    """Make an invite code."""
    if text and not (text.isdecimal() and 1 <= int(text) <= 1_000):
        raise Misused("For how many people? /code, or /code 30")
    made = await conversation.client.make_code(int(text or 1))
    many = f"{text} people register" if text and int(text) > 1 else "somebody registers"
    conversation.note(f"With this code {many}, until {made.until[:10]}: {made.code}")
    conversation.note(f"What to type: {conversation.invitation} --account NAME --invite {made.code}")


async def unregister(conversation: Conversation, text: str) -> None:
    """Delete the account."""
    client = conversation.client
    _check(client)
    erase = cut(text)[0].lower() == "everything"
    if text and not erase:
        raise Misused("/unregister deletes your account; /unregister everything also erases all that you have said.")
    said = ", and all that you have said is erased" if erase else ". What you have said stays"
    conversation.note(f"This deletes the account {client.me.account} for ever{said}.")
    given = await _asked(conversation, "Your password, or only Enter: ")
    if not given:
        return
    conversation.parting = True
    try:
        await client.unregister(given, erase=erase)
    except RoomfulError:
        conversation.parting = False
        raise
    _forget(conversation)
    conversation.leaving.set()


# -- parts -------------------------------------------------------------------------------------------


def _check(client: Client) -> None:
    if client.me.account is None:
        raise AccountRequired("You are a guest, who has no account. /register makes one, /login NAME enters one.")


def _nothing_behind(text: str) -> None:
    if text:
        raise Misused("Type no password behind the command: you are asked for it, and it is not shown.")


async def _new_password(conversation: Conversation, question: str) -> str:
    """A password that was typed twice. Raises Misused."""
    for _ in range(TRIES):
        first = await _asked(conversation, question)
        if not first:
            break
        if await _asked(conversation, "Again: ") == first:
            return first
        conversation.refuse("These were two different passwords.")
    raise Misused("Nothing was changed.")


async def _asked(conversation: Conversation, question: str, *, secret: bool = True) -> str:
    """What somebody answers. Raises Misused."""
    if not conversation.front.asks:
        raise Misused("Nobody is here to be asked for the password. This is for a terminal.")
    if secret and read_on_the_way(conversation.client.address):
        conversation.note("This connection is not encrypted: whoever is on the way can read the password. tls:// is.")
    try:
        return await conversation.front.ask(question, secret=secret)
    except EOFError:
        raise Misused("Nothing was changed.") from None


def _keep(conversation: Conversation) -> None:
    try:
        keep(conversation.client.address, conversation.client)
    except OSError as why:
        conversation.refuse(f"This device cannot remember you: {why.filename}: {why.strerror}.")


def _forget(conversation: Conversation) -> None:
    try:
        forget(conversation.client.address, conversation.client)
    except OSError as why:
        conversation.refuse(f"This device's token is still in {why.filename}: {why.strerror}. It is good no more.")


TOPIC = Topic(
    "account",
    "yours: passwords are asked for, never typed behind a command",
    (
        Command("register", "[NAME]", "make an account; your rooms and what you said stay yours", register),
        Command("login", "NAME", "come back as an account", login),
        Command("logout", "", "log this device out of your account, and leave", logout),
        Command("password", "", "change your password; other devices are logged out", password),
        Command("devices", "", "the devices that are logged in to your account", devices),
        Command("revoke", "DEVICE", "log one of them out", revoke),
        Command("token", "NAME", "a token with which a program logs in as you", token),
        Command("code", "[N]", "a code with which one or N people may register", code),
        Command("unregister", "[everything]", "delete your account, or also erase all you have said", unregister),
    ),
)
