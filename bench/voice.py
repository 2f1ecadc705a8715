"""Measure voice: what it costs those who type, and how long those who speak and listen wait.

python -m bench.voice                 all of it (minutes)
python -m bench.voice load            W3 while nobody speaks, and while ten do without a pause: in turns
python -m bench.voice line            from the end of a clip of 5 s to its line, with a grammar and in free speech
python -m bench.voice sound           from an answer's first sentence to its first sound: at the server, and in a browser
"""

import argparse
import asyncio
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import async_playwright

from bench.driver import RunFailed
from bench.driver.generator import Measured, build, generate
from bench.driver.machine import allow_connections
from bench.driver.results import FOLDER
from bench.driver.roomful import Roomful
from bench.driver.streaming import configuration
from bench.driver.talking import GRAMMAR, SPEECH, Talker, clip
from bench.driver.workloads import WORKLOADS
from roomful.client import Client
from tests.browser.conftest import FLAGS
from tests.browser.visiting import open_window
from tests.support.provider import Provider
from tests.support.server import serve

OPEN = "[limits]\nenabled = false\n"
TALKERS = 10
MOST_LINE, MOST_SOUND = 1.0, 0.5  # s
CLIPS, SENTENCES, ANSWERS = 20, 20, 8
FREE = "good morning everybody I would like to tell you what we did yesterday and then we go home"
GAP = 0.05  # s between two words of an answer
FIRST = "This is the first sentence of answer number{number}."
SOUNDS = """() => {
    window.times = {said: [], sound: []}
    const Socket = window.WebSocket
    window.WebSocket = class extends Socket {
        constructor(...given) {
            super(...given)
            this.addEventListener('message', ({ data }) => {
                const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
                if (text.includes('"draft"') && /number\\d+\\./.test(text)) window.times.said.push(performance.now())
            })
        }
    }
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function () {
        this.addEventListener('playing', () => window.times.sound.push(performance.now()), { once: true })
        return play.call(this)
    }
}"""


def main() -> int:
    """The command. Returns the exit code: 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", choices=["load", "line", "sound", []], default=[])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    wanted = args.what or ["load", "line", "sound"]
    try:
        if "load" in wanted:
            _load(args.rounds)
    except RunFailed as why:
        print(why, file=sys.stderr)
        return 1
    reached = asyncio.run(_lines()) if "line" in wanted else True
    return int(not (asyncio.run(_sounds()) and reached if "sound" in wanted else reached))


# -- those who type ---------------------------------------------------------------------------------------


class WithVoice(Roomful):
    """The server, which listens."""

    name = "with-voice"

    def __init__(self, grammar: str) -> None:
        super().__init__()
        self._grammar = grammar

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        words = super().prepare(folder, port, log)
        config, grammar = Path(words[-1]), folder / "bench.gram"
        grammar.write_text(GRAMMAR)
        text = config.read_text().replace('[http]\nlisten = ""', '[http]\nlisten = "127.0.0.1:0"')
        config.write_text(text + SPEECH.format(grammar=grammar if self._grammar else ""))
        return words


@contextlib.contextmanager
def talking(address: str, count: int) -> Iterator[list[int]]:
    """So many people speak within. What is given holds, at the end, how many clips were heard."""
    words = [sys.executable, "-m", "bench.driver.talking", str(count), address]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    if process.stdout.readline().strip() != "talking":
        raise RunFailed("nobody speaks")
    heard: list[int] = []
    try:
        yield heard
    finally:
        process.stdin.close()
        heard.append(int(process.stdout.readline() or 0))
        process.wait(20)


@contextlib.contextmanager
def computing() -> Iterator[None]:
    """A program that only computes, and gives way as voice does: what this costs the server is the machine's doing."""
    program = "from roomful.voice.yielding import give_way\ngive_way()\nwhile True: sum(range(100_000))"
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _load(rounds: int) -> None:
    program, workload = build(), WORKLOADS["W3"]
    allow_connections(2_000)
    FOLDER.mkdir(exist_ok=True)
    quiet: list[Measured] = []
    beside: list[Measured] = []
    busy: dict[str, list[Measured]] = {"with a grammar": [], "in free speech": []}
    for _ in range(rounds):
        for how, runs in busy.items():
            quiet.append(_one(program, how, 0))
            runs.append(_one(program, how, TALKERS))
        with computing():
            beside.append(_one(program, "", 0))
    print(f"{workload.name}: {_compared(quiet)} while nobody speaks", flush=True)
    print(
        f"{workload.name}: {_compared(beside)} while nobody speaks, and a program computes that gives way", flush=True
    )
    for how, runs in busy.items():
        clips = statistics.median(run["clips"] for run in runs)
        print(f"{workload.name}: {_compared(runs)} while {TALKERS} speak {how} ({clips:.0f} clips heard)", flush=True)


def _one(program: Path, how: str, count: int) -> Measured:
    """W3, once. The figures are the server's process alone; the booth runs on whichever core is free."""
    with contextlib.ExitStack() as stack:
        parent = stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER))
        running = stack.enter_context(WithVoice("grammar" if "grammar" in how else "").running(Path(parent)))
        heard = stack.enter_context(talking(f"127.0.0.1:{running.port}", count)) if count else [0]
        for pid in running.pids[1:]:
            subprocess.run(["taskset", "-apc", "0-1023", str(pid)], check=False, capture_output=True)
        measured = generate(program, WORKLOADS["W3"], "native", running.port, running.pids[:1])
        stack.pop_all().close()
    return {**measured, "clips": heard[0]}


def _compared(runs: Sequence[Measured]) -> str:
    cpu = statistics.median(run["server_cpu_us_per_delivery"] for run in runs)
    p50, p99 = (statistics.median(run["lat_us"][name] for run in runs) / 1000 for name in ("p50", "p99"))
    each = ", ".join(f"{run['lat_us']['p99'] / 1000:.1f}" for run in runs)
    return f"{cpu:.3f} µs CPU/delivery, p50 {p50:.1f} ms, p99 {p99:.1f} ms ({each})"


# -- those who speak ----------------------------------------------------------------------------------------


async def _lines() -> bool:
    reached = True
    for how, grammar, text in (("with a grammar", GRAMMAR, ""), ("in free speech", "", FREE)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bench.gram"
            file.write_text(GRAMMAR)
            (Path(folder) / "roomful.toml").write_text(OPEN + SPEECH.format(grammar=file if grammar else ""))
            async with serve(Path(folder)) as server:
                talker = Talker(server.tcp, 0)
                await talker.come()
                sound = await (clip(text) if text else clip())
                for _ in range(CLIPS + 1):
                    await talker.say(sound)
                await talker.go()
        first, *others = talker.heard
        _tell(f"end of a clip of 5 s -> line, {how}", others, MOST_LINE, f"the very first {first:.2f} s")
        reached &= statistics.median(others) <= MOST_LINE
    return reached


# -- those who listen ---------------------------------------------------------------------------------------


class Telling(Provider):
    """Answers in two sentences, word by word."""

    count = 0

    async def _answer(self, request: web.Request, events: Any) -> web.StreamResponse:
        body = await request.json()
        self.count += 1
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        text = FIRST.format(number=self.count) + " And here is another one, which takes a little longer than that."
        with contextlib.suppress(ConnectionError):
            for piece in events(body["model"], text):
                await response.write(piece)
                await asyncio.sleep(GAP)
            await response.write_eof()
        return response


async def _sounds() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with Telling() as provider:
            config = OPEN + SPEECH.format(grammar="") + configuration(provider.openai, 1, 1)
            (Path(folder) / "roomful.toml").write_text(config)
            async with serve(Path(folder), bots=True) as server:
                at_server = await _at_server(server.tcp)
                in_browser = await _in_browser(f"http://{server.http}")
    first, *others = at_server
    _tell("a sentence -> its sound, at the server", others, MOST_SOUND, f"the very first {first:.2f} s")
    _tell("first sentence of a draft -> playing, in chromium", in_browser, MOST_SOUND, "each the first of an answer")
    return all(statistics.median(taken) <= MOST_SOUND for taken in (others, in_browser))


async def _at_server(address: str) -> list[float]:
    taken = []
    async with Client(address, nick="reader") as client:
        await client.join("#reading")
        for number in range(SENTENCES + 1):
            text = f"This is sentence number {number}, which nobody has heard before."
            receipt = await client.post("#reading", text)
            began = time.perf_counter()
            await client.spoken("#reading", text, seq=receipt.seq)
            taken.append(time.perf_counter() - began)
    return taken


async def _in_browser(base: str) -> list[float]:
    chromium = shutil.which("chromium") or sys.exit("There is no chromium on this machine.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        listener = await open_window(browser, base)
        await listener.page.add_init_script(f"({SOUNDS})()")
        await listener.come("listener", "/r/bots0")
        await listener.page.get_by_role("button", name="Read bots' answers out").click()
        taken = []
        for number in range(1, ANSWERS + 1):
            await listener.say("@bot0 tell me")
            await listener.sees(f"answer number{number}.")
            while await listener.page.evaluate("window.times.sound.length") < 2 * number:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.1)
            said, sound = await listener.page.evaluate("[window.times.said, window.times.sound]")
            first_sound = sound[2 * (number - 1)]
            taken.append((first_sound - max(at for at in said if at < first_sound)) / 1000)
            await listener.page.evaluate("window.times.said.length = 0")
            await listener.page.get_by_role("button", name="Stop reading").wait_for(state="detached", timeout=60_000)
        await browser.close()
    return taken


def _tell(what: str, s: Sequence[float], most: float, more: str) -> None:
    ordered = sorted(s)
    print(
        f"{what}: median {statistics.median(s):.3f} s, 95 % {ordered[int(len(ordered) * 0.95)]:.3f} s, most "
        f"{ordered[-1]:.3f} s ({len(s)}; {more}; target {most:g} s)",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
