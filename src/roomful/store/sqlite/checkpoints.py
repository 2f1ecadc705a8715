"""Checkpoints beside the commits: the write-ahead log goes into the database while the writer goes on.

A commit that must run the checkpoint itself takes tens of milliseconds. So a thread runs PASSIVE checkpoints, which keep nobody
waiting. They never quite catch up with a writer that does not pause, and SQLite starts the log from the beginning only when
they do: when the log has grown too long, the writer makes room itself, between two commits.
"""

import contextlib
import threading
from pathlib import Path

import apsw

from .database import BUSY, connect

EVERY = 4_000  # pages, 16 MiB: a page that many commits have written is brought over once
LONGEST = 16_384  # pages of 4 KiB: 64 MiB
PATIENCE = 100  # ms that the writer waits for readers, when it makes room


class Checkpoints:
    """Runs them for one store."""

    def __init__(self, path: Path, vfs: str | None) -> None:
        self._database = connect(path, vfs)
        self._done = 0  # pages, of the present log, at the last checkpoint
        self._make_room_at = LONGEST
        self._due = threading.Event()
        self._running = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="roomful-checkpoints", daemon=True)

    def start(self) -> None:
        """Begin to run them."""
        self._thread.start()

    def committed(self, pages: int) -> None:
        """The log has so many pages: called by the writer after each commit."""
        if pages < self._done:  # it began anew
            self._done = 0
        if pages - self._done > EVERY:
            self._due.set()

    def make_room(self, database: apsw.Connection, pages: int) -> None:
        """Start the log from the beginning if it has grown too long. Raises apsw.Error.

        A reader that does not end (somebody's shell, a backup) prevents it: tried again when the log is a quarter longer.
        """
        if pages < self._make_room_at:
            return
        with self._running:
            database.set_busy_timeout(PATIENCE)
            try:
                database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
                self._make_room_at = LONGEST
            except apsw.BusyError:
                self._make_room_at = pages + pages // 4
            finally:
                database.set_busy_timeout(BUSY)

    def bring_over(self) -> None:
        """Bring over what the log holds, keeping nobody waiting: what `purge` then has to do is little. Raises apsw.Error."""
        with self._running:
            if not self._closing:
                self._done, _ = self._database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def purge(self, database: apsw.Connection) -> None:
        """Bring over the rest of the log and cut it to nothing: what was erased is in no file any more.

        Called by the writer, between two commits. Raises apsw.BusyError: somebody reads and does not end; apsw.Error.
        """
        with self._running:
            database.set_busy_timeout(PATIENCE)
            try:
                database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                self._done = 0
            finally:
                database.set_busy_timeout(BUSY)

    def close(self) -> None:
        """End the thread, and with it its connection."""
        self._closing = True
        self._due.set()
        self._thread.join()
        with self._running:  # whoever purges may have left while `bring_over` goes on in its thread
            self._database.close()

    def _work(self) -> None:
        while self._due.wait() and not self._closing:
            self._due.clear()
            # A fault keeps the log growing, no more: the writer meets it when it makes room, and says so.
            # Busy means that another process is at it.
            with self._running, contextlib.suppress(apsw.Error):
                self._done, _ = self._database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
