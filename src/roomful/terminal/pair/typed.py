"""A screen for terminals: an input line that stays put while lines appear above it.

Imported when a terminal is there: prompt_toolkit takes a moment.
"""

from collections.abc import Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.shortcuts import print_formatted_text

from roomful.terminal.pair.screens import local_time
from roomful.terminal.prompt import STYLE
from roomful.terminal.recalling import history
from roomful.terminal.text import in_lines, one_line
from roomful.terminal.view import nick_style

LEAVING = ("/exit", "/quit")  # what leaves a room leaves here too; there are no other commands
LONGEST = 16_000  # code points of a line that are shown before the line has ended

Fragments = list[tuple[str, str]]


class Typed:
    """The terminal that the program runs on.

    Args:
        clock: ms since 1970 UTC.
        interrupted: called when Ctrl-C is typed.
        recall: file of what was typed; None: it is forgotten.
    """

    grace = 0.0
    manual = "Type a line and press Enter to send it. Ctrl-D leaves, and so does /exit."

    def __init__(self, clock: Callable[[], int], interrupted: Callable[[], None], recall: Path | None = None) -> None:
        self._clock, self._interrupted = clock, interrupted
        self._session: PromptSession[str] = PromptSession(history=history(recall), erase_when_done=True)
        self._speaker = self._unfinished = ""

    async def read(self) -> str:
        try:
            with patch_stdout(raw=True):  # the trace comes through here, in its own colours
                line = await self._session.prompt_async("> ")
        except EOFError:
            return ""
        except KeyboardInterrupt:
            self._interrupted()
            return ""
        return "" if line.strip() in LEAVING else line + "\n"

    async def echo(self, nick: str, line: str) -> None:
        await self._show(
            nick, [line.removesuffix("\n")]
        )  # the input line is gone: it stood where the next one is typed

    async def said(self, nick: str, text: str) -> None:
        self._speaker = nick
        *lines, self._unfinished = (self._unfinished + text).split("\n")
        if len(self._unfinished) > LONGEST:
            lines.append(self._unfinished)
            self._unfinished = ""
        await self._show(nick, lines)

    async def note(self, text: str) -> None:
        if self._unfinished:  # the last line of somebody who left without ending it
            line, self._unfinished = self._unfinished, ""
            await self._show(self._speaker, [line])
        await self._print([("class:time", local_time(self._clock())), ("class:notice", f" · {one_line(text)}\n")])

    async def _show(self, nick: str, lines: list[str]) -> None:
        head: Fragments = [
            ("class:time", f"{local_time(self._clock())} "),
            (nick_style(nick), one_line(nick)),
            ("class:mark", ": "),
        ]
        shown = [part for line in lines for part in in_lines(line)]
        await self._print([fragment for line in shown for fragment in (*head, ("class:text", f"{line}\n"))])

    async def _print(self, fragments: Fragments) -> None:
        def put() -> None:
            print_formatted_text(FormattedText(fragments), end="", style=STYLE, output=self._session.output)

        if self._session.app.is_running:
            await run_in_terminal(put)
        else:
            put()
