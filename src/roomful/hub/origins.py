"""Where participants came from in the last hour: what a ban covers beside the participant itself."""

from collections.abc import Callable, Iterable

from .limits import counted_as, is_loopback

KEPT = 3600.0  # s


class Origins:
    """Addresses by participant, with the time they were last used. Nothing of it is written anywhere.

    Loopback is nobody's address: all people of one machine share it. A test may switch that off (`trust_loopback`). And where
    one address may be a whole classroom (`by_address` False) it tells nobody apart.
    """

    def __init__(self, clock: Callable[[], float], *, trust_loopback: bool, by_address: bool) -> None:
        self._clock = clock  # s, never going back
        self._trust_loopback = trust_loopback
        self._by_address = by_address
        self._seen: dict[str, dict[str, float]] = {}

    def told_apart(self, address: str) -> str:
        """The address, if it says anything about who comes from it; else empty."""
        if not self._by_address or (self._trust_loopback and is_loopback(address)):
            return ""
        return address.removeprefix("::ffff:") if "." in address else address  # IPv4 on a socket of IPv6

    def note(self, participant: str, address: str) -> None:
        """The participant is, or just was, connected from there."""
        if address := self.told_apart(address):
            self._seen.setdefault(participant, {})[address] = self._clock()

    def of(self, participant: str) -> frozenset[str]:
        """The addresses of the participant's connections of the last hour."""
        since = self._clock() - KEPT
        return frozenset(address for address, when in self._seen.get(participant, {}).items() if when >= since)

    def forget_old(self, connected: Iterable[tuple[str, str]]) -> None:
        """Forget what is older; those connected now, by participant and address, are there now."""
        for participant, address in connected:
            self.note(participant, address)
        since = self._clock() - KEPT
        for participant, addresses in list(self._seen.items()):
            for address in [address for address, when in addresses.items() if when < since]:
                del addresses[address]
            if not addresses:
                del self._seen[participant]


def covering(addresses: Iterable[str]) -> tuple[str, ...]:
    """What a ban covers of these addresses: of IPv6 the network, in which addresses change by themselves (RFC 8981)."""
    return tuple(sorted(set(map(counted_as, addresses))))
