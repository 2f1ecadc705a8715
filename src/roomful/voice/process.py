"""One process of the booth, as the server sees it."""

import asyncio
import contextlib
import sys
from collections.abc import Sequence

import msgspec

from roomful.errors import SpeechTrouble, TryLater
from roomful.log import Log

from .jobs import Failed, Job, Outcome, Setup, decode_outcome, encode

WAITING = 50  # jobs; more are told to come later
PATIENCE = 120.0  # s for a job
IDLE = 300.0  # s without a job, after which the process is let go
LONGEST_LINE = 1 << 20  # bytes
WORDS = (sys.executable, "-m", "roomful.voice")


class Process:
    """Does jobs. It is started for the first one, and anew where it died."""

    def __init__(self, setup: Setup, log: Log, words: Sequence[str] = WORDS) -> None:
        self._setup, self._log, self._words = setup, log, words
        self._waiting: dict[int, asyncio.Future[Outcome]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process's id; None: there is none just now."""
        return self._process.pid if self._process is not None else None

    async def ask(self, job: Job) -> Outcome:
        """What comes of a job. Raises SpeechTrouble, TryLater."""
        if len(self._waiting) >= WAITING:
            raise TryLater("Too many clips and answers wait to be heard and spoken.", retry_after=5.0)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[job.id] = future
        try:
            async with asyncio.timeout(PATIENCE):
                process = await self._started()
                assert process.stdin is not None
                process.stdin.write(encode(job) + b"\n")
                await process.stdin.drain()
                return await future
        except TimeoutError:
            raise SpeechTrouble("Speech took too long: try again, or with less.") from None
        except (ConnectionError, OSError):
            raise SpeechTrouble("The process that listens and speaks is gone: try again.") from None
        finally:
            del self._waiting[job.id]
            self._rest()

    async def close(self) -> None:
        """Let the process go. Whoever waits is told that it broke off."""
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None:
            await _end(process)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._break_off()

    # -- within -------------------------------------------------------------------------------------------

    async def _started(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    *self._words,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    limit=LONGEST_LINE,
                )
                assert self._process.stdin is not None
                self._process.stdin.write(encode(self._setup) + b"\n")
                self._reading = asyncio.get_running_loop().create_task(self._read(self._process), name="booth")
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        try:
            await self._take(process)
        except (
            ValueError,
            msgspec.MsgspecError,
        ) as why:  # a line that is too long, or no outcome: the next may be none too
            self._log.error("the booth's process says what it should not", reason=type(why).__name__)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        code = await process.wait()
        if process is self._process:
            self._process = None
            if code:
                self._log.error("the booth's process ended", code=code, note="it is started again when it is needed")
            self._break_off()

    async def _take(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            outcome = decode_outcome(line)
            future = self._waiting.get(outcome.id)
            if future is not None and not future.done():
                future.set_result(outcome)

    def _break_off(self) -> None:
        for id, future in self._waiting.items():
            if not future.done():
                future.set_result(
                    Failed(id, SpeechTrouble.code, "The process that listens and speaks ended: try again.")
                )

    def _rest(self) -> None:
        """Nobody waits: let the process go after a while."""
        if self._idle is not None:
            self._idle.cancel()
        if not self._waiting:
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._let_go)

    def _let_go(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not self._waiting:
            self._process = None
            process.stdin.close()  # which ends it


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()
