"""Nicks for those who did not choose one: the system's user name, made valid; taken ones get a number."""

import getpass
from collections.abc import Iterator

from roomful.domain.names import MAX_NICK, parse_nick
from roomful.errors import BadName

FALLBACK = "guest"
TRIED = 99  # how many nicks are tried before one must be chosen


def system_nick() -> str:
    """The system's user name as a nick."""
    try:
        return made_valid(getpass.getuser())
    except (KeyError, OSError):  # a user without a name, as in some containers
        return FALLBACK


def made_valid(name: str) -> str:
    """The nick nearest to a name: characters that no nick may hold become '_', leading digits go."""
    name = name.split("@")[0].split("\\")[-1]  # alice@example.org and DOMAIN\alice are alice
    nick = "".join(c if _allowed(c) else "_" for c in name).lstrip("0123456789-_").rstrip("_")[:MAX_NICK]
    try:
        return parse_nick(nick).text
    except BadName:
        return FALLBACK


def candidates(nick: str) -> Iterator[str]:
    """The nick, then the nick with 2, 3, … behind it, never longer than a nick may be."""
    yield nick
    for number in range(2, TRIED + 1):
        yield nick[: MAX_NICK - len(str(number))] + str(number)


def _allowed(c: str) -> bool:
    try:
        parse_nick("a" + c)
    except BadName:
        return False
    return True
