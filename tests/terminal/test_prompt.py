"""The input line of a terminal: keys in, screen out, through prompt_toolkit's own pipes."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from roomful.terminal.completing import Completion
from roomful.terminal.prompt import PromptFront
from roomful.terminal.view import Line

CTRL_C, CTRL_D = "\x03", "\x04"


class Desk:
    """What stands around the input line, and what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.writing: list[Line] = []
        self._waiter: asyncio.Future[None] | None = None

    async def hears(self, text: str) -> None:
        while text not in self.heard:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def prompt(self) -> str:
        return "#lobby> "

    def growing(self) -> list[Line]:
        return self.writing

    def toolbar(self) -> Line:
        return (("", "bob is typing…"),)

    def completions(self, before: str, *, asked: bool) -> list[Completion]:
        if before != "/he":
            return []
        self.typed("<offered>")
        return [Completion("/help", len(before))]

    def typed(self, text: str) -> None:
        self.heard.append(text)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def sent(self) -> None:
        self.heard.append("<sent>")


class Glass(io.StringIO):
    """What was written to a terminal; one may wait for more."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    def write(self, text: str, /) -> int:
        self.changed.set()
        return super().write(text)


class Screen:
    """A front end on a terminal of which both ends are in the test's hands."""

    def __init__(self, keys: PipeInput, history: Path | None) -> None:
        self.keys = keys
        self._out = Glass()
        target = Vt100_Output(self._out, lambda: Size(24, 80), term="xterm", enable_cpr=False)
        self.front = PromptFront(history, keys, target)
        self.desk = Desk()

    @property
    def text(self) -> str:
        return self._out.getvalue()

    async def shows(self, pattern: str) -> None:
        """Wait until what was written so far matches."""
        while not re.search(pattern, self.text, re.DOTALL):
            self._out.changed.clear()
            await self._out.changed.wait()

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[AsyncIterator[str]]:
        lines = self.front.lines(self.desk)  # type: ignore[arg-type]
        try:
            yield lines
        finally:
            await lines.aclose()  # type: ignore[attr-defined]
            await self.front.close()


@contextmanager
def screen(history: Path | None = None) -> Iterator[Screen]:
    with create_pipe_input() as keys:
        yield Screen(keys, history)


async def typed(keys: str, history: Path | None = None) -> list[str]:
    """The messages that keys make."""
    with screen(history) as terminal:
        terminal.keys.send_text(keys)
        async with asyncio.timeout(5), terminal.typing() as lines:
            return [line async for line in lines]


async def test_enter_sends_and_ctrl_d_leaves() -> None:
    assert await typed("hello\rworld\r\r" + CTRL_D) == ["hello", "world"]


async def test_ctrl_c_clears_the_line_and_then_leaves() -> None:
    assert await typed("never sent" + CTRL_C + "sent\r" + CTRL_C) == ["sent"]


async def test_pasted_line_feeds_are_one_message() -> None:
    assert await typed("\x1b[200~def f():\r\n    pass\x1b[201~\r" + CTRL_D) == ["def f():\n    pass"]


async def test_alt_enter_starts_a_new_line() -> None:
    assert await typed("one\x1b\rtwo\r" + CTRL_D) == ["one\ntwo"]


async def test_the_history_is_kept_for_the_next_session_and_is_private(tmp_path: Path) -> None:
    history = tmp_path / "data" / "chat_history"
    await typed("/msg bob secret\r" + CTRL_D, history)
    assert history.stat().st_mode & 0o777 == 0o600
    assert history.parent.stat().st_mode & 0o777 == 0o700
    with screen(history) as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            terminal.keys.send_text("first\r")
            assert await anext(lines) == "first"
    assert [text async for text in FileHistory(history).load()] == ["first", "/msg bob secret"]


async def test_a_folder_that_cannot_be_written_costs_only_the_history(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert await typed("hello\r" + CTRL_D, tmp_path / "file" / "chat_history") == ["hello"]


async def test_a_history_that_is_taken_away_costs_no_line(tmp_path: Path) -> None:
    history = tmp_path / "data" / "chat_history"
    with screen(history) as terminal:
        history.unlink()
        history.parent.rmdir()
        terminal.keys.send_text("hello\r" + CTRL_D)
        async with asyncio.timeout(5), terminal.typing() as lines:
            assert [line async for line in lines] == ["hello"]


async def test_lines_are_shown_above_the_line_that_is_being_typed() -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            terminal.keys.send_text("first\rhalf")
            assert await anext(lines) == "first"
            terminal.front.show([(("class:nick0", "bob"), ("class:text", ": over here"))])
            await terminal.shows("over here.*#lobby> .*half")
            terminal.keys.send_text(" done\r")
            assert await anext(lines) == "half done", "what was typed is still there"


async def test_an_answer_grows_in_place_above_the_line_that_is_being_typed() -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.keys.send_text("half")
            await terminal.desk.hears("half")
            for text in ("How do", "How do you do?"):
                terminal.desk.writing = [(("class:nick0", "eliza"), ("class:mark", ": "), ("class:text", f"{text}▍"))]
                terminal.front.refresh()
                await terminal.shows("▍")
            await terminal.shows("you do\\?▍")
            assert plain(terminal).count("eliza") == 1, "only what is new is drawn"
            terminal.desk.writing = []
            terminal.front.show([(("class:nick0", "eliza"), ("class:text", ": How do you do?"))])
            await terminal.shows("How do you do\\?.*#lobby> .*half")
            assert "▍" not in plain(terminal).rpartition("How do you do?")[2]
            terminal.keys.send_text(" done\r")
            assert await entered == "half done", "what was typed is still there"


async def test_of_an_answer_that_fills_the_screen_the_end_is_shown() -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.desk.writing = [(("class:text", f"row {n}."),) for n in range(100)]
            terminal.keys.send_text("x")
            await terminal.shows("row 99")
            assert "row 91." not in plain(terminal)
            assert "row 92." in plain(terminal)
            terminal.keys.send_text("\r")
            await entered


def plain(terminal: Screen) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.text)


async def test_a_long_line_is_broken_between_words() -> None:
    with screen() as terminal:
        terminal.front.show([(("class:nick0", "bob"), ("class:mark", ": "), ("class:text", "word " * 20))])
        await terminal.front.close()
        lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.text).split("\r\n")
        assert lines[:2] == ["bob: " + "word " * 14 + "word", "     " + "word " * 5], "80 columns, and the rest below"


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
async def test_colours_are_shown_unless_no_color_says_otherwise(
    no_color: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    with screen() as terminal:
        terminal.front.show([(("class:nick0", "bob"),)])
        await terminal.front.close()
        assert ("38;5;" in terminal.text) is coloured
        assert "bob" in terminal.text


async def test_the_desk_hears_what_is_typed() -> None:
    with screen() as terminal:
        terminal.keys.send_text("hi\r" + CTRL_D)
        async with asyncio.timeout(5), terminal.typing() as lines:
            assert await anext(lines) == "hi"
            assert terminal.desk.heard[:3] == ["h", "hi", "<sent>"]


async def test_tab_completes() -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.keys.send_text("/he")
            await terminal.desk.hears("<offered>")
            terminal.keys.send_text("\t")
            await terminal.desk.hears("/help")
            terminal.keys.send_text("\r")
            assert await entered == "/help"


async def test_a_question_is_asked_and_not_remembered(tmp_path: Path) -> None:
    with screen(tmp_path / "history") as terminal:
        terminal.keys.send_text("ada\r")
        async with asyncio.timeout(5):
            assert await terminal.front.ask("Nickname [bob]: ") == "ada"
        assert "Nickname [bob]:" in terminal.text
        assert (tmp_path / "history").read_text() == ""


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
async def test_a_question_may_be_left_unanswered(key: str) -> None:
    with screen() as terminal:
        terminal.keys.send_text(key)
        async with asyncio.timeout(5):
            with pytest.raises(EOFError):
                await terminal.front.ask("Nickname [bob]: ")


async def test_a_secret_is_asked_for_in_the_place_of_the_line_and_kept_nowhere(tmp_path: Path) -> None:
    with screen(tmp_path / "history") as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.keys.send_text("half")
            await terminal.desk.hears("half")
            heard = len(terminal.desk.heard)
            answer = asyncio.ensure_future(terminal.front.ask("Password: ", secret=True))
            await terminal.shows("Password: ")
            terminal.keys.send_text("\x1b[Aten lamps\r")
            assert await answer == "ten lamps"
            assert terminal.desk.heard[heard:] == [], "nobody is told that somebody types"
            terminal.keys.send_text(" done\r")
            assert await entered == "half done"
        assert "lamps" not in terminal.text
        assert "lamps" not in (tmp_path / "history").read_text()


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
async def test_a_question_in_the_place_of_the_line_may_be_left_unanswered(key: str) -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.keys.send_text("half")
            await terminal.desk.hears("half")
            answer = asyncio.ensure_future(terminal.front.ask("Password: ", secret=True))
            await terminal.shows("Password: ")
            terminal.keys.send_text("ten" + key)
            with pytest.raises(EOFError):
                await answer
            terminal.keys.send_text("\r")
            assert await entered == "half"


async def test_a_line_is_given_back_unless_another_was_begun() -> None:
    with screen() as terminal:
        async with asyncio.timeout(5), terminal.typing() as lines:
            entered = asyncio.ensure_future(anext(lines))
            terminal.keys.send_text("x\x7f")
            await terminal.desk.hears("")
            terminal.front.give_back("too soon")
            terminal.front.give_back("another")
            terminal.keys.send_text("\r")
            assert await entered == "too soon"


async def test_the_terminal_serves_one_conversation_after_another() -> None:
    with screen() as terminal:
        first = terminal.desk
        async with asyncio.timeout(5), terminal.typing() as lines:
            terminal.keys.send_text("one\r")
            assert await anext(lines) == "one"
        terminal.desk, heard = Desk(), len(first.heard)
        async with asyncio.timeout(5):
            secret = asyncio.ensure_future(terminal.front.ask("Password: ", secret=True))
            await terminal.shows("Password:")
            terminal.keys.send_text("ten lamps\r")
            assert await secret == "ten lamps"
        async with asyncio.timeout(5), terminal.typing() as lines:
            terminal.keys.send_text("two\r" + CTRL_D)
            assert [line async for line in lines] == ["two"]
        assert "two" in terminal.desk.heard
        assert len(first.heard) == heard
