"""Commands about the server as a whole, for its owners: who has an account, which rooms there are, what limits hold."""

from roomful.domain.answers import AccountInfo, LimitInfo, ServerRoomInfo
from roomful.terminal.commands.table import Command, Misused, Topic, cut
from roomful.terminal.conversation import Conversation
from roomful.terminal.durations import spoken
from roomful.terminal.view import counted, listed

_USAGE = "/account NAME owner on | owner off | logout | code | remove | remove everything"


async def accounts(conversation: Conversation, text: str) -> None:
    """List accounts."""
    found = await conversation.client.accounts(text)
    conversation.show(*conversation.view.pairs((one.account, _described(one)) for one in found))
    conversation.note(f"{counted(len(found), 'account')}. What may be done with one: {_USAGE}")


def _described(one: AccountInfo) -> str:
    seen = "online" if one.online else f"last seen {_when(one.seen)}" if one.seen else "never seen"
    return ", ".join(
        [
            *([f"called {one.nick}"] if one.nick != one.account else []),
            *(["owns the server"] if one.owner else []),
            *([one.kind] if one.kind != "person" else []),
            *(["may not log in"] if one.disabled else []),
            *(["has no password yet"] if one.waiting else []),
            seen,
            counted(one.devices, "device"),
            counted(one.rooms, "room"),
            f"since {one.created[:10]}",
        ]
    )


async def account(conversation: Conversation, text: str) -> None:
    """Do something with an account of somebody else."""
    name, what = cut(text)
    do, how = cut(what.lower())
    match do, how:
        case "owner", "on" | "off":
            await conversation.client.set_account(name, owner=how == "on")
            conversation.note(f"{name} owns the server{'' if how == 'on' else ' no more'}.")
        case "logout", "":
            await conversation.client.set_account(name, logout=True)
            conversation.note(f"{name} is logged out everywhere, and must log in anew.")
        case "code", "":
            made = await conversation.client.set_account(name, code=True)
            conversation.note(f"With this code {name} sets another password, until {made.until[:10]}: {made.code}")
            conversation.note(f"What to type: {conversation.invitation} --account {name} --invite {made.code}")
        case "remove", "" | "everything":
            await _remove(conversation, name, erase=how == "everything")
        case _:
            raise Misused(f"What with which account? {_USAGE}")


async def _remove(conversation: Conversation, name: str, *, erase: bool) -> None:
    said = "; all that it has said is erased" if erase else "; what it has said stays"
    if conversation.front.asks:
        conversation.note(f"This deletes the account {name} for ever: it is logged out and out of all rooms{said}.")
        try:
            typed = await conversation.front.ask("Type its name again, or only Enter: ", secret=False)
        except EOFError:
            typed = ""
        if typed.strip().casefold() != name.casefold():
            raise Misused("Nothing was changed.")
    await conversation.client.drop_account(name, erase=erase)
    conversation.note(f"{name} is gone{said}.")


async def all_rooms(conversation: Conversation, _: str) -> None:
    """List every room."""
    found, direct = await conversation.client.server_rooms()
    conversation.show(*conversation.view.pairs((one.room, _room(one)) for one in found))
    conversation.note(f"And {counted(direct, 'direct room')}: whose, nobody is told.")


def _room(one: ServerRoomInfo) -> str:
    return ", ".join(
        [
            one.kind,
            *(["archived"] if one.archived else []),
            counted(one.count, "member"),
            counted(one.head, "event"),
            f"owned by {listed(one.owners)}" if one.owners else "owned by nobody",
            f"last {_when(one.at)}" if one.at else f"since {one.created[:10]}",
            *([f"{_bytes(one.bytes)} of files"] if one.bytes else []),
        ]
    )


async def limits(conversation: Conversation, _: str) -> None:
    """List the limits that hold."""
    told = await conversation.client.limits()
    conversation.show(*conversation.view.pairs((one.name, _limit(one)) for one in told.limits))
    conversation.note(
        f"{counted(told.accounts, 'account')}, {counted(told.rooms, 'room')}; the database has {_bytes(told.database)}, "
        f"files {_bytes(told.files)}, {_bytes(told.free)} are free. Limits are changed in roomful.toml."
    )


def _limit(one: LimitInfo) -> str:
    value = "off" if one.lifted else _amount(one.value, one.unit)
    used = f", used: {_amount(one.used, one.unit)}" if one.used is not None else ""
    return f"{value}{used}. {one.about}"


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return _bytes(value)
    if unit == "seconds":
        return spoken(value)
    return f"{value:,.4g}" + (f" {unit}" if unit else "") if value < 1000 else f"{value:,.0f} {unit}".rstrip()


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} GB"


def _when(at: str) -> str:
    return at[:16].replace("T", " ") + " UTC"


TOPIC = Topic(
    "server",
    "for its owners: accounts of others, all rooms, limits",
    (
        Command("accounts", "[TEXT]", "all accounts, or those with this in their name or nick", accounts),
        Command("account", "NAME WHAT", "owner on or off, logout, code, remove, remove everything", account),
        Command("allrooms", "", "every room, private ones too, but nothing said there", all_rooms),
        Command("limits", "", "the limits that hold, and what is used of them", limits),
    ),
)
