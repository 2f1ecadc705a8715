"""A front end for terminals: an input line that stays put while lines come in above it.

The only module that imports prompt_toolkit, which takes a moment: it is imported when a terminal is there, not before.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app_or_none
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from roomful.terminal.completing import offers
from roomful.terminal.folding import folded
from roomful.terminal.recalling import history as recalled
from roomful.terminal.view import Fragment, Line

if TYPE_CHECKING:
    from roomful.terminal.desk import Desk

# Middle tones: legible on dark and on light backgrounds.
_NICKS = (
    *("#d7005f", "#d75f00", "#af8700", "#5f8700", "#00875f", "#0087af"),
    *("#5f87ff", "#875fff", "#af5fd7", "#d75faf", "#00af5f", "#af5f5f"),
)

STYLE = Style.from_dict(
    {
        **{f"nick{i}": f"{colour} bold" for i, colour in enumerate(_NICKS)},
        "you": "bold",
        "time": "#888888",
        "number": "#888888",
        "mark": "#888888",
        "quote": "#888888",
        "notice": "#888888",
        "rule": "#888888",
        "room": "#0087af",
        "mention": "bold",
        "match": "bold underline",
        "refusal": "#d7005f",
        "outage": "#d7005f",
        "prompt": "#0087af",
        "bottom-toolbar": "noreverse #888888",
    }
)
MENU = 8  # lines kept free below the input line while there may be a menu; at other times none
TYPISTS_FADE = 1.0  # s between looks at who still types


class PromptFront:
    """An input line with history and completion, lines above it, a toolbar below.

    Args:
        history: file of what was typed, readable by its owner only; None: it is forgotten.
        source, target: another terminal than the program's own, for tests.
    """

    live = True
    asks = True

    def __init__(self, history: Path | None, source: Input | None = None, target: Output | None = None) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=recalled(history),
            input=source,
            output=target,
            style=STYLE,
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            erase_when_done=True,
            is_password=Condition(lambda: self._question is not None and self._question.secret),
        )
        self._question: _Question | None = None  # asked in the place of the prompt
        self._unshown: list[Line] = []
        self._showing: asyncio.Future[None] | None = None

    # -- showing --------------------------------------------------------------------------------

    def show(self, lines: Sequence[Line]) -> None:
        """Show lines above the input line, those of one moment together: each drawing moves the input line once."""
        self._unshown += lines
        if self._unshown and self._showing is None:
            self._showing = asyncio.ensure_future(self._show_all())

    async def _show_all(self) -> None:
        try:
            while self._unshown:
                app = get_app_or_none()
                if app is not None and app.output.responds_to_cpr:
                    await app.renderer.wait_for_cpr_responses()  # an answer on its way is about rows as they are
                if app is not None and app.is_running:
                    self._print_above(app)
                else:
                    self._print()
        finally:
            self._showing = None

    def _print_above(self, app: Application[Any]) -> None:
        """Print where the input line is, and draw that below.

        run_in_terminal does the same in cooked mode, in which a Ctrl-D pressed at this moment is lost, and a Ctrl-C is a signal.
        """
        app.renderer.erase()
        self._print()
        app.renderer.request_absolute_cursor_position()
        app.invalidate()

    def _print(self) -> None:
        lines, self._unshown = self._unshown, []
        width = self._session.output.get_size().columns
        rows = [row for line in lines for row in folded(line, width, get_cwidth)]
        fragments = [fragment for row in rows for fragment in (*row, ("", "\n"))]
        with contextlib.suppress(OSError):  # the terminal was closed: SIGHUP says so, and ends the visit
            print_formatted_text(
                self._session.output, FormattedText(fragments), STYLE, color_depth=self._session.app.color_depth
            )

    def refresh(self) -> None:
        """Draw the prompt and the toolbar anew."""
        self._session.app.invalidate()

    # -- reading --------------------------------------------------------------------------------

    def give_back(self, text: str) -> None:
        """Put a line back into the input, unless something else stands there by now."""
        buffer = self._session.default_buffer
        if not buffer.text and self._question is None:
            buffer.document = Document(text)

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask for one line, which does not go into the history; nothing is shown of one that is secret.

        Where the input line is there already, the question takes its place: what was being typed comes back afterwards.
        """
        if self._session.app.is_running:
            return await self._ask_in_place(question, secret=secret)
        session: PromptSession[str] = PromptSession(
            input=self._session.input,
            output=self._session.output,
            interrupt_exception=EOFError,  # asyncio lets no KeyboardInterrupt out of a task without ending the loop
        )
        return await session.prompt_async(question, handle_sigint=False, is_password=secret)

    async def _ask_in_place(self, question: str, *, secret: bool) -> str:
        buffer = self._session.default_buffer
        begun = buffer.document
        self._question = _Question(question, secret, asyncio.get_running_loop().create_future())
        buffer.reset()
        self.refresh()
        try:
            return await self._question.answer
        finally:
            self._question = None
            buffer.reset(begun)
            self.refresh()

    def _prompt(self, desk: "Desk") -> FormattedText:
        if self._question:
            return FormattedText([("class:prompt", self._question.text)])
        return FormattedText([*self._growing(desk.growing()), ("class:prompt", desk.prompt())])

    def _growing(self, lines: Sequence[Line]) -> list[Fragment]:
        """What is still being written, in rows above the prompt: the last ones, where all do not fit."""
        size = self._session.output.get_size()
        rows = [row for line in lines for row in folded(line, size.columns, get_cwidth)]
        most = max(1, (size.rows - MENU) // 2)
        above = [(("class:mark", "…"),)] if len(rows) > most else []
        return [fragment for row in (*above, *rows[-most:]) for fragment in (*row, ("", "\n"))]

    async def lines(self, desk: "Desk") -> AsyncIterator[str]:
        """What is typed, a message at a time: pasted line feeds do not cut it."""
        typed: asyncio.Queue[str | None] = asyncio.Queue()
        buffer = self._session.default_buffer

        def changed(_: object) -> None:
            if self._question is None:
                desk.typed(buffer.text)

        def offered() -> bool:
            return self._question is None and offers(buffer.document.text_before_cursor)

        buffer.on_text_changed += changed
        prompting = asyncio.ensure_future(
            self._session.prompt_async(
                lambda: self._prompt(desk),
                key_bindings=_keys(desk, typed.put_nowait, lambda: self._question),
                completer=_DeskCompleter(desk),
                complete_while_typing=Condition(offered),
                reserve_space_for_menu=MENU,
                bottom_toolbar=lambda: FormattedText(desk.toolbar()),
                refresh_interval=TYPISTS_FADE,
                prompt_continuation="  ",
                handle_sigint=False,
            )
        )
        prompting.add_done_callback(lambda _: typed.put_nowait(None))
        try:
            while (text := await typed.get()) is not None:
                yield text
        finally:
            buffer.on_text_changed -= changed
            prompting.cancel()
            await asyncio.gather(prompting, return_exceptions=True)

    async def close(self) -> None:
        """Show what is not shown yet."""
        if self._showing is not None:
            await self._showing


class _DeskCompleter(Completer):
    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        for found in self._desk.completions(document.text_before_cursor, asked=complete_event.completion_requested):
            yield Completion(found.text, -found.replaces, display_meta=found.meaning)


class _Question(NamedTuple):
    text: str
    secret: bool
    answer: "asyncio.Future[str]"


def _keys(desk: "Desk", enter: Callable[[str], None], asked: Callable[[], _Question | None]) -> KeyBindings:
    """What keys do beyond the usual: Enter keeps the input line where it is, for the next message.

    While a question stands in its place, Enter answers it, Ctrl-C and Ctrl-D do not.
    """
    keys, asking = KeyBindings(), Condition(lambda: asked() is not None)
    _bind_answers(keys, asking, asked)

    @keys.add("enter", filter=~is_searching & ~asking)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        text = buffer.text
        desk.sent()
        buffer.reset(append_to_history=True)
        if text.strip():
            enter(text)

    @keys.add("escape", "enter", filter=~asking)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c", filter=~is_searching & ~asking)
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
            desk.typed("")
        else:
            event.app.exit()

    return keys


def _bind_answers(keys: KeyBindings, asking: Condition, asked: Callable[[], _Question | None]) -> None:
    @keys.add("enter", filter=asking)
    def _(event: KeyPressEvent) -> None:
        question = asked()
        if question is not None and not question.answer.done():
            question.answer.set_result(event.current_buffer.text)

    @keys.add("c-c", filter=asking)
    @keys.add("c-d", filter=asking)
    def _(event: KeyPressEvent) -> None:
        question = asked()
        if question is not None and not question.answer.done():
            question.answer.set_exception(EOFError())

    @keys.add("up", filter=asking)
    @keys.add("down", filter=asking)
    @keys.add("c-r", filter=asking)
    @keys.add("tab", filter=asking)
    def _(event: KeyPressEvent) -> None:
        """An answer is nothing that was typed before."""
