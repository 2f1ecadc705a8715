"""Threads that do one job after another, each with something of its own, such as a connection."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from roomful.errors import StoreUnavailable

Own = TypeVar("Own")
Result = TypeVar("Result")


class Threads(Generic[Own]):
    """One thread for each of `owns`. They take jobs from one queue.

    `nice` is how far they give way to others on the processors, 0 to 19; where threads cannot, they do not.
    """

    def __init__(self, name: str, owns: Sequence[Own], nice: int = 0) -> None:
        self._nice = nice
        self._jobs: SimpleQueue[_Job[Own] | None] = SimpleQueue()
        self._closed = False
        # As daemons: a loop that ended without closing its store must not keep the process alive.
        self._threads = [threading.Thread(target=self._work, args=(own,), name=name, daemon=True) for own in owns]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Callable[[Own], Result]) -> Result:
        """What `work` returns or raises, done in one of the threads. It is done even if nobody waits for it any more."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put(_Job(work, future, loop))
        return await future

    def end(self) -> None:
        """Take no more jobs; the threads end when those given so far are done."""
        if not self._closed:
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)

    def join(self) -> None:
        """Wait for the threads, after `end`."""
        for thread in self._threads:
            thread.join()

    def _work(self, own: Own) -> None:
        if self._nice and sys.platform == "linux":  # where each thread has a niceness of its own (sched(7))
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while (job := self._jobs.get()) is not None:
            job.do(own)


class _Job(Generic[Own]):
    __slots__ = ("_future", "_loop", "_work")

    def __init__(
        self, work: Callable[[Own], Any], future: asyncio.Future[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._work = work
        self._future = future
        self._loop = loop

    def do(self, own: Own) -> None:
        try:
            result = self._work(own)
        except BaseException as why:  # noqa: BLE001 - whatever it is, it belongs to the task that waits for the job
            self._deliver(self._fail, why)
        else:
            self._deliver(self._succeed, result)

    def _deliver(self, settle: Callable[[Any], None], value: object) -> None:
        try:
            self._loop.call_soon_threadsafe(settle, value)
        except RuntimeError:
            return  # the loop was closed meanwhile: nobody waits

    def _succeed(self, result: object) -> None:
        if not self._future.done():  # the task that waited may have been cancelled
            self._future.set_result(result)

    def _fail(self, why: BaseException) -> None:
        if not self._future.done():
            self._future.set_exception(why)
