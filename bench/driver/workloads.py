"""The workloads, as rows. Their names are used everywhere: on the command line, in results, in the report."""

from dataclasses import dataclass, replace

SETUP = 120.0  # s that setting up the connections may take
WARM_UP = 10.0  # s that the generator warms up at most


@dataclass(frozen=True)
class Workload:
    """One workload: who is connected, and who says how much."""

    name: str
    title: str  # for the report
    rooms: int
    members: int  # of each room
    senders: int = 0  # of each room; 0: nobody speaks
    msgs: int = 0  # of each sender
    warmup: int = 10  # of each sender, before it is measured
    window: int = 16  # closed loop: messages of each sender on their way
    rate: float = 0.0  # messages/s of all senders together; 0: closed loop
    seconds: float = 10.0  # after which senders stop, having sent all or not
    hold: float = 0.0  # s that the connections idle before the end
    sources: int = 1  # loopback addresses the connections come from
    logins: float = 0.0  # by password a second, beside it; for servers that have accounts
    log: int = 0  # events the rooms hold beforehand, in all; for servers that have a log

    @property
    def connections(self) -> int:
        """Connections in all."""
        return self.rooms * self.members

    @property
    def longest(self) -> float:
        """Seconds after which a run of this has failed."""
        return SETUP + WARM_UP + self.seconds + self.hold + 30

    def options(self) -> list[str]:
        """The generator's options for this."""
        options = {
            "rooms": self.rooms,
            "members": self.members,
            "senders": self.senders,
            "msgs": self.msgs,
            "warmup": self.warmup,
            "window": self.window,
            "rate": self.rate,
            "seconds": self.seconds,
            "hold": self.hold,
            "src": self.sources,
            "setup-timeout": SETUP,
        }
        return [word for name, value in options.items() for word in (f"--{name}", f"{value:g}")]

    def small(self) -> "Workload":
        """This at a hundredth of its size: it shows that all works, and nothing about speed."""
        return replace(
            self,
            rooms=max(1, self.rooms // 10),
            members=self.members // 10 if self.rooms == 1 else self.members,
            msgs=self.msgs // 10,
            warmup=1,
            rate=self.rate / 10 if self.rooms > 1 else self.rate,
            hold=self.hold / 10,
            log=self.log // 100,
        )


W3 = Workload("W3", "W1's room at 60 messages/s in all, open loop", rooms=1, members=1000, senders=10, msgs=36, rate=60)
W2 = Workload("W2", "250 rooms of 4, all send", rooms=250, members=4, senders=4, msgs=500)

START = Workload("start", "start to `ready`", rooms=0, members=0)
"""No connections: how long a server takes from its start, with an empty data folder, until it accepts."""

WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload("W1", "one room of 1,000, 10 senders saturate", rooms=1, members=1000, senders=10, msgs=600),
        Workload(
            "W1n",
            "W1 with one message of each sender on its way",
            rooms=1,
            members=1000,
            senders=10,
            msgs=300,
            window=1,
        ),
        W2,
        replace(W2, name="W2m", title="W2 on a log of 1,000,000 events", log=1_000_000),
        replace(W2, name="W2r", title="W2's rooms at 5,000 messages/s, open loop", rate=5000, msgs=30),
        W3,
        replace(W3, name="W3p", title="W3 while 50 people a second log in by password", logins=50),
        Workload("W4", "10,000 idle, joined connections", rooms=1000, members=10, hold=3, sources=8),
        Workload("W5", "connect, log in and join, rooms of 10", rooms=300, members=10, sources=8),
        START,
    )
}
