"""The contract of an index, kept by SQLite in three threads."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

import apsw

from roomful.domain.events import Event
from roomful.errors import BadQuery, TryLater
from roomful.threads import Threads

from .. import Ask, Found
from .database import connect
from .finder import Finder
from .writer import Gap, Writer

READERS = 2
LONGEST = 3.0  # s that a search may take: much more than one does, unless the disk must turn for each line
NICE = 10  # the index gives way to the messages
RETRY = 5.0  # s

Result = TypeVar("Result")


class SqliteIndex:
    """One file: a thread that writes it and two that search."""

    def __init__(self, path: Path, epoch: str) -> None:
        """Use `open`: this blocks. Raises apsw.Error, OSError."""
        self._path = path
        self._file = 0  # how often a broken one was thrown away
        self._own = Writer(path, epoch)
        self._finders = [Finder(connect(path, query_only=True)) for _ in range(READERS)]
        self._writing = Threads("roomful-index", [self._own], nice=NICE)
        self._searching = Threads("roomful-search", self._finders)

    @classmethod
    async def open(cls, path: Path | str, epoch: str) -> Self:
        """Open the index of this history, or begin one. Raises TryLater: the file cannot be used."""
        try:
            return await asyncio.to_thread(cls, Path(path), epoch)
        except (apsw.Error, OSError) as why:
            raise _failed(why) from why

    # -- writing --------------------------------------------------------------------------------------------

    async def feed(self, events: Sequence[Event]) -> bool:
        """See `Index.feed`."""
        return await self._write(lambda writer: writer.feed(events))

    async def cursors(self) -> dict[str, int]:
        """See `Index.cursors`."""
        return await self._write(Writer.cursors)

    async def oldest(self, room: str, limit: int = 100) -> list[int]:
        """See `Index.oldest`."""
        return await self._write(lambda writer: writer.oldest(room, limit))

    async def remove(self, room: str, seqs: Sequence[int]) -> None:
        """See `Index.remove`."""
        while await self._write(lambda writer: writer.remove(room, seqs)):
            pass

    async def forget(self, room: str) -> None:
        """See `Index.forget`."""
        while await self._write(lambda writer: writer.forget(room)):
            pass

    async def purge(self) -> None:
        """See `Index.purge`."""
        await self._write(Writer.purge)

    async def _write(self, work: Callable[[Writer], Result]) -> Result:
        try:
            return await self._writing.run(lambda writer: _guarded(writer, work))
        except (apsw.CorruptError, apsw.NotADBError) as why:
            await self._begin_anew()
            raise _failed(why) from why
        except (apsw.Error, OSError, Gap) as why:
            raise _failed(why) from why

    async def _begin_anew(self) -> None:
        """The file is broken, and nothing is lost with it."""
        try:
            await self._writing.run(Writer.begin_anew)
            self._file += 1
        except (apsw.Error, OSError) as why:
            raise _failed(why) from why

    def _see_that_it_is_open(self, finder: Finder) -> None:
        """On the file of now, not one that was thrown away."""
        if finder.file != (file := self._file):
            finder.database.close(True)
            finder.database = connect(self._path, query_only=True)
            finder.file = file

    # -- searching --------------------------------------------------------------------------------------------

    async def search(self, ask: Ask) -> tuple[list[Found], bool]:
        """See `Index.search`."""
        loop = asyncio.get_running_loop()
        over = False
        timers: list[asyncio.TimerHandle] = []

        def begin(database: apsw.Connection) -> None:
            if not over:
                timers.append(loop.call_later(LONGEST, database.interrupt))

        def work(finder: Finder) -> tuple[list[Found], bool]:
            if over:
                return [], False  # nobody waits for it any more
            self._see_that_it_is_open(finder)
            loop.call_soon_threadsafe(begin, finder.database)
            return finder.search(ask)

        try:
            return await self._searching.run(work)
        except apsw.InterruptError:
            message = "This would take too long: add a word that is rarer, a room, or a time."
            raise BadQuery(message, field="query") from None
        except (apsw.CorruptError, apsw.NotADBError) as why:
            await self._begin_anew()
            raise _failed(why) from why
        except apsw.Error as why:
            raise _failed(why) from why
        finally:
            over = True
            for timer in timers:
                timer.cancel()

    async def close(self) -> None:
        """See `Index.close`."""
        for finder in self._finders:
            finder.database.interrupt()
        self._writing.end()
        self._searching.end()
        await asyncio.to_thread(self._disconnect)

    def _disconnect(self) -> None:
        self._writing.join()
        self._searching.join()
        for finder in self._finders:
            finder.database.close(True)
        self._own.close()


def _guarded(writer: Writer, work: Callable[[Writer], Result]) -> Result:
    try:
        return work(writer)
    except BaseException:
        writer.rolled_back()
        raise


def _failed(why: Exception) -> TryLater:
    return TryLater(f"The search index failed: {why}.", retry_after=RETRY)
