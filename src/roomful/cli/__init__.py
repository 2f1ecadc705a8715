"""The commands. Each parses its words, calls one function, and turns its end into an exit code: 0 well, 1 failed, 2 bad usage.

A command is loaded when it is called for: nobody waits for the machinery of another one.
"""

import difflib
import itertools
import shlex
import sys

from cyclopts import App, CycloptsError
from cyclopts.exceptions import UnusedCliTokensError

from roomful import __version__
from roomful.client.local import data_folder, noted_addresses, program

from .common import USAGE, failed

COMMANDS = {  # name -> where it is, and what it does; in the order of --help
    "serve": ("serve:serve", "Start a server."),
    "chat": ("chat:chat", "Talk in the rooms of a server."),
    "pair": ("pair:pair", "Talk one to one, with no server between."),
    "accounts": ("accounts:accounts", "The accounts of a server: make, list, change, remove."),
    "bots": ("bots:bots", "The bots of a server: list, add, set, remove, run."),
    "duet": ("duet:duet", "Let bots talk with each other on a server in memory, and record it."),
    "proxies": ("proxies:proxies", "Proxies: find them, check what is true of them, list, export."),
    "models": ("models:models", "The AI models that bots can be made of, and whether they answer."),
    "transcribe": ("speech:transcribe", "Write down what is said in a recording."),
    "speak": ("speech:speak", "Speak a text into a sound file."),
    "export": ("keeping:export", "Write a room's log into a file."),
    "import": ("keeping:import_", "Make a room of an export or of a log of an IRC client."),
    "backup": ("keeping:backup", "Copy the whole database, consistent, while the server runs."),
    "restore": ("keeping:restore", "Put a backup in place, while no server runs."),
    "check": ("keeping:check", "Look whether configuration and data are as they should be."),
}
LEVELS = ("status", "frames", "bytes")  # of --trace


app = App(
    name="roomful",
    version=f"roomful {__version__}",
    help="People and AI models in shared rooms, on your own machine.",
)
for _number, (_name, (_place, _help)) in enumerate(COMMANDS.items()):
    app.command(f"roomful.cli.{_place}", name=_name, help=_help, sort_key=_number)


@app.default
def about() -> int:
    """Say in five lines what this is and what to type."""
    noted = noted_addresses(data_folder())
    here = f"A server runs here: {noted['tcp']}" if noted and noted.get("tcp") else "No server runs here yet."
    print(
        "Roomful: people and AI models in shared rooms, on your own machine.\n"
        f"  {program()} serve    start a server\n"
        f"  {program()} chat     talk in its rooms\n"
        f"  {program()} pair     talk one to one, with no server between\n"
        f"{here}  ({program()} --help lists everything)"
    )
    return 0


def main() -> None:
    """The program's entry point."""
    words = sys.argv[1:]
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        near = difflib.get_close_matches(words[0], COMMANDS, 1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(COMMANDS)}."
        sys.exit(failed(f"There is no command {words[0]}. {hint}", USAGE))
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    try:
        code = app(_with_trace_word(words), exit_on_error=False, print_error=False)
    except UnusedCliTokensError as why:
        return failed(
            f"{' '.join(why.command_chain or ())} does not take {shlex.join(why.unused_tokens or ())}. See --help.",
            USAGE,
        )
    except CycloptsError as why:
        return failed(" ".join(str(why).split()), USAGE)  # one plain sentence: a frame around it helps nobody
    return code if isinstance(code, int) else 0


def _with_trace_word(words: list[str]) -> list[str]:
    """`--trace` alone means `--trace frames`."""
    out = []
    for word, after in itertools.zip_longest(words, words[1:]):
        out.append(word)
        if word == "--trace" and after not in LEVELS:
            out.append("frames")
    return out
