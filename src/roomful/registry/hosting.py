"""The bot host's account: a program of kind `service`, which has tokens and no password."""

from roomful.domain.names import parse_nick
from roomful.store import AccountRecord, Change, DropTokens

from .failures import RegistryError
from .lists import Wanted
from .making import Registry

NICKS = ("bots", "bot-host", "bothost", "roomful-bots")  # the first that is free
HOST_DAYS, CONSOLE_DAYS = 30, 1  # days without use after which a token ends


async def host_token(registry: Registry, name: str) -> str:
    """A token for a bot host, whose account is made if there is none. Tokens made before are good no more.

    So the host that was started last is the only one: two of them would answer everything twice.

    Args:
        name: what the token is for.

    Raises RegistryError, StoreUnavailable.
    """
    account = await _account(registry)
    await registry.store.append([Change((), (DropTokens(account.id, keep="-"),))])
    return await registry.token(account, name, HOST_DAYS)


async def console_token(registry: Registry) -> str:
    """A token for whoever runs the server to ask the bot host for something. Raises RegistryError, StoreUnavailable."""
    return await registry.token(await _account(registry), "roomful bots", CONSOLE_DAYS)


async def drop_console(registry: Registry, device: str) -> None:
    """The token of this device is good no more. Raises RegistryError, StoreUnavailable."""
    account = await _account(registry)
    await registry.store.append([Change((), (DropTokens(account.id, device),))])


async def _account(registry: Registry) -> AccountRecord:
    for one in await registry.accounts():
        if one.kind == "service":
            return one
    for nick in NICKS:
        try:
            await registry.add([Wanted(parse_nick(nick), kind="service")])
        except RegistryError as why:
            taken = why
        else:
            return await registry.find(nick)
    raise taken
