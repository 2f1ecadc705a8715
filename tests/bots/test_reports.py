"""Verdicts on their way to the server: what was paid for is recorded, also where connections break."""

import pytest

from roomful.bots.reports import Reports
from roomful.bots.tasks import Tasks
from roomful.client import ConnectionLost
from roomful.domain.answers import Verdicts
from roomful.domain.verdicts import Verdict
from roomful.errors import StoreUnavailable
from roomful.log import Log

PAID = Verdict("b1", 4, 4, "answered", "mention", model="far:m", tokens_in=10, tokens_out=5, cost=0.01)
FREE = Verdict("b1", 5, 5, "answered", "mention", model="near:m", tokens_in=10, tokens_out=5)
SILENT = Verdict("b1", 3, 3, "not_addressed", "nobody_named_it")


class Server:
    """Records verdicts; some requests fail, done all the same or not."""

    def __init__(self, *failures: tuple[Exception, bool]) -> None:
        self.failures = list(failures)  # and whether it was done
        self.recorded: list[Verdict] = []

    async def send(self, room: str, verdicts: tuple[Verdict, ...], tell: tuple[str, ...]) -> None:
        failure, done = self.failures.pop(0) if self.failures else (None, True)
        if done:
            self.recorded += verdicts
        if failure is not None:
            raise failure

    async def why(self, room: str, line: int | None) -> Verdicts:
        return Verdicts(room, tuple(reversed(self.recorded)))


async def told(server: Server, *verdicts: Verdict) -> None:
    tasks = Tasks(Log(lambda line: None))
    reports = Reports(server.send, server.why, tasks)
    for verdict in verdicts:
        reports.add("#r", verdict)
    reports.flush()
    await tasks.settle()


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize(
    "failure", [ConnectionLost("It broke."), StoreUnavailable("The disk is full.", retry_after=0.01)]
)
async def test_what_was_paid_for_is_recorded_once_whatever_became_of_the_first_try(
    failure: Exception, done: bool
) -> None:
    server = Server((failure, done))
    await told(server, PAID)
    assert server.recorded == [PAID]


async def test_what_cost_nothing_is_not_sent_twice() -> None:
    server = Server((ConnectionLost("It broke."), False))
    await told(server, FREE)
    assert server.recorded == []


async def test_silences_that_are_lost_do_not_take_an_answer_with_them() -> None:
    server = Server((ConnectionLost("It broke."), False))
    await told(server, SILENT, PAID)
    assert server.recorded == [PAID]


async def test_who_gives_no_answer_for_ever_is_not_asked_for_ever() -> None:
    server = Server(*[(ConnectionLost("It broke."), False)] * 50)
    await told(server, PAID)
    assert server.recorded == []
    assert len(server.failures) > 40
