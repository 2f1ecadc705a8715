"""How a talk ended, in words and as an exit code."""

from typing import NamedTuple

from roomful.errors import PairBusy
from roomful.terminal.pair.link import Link
from roomful.terminal.pair.wire import Ending


class Outcome(NamedTuple):
    """The last sentence, and what the program exits with: 0 where somebody chose to end it, 1 where something did."""

    sentence: str
    code: int


def outcome(ending: Ending, link: Link, address: str) -> Outcome:
    """What to say about an ending."""
    who = link.peer_nick or address
    match ending.how:
        case "left":
            return Outcome(f"You left.{_unsure(link)}", 0)
        case "peer left":
            return Outcome(f"{who} left.{_unsure(link)}", 0)
        case "closed" if not link.unsure and not ending.why:
            return Outcome(f"{who} closed the connection.", 0)
        case "closed":
            return Outcome(f"{who} closed the connection{f' {ending.why}' if ending.why else ''}.{_unsure(link)}", 1)
        case "reset":
            return Outcome(f"The connection to {who} was reset ({ending.why}).{_unsure(link)}", 1)
        case "silent":
            return Outcome(f"Nothing was heard from {who} for too long: the connection is given up.{_unsure(link)}", 1)
        case "told off" if ending.code == PairBusy.code:
            return Outcome(f"{address} is busy: {ending.why} Try again later.", 1)
        case "told off":
            return Outcome(f"{who} ended the connection: {ending.why}", 1)
    return Outcome(f"What came from {who} is no one-to-one chat: {ending.why}", 1)


def _unsure(link: Link) -> str:
    if not link.unsure:
        return ""
    return f" Your last {'post' if link.unsure == 1 else f'{link.unsure} posts'} may not have arrived."
