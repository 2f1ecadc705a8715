"""`roomful accounts`: the accounts of a server, whether it runs or not. What is changed takes effect at once."""

import asyncio
import getpass
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import App, Parameter

from roomful import config, server
from roomful.client.local import program
from roomful.domain.events import timestamp
from roomful.domain.names import parse_nick
from roomful.errors import BadName, BadPassword, StoreUnavailable
from roomful.hub.passwords import Passwords, check_password
from roomful.registry.ending import remove as remove_account
from roomful.registry.failures import RegistryError
from roomful.registry.lists import Wanted, read_list
from roomful.registry.making import Made, Registry
from roomful.registry.owner import retire
from roomful.store import Store

from .common import USAGE, ConfigFile, Data, failed, settings
from .listing import Form, tabled, write_out

T = TypeVar("T")

accounts = App(name="accounts", help="The accounts of a server: make, list, change, remove.")

Out = Annotated[Path | None, Parameter(help="Write into this new file, for its owner's eyes only.")]
FromStdin = Annotated[
    bool, Parameter(name="--password-stdin", negative=(), help="Read the password from standard input.")
]
Days = Annotated[int, Parameter(help="How long it is good.")]


@accounts.command
def add(
    name: Annotated[str | None, Parameter(help="The account's name, which is its nick.")] = None,
    /,
    *,
    bot: Annotated[bool, Parameter(negative=(), help="It is a program: it gets a token, and no password.")] = False,
    owner: Annotated[bool, Parameter(negative=(), help="It owns the server.")] = False,
    password_stdin: FromStdin = False,
    file: Annotated[Path | None, Parameter(name="--from", help="A list: CSV with a column `name`, or JSON.")] = None,
    form: Annotated[Form, Parameter(name="--format", help="In which form to print the list.")] = "table",
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Make an account, or those of a list. Without a password, a code is printed with which its person sets one."""

    async def work(registry: Registry) -> list[Made]:
        if file is not None:
            return await registry.add(read_list(file))
        wanted = Wanted(parse_nick(name or ""), bot, owner)
        password = "" if bot else _password(wanted.name.text, from_stdin=password_stdin)
        return await registry.add([wanted], await _hash(password) if password else "")

    if (name is None) == (file is None) or (file is not None and (bot or owner or password_stdin)):
        return failed("Name one account: roomful accounts add NAME. Or a list: roomful accounts add --from FILE", USAGE)
    made, code = _run(config_file, data, work, must_exist=False)
    if made is None:
        return code
    if any(one.wanted.owner for one in made):
        retire(settings(config_file, data).data)
    if file is None and not made[0].code and not made[0].token:
        print(f"Made {made[0].wanted.name.text}.")
        return 0
    return _tell(made, form if file is not None else "table", out)


@accounts.command(name="list")
def list_(
    *,
    form: Annotated[Form, Parameter(name="--format")] = "table",
    out: Out = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """List all accounts."""

    async def work(registry: Registry) -> list[dict[str, str]]:
        return [
            {
                "name": one.name,
                "nick": one.nick if one.nick != one.name else "",
                "kind": one.kind,
                "owner": "yes" if one.owner else "",
                "disabled": "yes" if one.disabled else "",
                "created": timestamp(one.created)[:10],
                "seen": timestamp(seen)[:16] + "Z" if (seen := await registry.seen(one)) else "",
                "password": "yes" if one.hash else "",
                "id": one.id,
            }
            for one in await registry.accounts()
        ]

    rows, code = _run(config_file, data, work)
    if rows is None:
        return code
    names = ("name", "nick", "kind", "owner", "disabled", "created", "seen", "password", "id")
    return write_out(tabled(names, rows, form), out)


@accounts.command
def passwd(
    name: str, /, *, password_stdin: FromStdin = False, config_file: ConfigFile = None, data: Data = None
) -> int:
    """Give an account another password; all its devices are logged out. In a pipe, print a code to set it with."""

    async def work(registry: Registry) -> str:
        account = await registry.find(name)
        if account.kind == "bot":
            raise RegistryError(f"{account.name} is a bot, and has no password: roomful accounts token {account.name}")
        if password := _password(account.name, from_stdin=password_stdin):
            await registry.set_password(account, await _hash(password))
            return f"{account.name} has another password, and must log in anew everywhere."
        return _invitation(account.name, await registry.offer_password(account))

    return _say(_run(config_file, data, work))


@accounts.command
def remove(
    name: str,
    /,
    *,
    yes: Annotated[bool, Parameter(negative=(), help="Do not ask.")] = False,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Delete an account. What it said stays."""

    async def work(registry: Registry) -> str:
        account = await registry.find(name)
        if not yes and not _sure(account.name):
            raise RegistryError("Nothing was changed.")
        ended = await remove_account(registry.store, account, registry.now())
        return f"{account.name} is gone, out of {ended} rooms. What it said is still there."

    return _say(_run(config_file, data, work))


@accounts.command
def owner(
    name: str,
    /,
    *,
    off: Annotated[bool, Parameter(negative=(), help="It owns the server no more. One owner stays.")] = False,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Make an account an owner of the server, or no more."""

    async def work(registry: Registry) -> str:
        account = await registry.find(name)
        await registry.set_owner(account, on=not off)
        return f"{account.name} owns the server no more." if off else f"{account.name} owns the server."

    text, code = _run(config_file, data, work)
    if text is not None and not off:
        retire(settings(config_file, data).data)
    return _say((text, code))


@accounts.command
def invite(
    *,
    uses: Annotated[int, Parameter(help="How often it may be used.")] = 1,
    days: Days = 7,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Print a code with which people may make accounts."""
    if uses < 1 or not 1 <= days <= 3650:
        return failed("An invite code is good for at least one use, and for 1 to 3,650 days.", USAGE)

    async def work(registry: Registry) -> str:
        code = await registry.invite(uses, days)
        return f"{code}\n  {program()} chat --account NAME --invite {code}"

    return _say(_run(config_file, data, work, must_exist=False))


@accounts.command
def token(
    name: str,
    /,
    *,
    device: Annotated[str, Parameter(name="--for", help="What it is for, as `devices` lists it.")] = "a program",
    days: Annotated[int, Parameter(help="Days without use after which it ends.")] = 90,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Print a token with which a program logs in to an account."""
    if not 1 <= days <= 3650:
        return failed("A token is good for 1 to 3,650 days without use.", USAGE)

    async def work(registry: Registry) -> str:
        return await registry.token(await registry.find(name), device[:100], days)

    return _say(_run(config_file, data, work))


# -- parts ---------------------------------------------------------------------------------------------


def _run(
    config_file: Path | None, data: Path | None, work: Callable[[Registry], Awaitable[T]], *, must_exist: bool = True
) -> tuple[T | None, int]:
    """What `work` gives, and an exit code. What can go wrong is said in a sentence."""
    try:
        folder = settings(config_file, data).data
        if not must_exist:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return asyncio.run(_with_registry(folder, work, must_exist=must_exist)), 0
    except config.ConfigError as why:
        return None, failed(str(why), USAGE)
    except (RegistryError, server.StartError) as why:
        return None, failed(str(why))
    except (BadName, BadPassword, StoreUnavailable) as why:
        return None, failed(why.message)
    except OSError as why:
        return None, failed(f"{why.filename}: {why.strerror}.")
    except (KeyboardInterrupt, EOFError):
        return None, failed("Nothing was changed.")


def _sure(name: str) -> bool:
    """Whether whoever sits there means it; in a pipe, who types the command means it."""
    return not sys.stdin.isatty() or input(f"Delete the account {name} for ever? [y/N] ") in ("y", "Y")


async def _with_registry(folder: Path, work: Callable[[Registry], Awaitable[T]], *, must_exist: bool) -> T:
    store: Store = await server.open_store(folder, must_exist=must_exist)
    try:
        return await work(Registry(store, clock=lambda: time.time_ns() // 1_000_000, entropy=os.urandom))
    finally:
        await store.close()


def _password(name: str, *, from_stdin: bool) -> str:
    """The password, from whoever types it or from a pipe; empty: nobody is there to type one. Raises BadPassword."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty() and sys.stderr.isatty():
        password = getpass.getpass(f"Password of {name}: ")
        check_password(password, name)
        if getpass.getpass("Again: ") != password:
            raise RegistryError("These were two different passwords. Nothing was changed.")
    else:
        return ""
    check_password(password, name)
    return password


async def _hash(password: str) -> str:
    passwords = Passwords(threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


def _tell(made: Sequence[Made], form: Form, out: Path | None) -> int:
    """Print what lets into the accounts that were made. It is shown only here."""
    others = list(dict.fromkeys(key for one in made for key in one.wanted.others))
    rows = [
        {
            "name": one.wanted.name.text,
            **one.wanted.others,
            "code": one.code or one.token,
            "command": _command(one.wanted.name.text, one.code) if one.code else "",
        }
        for one in made
    ]
    return write_out(tabled(("name", *others, "code", "command"), rows, form), out)


def _invitation(name: str, code: str) -> str:
    return f"{code}\n  {_command(name, code)}"


def _command(name: str, code: str) -> str:
    return f"{program()} chat --account {name} --invite {code}"


def _say(result: tuple[str | None, int]) -> int:
    text, code = result
    if text is not None:
        print(text)
    return code if text is None else 0
