"""What is done to the accounts of others, as rows: by the hub, and by `roomful accounts` beside it."""

from collections.abc import Callable, Container, Iterable

from msgspec import Struct

from roomful.domain.tokens import CODE_BYTES, code_digest, new_code
from roomful.errors import NotAllowed
from roomful.store import AccountRecord, DropCodes, PutCode, Row

DAY = 24 * 3_600_000  # ms
FIRST_LOGIN = 30 * DAY  # how long the code for a password is good


class Offered(Struct, frozen=True):
    """A code with which somebody sets an account's password. It is shown once."""

    code: str
    until: int  # ms
    rows: tuple[Row, ...]


def offered(account: str, now: int, entropy: Callable[[int], bytes]) -> Offered:
    """A code for the account with this id. Older ones end; the password that it has is good until then."""
    code, until = new_code(entropy(CODE_BYTES)), now + FIRST_LOGIN
    digest = code_digest(code)
    assert digest is not None
    return Offered(code, until, (DropCodes(account), PutCode(digest, now, until, 1, account)))


def check_owning(everybody: Iterable[AccountRecord], one: AccountRecord, *, on: bool) -> None:
    """Whether an account may own the server from here on, or no more. Raises NotAllowed."""
    if on and one.kind != "person":
        raise NotAllowed(f"{one.name} is a program: only people own a server.", field="owner")
    if not on and not any(other.owner and not other.disabled and other.id != one.id for other in everybody):
        raise NotAllowed(f"{one.name} is the last owner of the server: make another one first.", field="owner")


def check_changeable(one: AccountRecord, hosted: Container[str]) -> None:
    """The server's own programs are left alone, and bots to the host that runs them. Raises NotAllowed."""
    if one.kind == "service":
        raise NotAllowed(f"{one.name} is a program that serves the server itself.", field="account")
    if one.id in hosted:
        raise NotAllowed(
            f"{one.name} is run by the bot host: /bot remove takes it out of a room, roomful bots remove deletes it.",
            field="account",
        )


def check_droppable(me: str, one: AccountRecord, hosted: Container[str]) -> None:
    """Whether an owner of the server, who has this id, may delete an account. Raises NotAllowed."""
    if one.id == me:
        raise NotAllowed("That is you: `unregister` deletes your own account.", field="account")
    check_changeable(one, hosted)
