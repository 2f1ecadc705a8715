"""Voice in a real browser: a microphone that is fed from a file, and answers that are played."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, async_playwright, expect

from roomful.speech.audio import Clip as Recording
from roomful.speech.audio import Pcm, decoded, settled, wave_file
from tests.browser.conftest import FLAGS, PAGE, Visit
from tests.browser.visiting import PATIENCE
from tests.first_run.programs import program
from tests.support.server import Server, serve
from tests.support.speech import KEY, SpeechService

pytest.importorskip("espeakng_loader", reason="speech needs the extra: pip install 'roomful[speech]'")
pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")
pytest.importorskip("av", reason="speech needs the extra: pip install 'roomful[speech]'")

SAID = "open the window"
DOOR = "#JSGF V1.0; grammar door; public <what> = (open | close) the (door | window);"
HEARD = """async (clip) => {
    const on = new Promise((done) => (clip.ontimeupdate = () => clip.currentTime > 0.2 && done(true)))
    await clip.play()
    return on
}"""
PLAYED = """() => {
    window.played = {begun: 0, ended: 0, most: 0, now: 0}
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function () {
        const {played} = window
        played.begun += 1
        played.most = Math.max(played.most, (played.now += 1))
        for (const name of ['ended', 'pause', 'error'])
            this.addEventListener(name, () => { if (!this.done) { this.done = true; played.now -= 1; played.ended += 1 } }, true)
        return play.call(this)
    }
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's microphone hears, once: a sentence that espeak-ng speaks, and silence."""
    from roomful.speech.offline.espeak import Espeak

    sound = settled(b"".join([chunk async for chunk in Espeak().speak(SAID)]))
    pcm = await asyncio.to_thread(decoded, Recording(sound))
    pause = bytes(pcm.rate)  # half a second
    path = tmp_path_factory.mktemp("microphone") / "said.wav"
    path.write_bytes(wave_file(Pcm(pause + pcm.samples + pause * 20, pcm.rate)))
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(microphone: Path) -> AsyncIterator[Browser]:
    """Chromium with that microphone, which asks nobody whether it may use it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    if not PAGE.is_file():
        pytest.skip("the page is not built: `just web-build`")
    fake = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *fake])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def listening(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that listens and speaks, with its bots."""
    grammar = tmp_path / "door.gram"
    grammar.write_text(DOOR)
    speech = {"LISTEN": "offline", "SPEAK": "offline", "GRAMMAR": str(grammar)}
    environment = {f"ROOMFUL_SPEECH__{name}": value for name, value in speech.items()}
    async with serve(tmp_path, environment=environment, bots=True) as server:
        await server.bots_are_in()
        yield server


async def test_what_is_said_into_a_microphone_is_a_line_for_everybody(
    listening: Server, visit: Visit, tmp_path: Path
) -> None:
    alice, bob = await visit(listening, "alice"), await visit(listening, "bob")
    async with program(tmp_path, "chat", f"tcp://{listening.tcp}", "--nick", "tess", "--plain") as terminal:
        await alice.page.get_by_text("tess joined").wait_for()
        talk = alice.page.get_by_role("button", name="Talk: hold, or click")
        await talk.click()
        where = alice.page.get_by_role("dialog", name="Where your clips go")
        await expect(where).to_contain_text("the server's own machine")
        await where.get_by_role("button", name="I want to talk").click()

        await talk.click()  # and talk until the next click
        await expect(alice.page.get_by_text("You are being recorded: 3 s")).to_be_visible(timeout=PATIENCE)
        await alice.page.get_by_role("button", name="Say it").click()
        await expect(bob.page.get_by_text("alice is speaking …")).to_be_visible(timeout=PATIENCE)
        line = await bob.sees(SAID)
        await expect(line).to_contain_text("Made text by the server's own machine")
        await expect(bob.page.get_by_text("alice is speaking …")).to_have_count(0)
        await terminal.sees(f"alice (spoken): {SAID}")
        await terminal.sees("/files/")
        clip = line.get_by_label("Clip of alice")
        assert await clip.evaluate(HEARD)


async def test_what_is_given_up_is_not_sent(listening: Server, visit: Visit) -> None:
    alice = await visit(listening, "alice")
    sent: list[str] = []
    alice.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    await alice.page.evaluate("""localStorage.setItem('roomful.voice', '{"agreed": "this machine"}')""")
    await alice.page.reload()
    await alice.is_in()
    await alice.composer.focus()
    recorded = alice.page.get_by_text("You are being recorded")
    for key in ("Control", "Alt", "v"):
        await alice.page.keyboard.down(key)
    await expect(recorded).to_be_visible(timeout=PATIENCE)
    await expect(alice.page.get_by_label("How loud it is")).to_be_visible()
    await alice.page.keyboard.press("Escape")
    await expect(recorded).to_have_count(0)
    for key in ("v", "Alt", "Control"):
        await alice.page.keyboard.up(key)
    await alice.say("never mind")
    await alice.sees("never mind")
    assert [url for url in sent if "/files" in url] == []


async def test_a_clip_of_which_no_text_is_made_is_kept_and_can_be_sent_as_it_is(visit: Visit, tmp_path: Path) -> None:
    async with SpeechService() as service:
        provider = f'[providers.home]\nbase_url = "{service.openai}"\nkey = "{KEY}"\n'
        (tmp_path / "roomful.toml").write_text(f'[speech]\nlisten = "home:whisper-1"\n{provider}')
        async with serve(tmp_path) as server:
            alice, bob = await visit(server, "alice"), await visit(server, "bob")
            await alice.page.evaluate("""localStorage.setItem('roomful.voice', '{"agreed": "this machine"}')""")
            await alice.page.reload()
            await alice.is_in()
            service.trouble = "busy"
            await alice.page.get_by_role("button", name="Talk: hold, or click").click()
            await expect(alice.page.get_by_text("You are being recorded: 1 s")).to_be_visible(timeout=PATIENCE)
            await alice.page.get_by_role("button", name="Say it").click()
            said = alice.page.get_by_text("takes nothing for now: too many")
            await expect(said).to_be_visible(timeout=PATIENCE)
            await alice.page.get_by_role("button", name="Try again").click()
            await expect(said).to_be_visible(timeout=PATIENCE)
            await alice.page.get_by_role("button", name="Send the recording without text").click()
            clip = bob.lines.last.get_by_label("Clip of alice")
            await expect(clip).to_be_visible(timeout=PATIENCE)
            assert await clip.evaluate(HEARD)
            await expect(said).to_have_count(0)


async def test_an_answer_is_fetched_and_played_sentence_by_sentence(listening: Server, visit: Visit) -> None:
    alice = await visit(listening, "alice")
    await alice.page.evaluate(PLAYED)
    asked: list[object] = []

    def note(request: Request) -> None:
        if request.url.endswith("/speech"):
            asked.append(request.post_data_json)

    alice.page.on("request", note)
    await alice.say("hello eliza, I am sad. I am sad because of the rain.")
    await alice.sees(re.compile("sad"))
    assert asked == [], "text only, unless one wants it otherwise"

    await alice.page.get_by_role("button", name="Read bots' answers out; spoken by the server's own machine").click()
    await expect(alice.page.get_by_role("button", name="Read nothing out: text only")).to_be_visible()
    await alice.say("eliza, my mother is here")
    stop = alice.page.get_by_role("button", name="Stop reading")
    await expect(stop).to_be_visible(timeout=PATIENCE)
    await expect(stop).to_have_count(0, timeout=PATIENCE)
    played = await alice.page.evaluate("window.played")
    assert asked
    assert (played["begun"], played["most"]) == (len(asked), 1), "all that was fetched was played, one at a time"
