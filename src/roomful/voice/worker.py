"""A process of the booth."""

import asyncio
import os
import sys
from pathlib import Path

from roomful.egress.routing import routed
from roomful.errors import NoSpeech, OverBudget, RoomfulError, SpeechError
from roomful.log import Log, to_stderr
from roomful.models import ModelsSettings, variables
from roomful.models.voices import listener, speaker
from roomful.speech.audio import Clip, decoded
from roomful.speech.cache import SpokenCache
from roomful.speech.contract import Listener, Speaker, Transcript

from .jobs import Failed, Heard, Job, Listen, Outcome, Setup, Speak, Spoken, decode_job, decode_setup, encode
from .lanes import Lane
from .yielding import give_way, processors

AWAY = 8  # jobs at a time that services do: here they only wait
LONGEST_LINE = 1 << 20  # bytes
FOLDER = "speech"  # of sounds, in the data folder


class Worker:
    """Does jobs by the settings. One processor is left to those who type, where there are several."""

    def __init__(self, setup: Setup, models: ModelsSettings) -> None:
        self._setup, self._models = setup, models
        self._cache = SpokenCache(Path(setup.data) / FOLDER, setup.speech.cache_mb << 20)
        self._listener: Listener | None = None
        self._speaker: Speaker | None = None
        self._here, self._away = Lane(max(1, processors() - 1)), Lane(AWAY)

    async def done(self, job: Job) -> Outcome:
        """What came of a job."""
        try:
            return await (self._heard(job) if isinstance(job, Listen) else self._spoken(job))
        except RoomfulError as why:
            return Failed(job.id, why.code, why.message, why.retry_after)
        except OSError as why:
            return Failed(job.id, SpeechError.code, f"A file of speech cannot be read or written: {why.strerror}.")

    async def close(self) -> None:
        """Free what is held."""
        for one in (self._listener, self._speaker):
            if one is not None:
                await one.close()

    async def _heard(self, job: Listen) -> Heard:
        settings = self._setup.speech
        one = self._listener = self._listener or listener(settings, self._models)
        data = await asyncio.to_thread(Path(job.path).read_bytes)
        clip = Clip(data, settings.max_seconds)
        language = job.language or settings.language
        async with self._here.turn(job.whom):
            seconds = (await asyncio.to_thread(decoded, clip)).seconds
            if job.most is not None and seconds > job.most:
                raise OverBudget
            if one.local:
                return Heard(job.id, await one.transcribe(clip, language), seconds)
        async with self._away.turn(job.whom):
            try:
                return Heard(job.id, await one.transcribe(clip, language), seconds)
            except NoSpeech as why:  # which is paid for like any other clip
                return Heard(job.id, Transcript("", remark=why.message), seconds)

    async def _spoken(self, job: Speak) -> Spoken:
        one = self._speaker = self._speaker or speaker(self._setup.speech, self._models)
        kept = await self._cache.kept(one, job.text, job.voice)
        if kept is not None:
            return Spoken(job.id, str(kept), one.type, made=False)
        if job.kept_only:
            raise OverBudget
        async with (self._here if one.local else self._away).turn(job.whom):
            path, made = await self._cache.file(one, job.text, job.voice)
        return Spoken(job.id, str(path), one.type, made)


def run() -> int:
    """Do what standard input says, until that ends. Returns the exit code."""
    os.setpgrp()  # Ctrl-C is for the server, which ends this; in whose session it stays: see yielding.py
    give_way()
    return asyncio.run(_run())


async def _run() -> int:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    first = await reader.readline()
    if not first.strip():
        return 0
    setup = decode_setup(first)
    log = Log(to_stderr)
    ways = [one.proxy for one in setup.providers.values()]
    async with routed(setup.egress, ways, Path(setup.data), log.warning) as routes:
        worker = Worker(setup, ModelsSettings(setup.providers, variables(), route=routes))
        async with asyncio.TaskGroup() as group:
            while line := await reader.readline():
                group.create_task(_do(worker, decode_job(line), log))
        await worker.close()
    return 0


async def _do(worker: Worker, job: Job, log: Log) -> None:
    try:
        outcome = await worker.done(job)
    except Exception:
        # Decoders fail in many ways over what was made to break them: the others' jobs go on.
        log.exception("fault in the booth", job=type(job).__name__)
        outcome = Failed(job.id, SpeechError.code, "This cannot be heard or spoken: the server's log says why.")
    sys.stdout.buffer.write(encode(outcome) + b"\n")
    sys.stdout.buffer.flush()
