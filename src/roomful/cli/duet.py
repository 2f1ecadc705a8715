"""`roomful duet`: bots talk with each other on a server in memory, and every line is recorded. For research."""

import asyncio
import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from cyclopts import Parameter
from msgspec.structs import replace

from roomful.bots.engine.conversations import POLICIES
from roomful.client import ConnectFailed, ConnectionLost
from roomful.config import ConfigError
from roomful.egress.routing import routed
from roomful.egress.settings import EgressSettings
from roomful.errors import RoomfulError
from roomful.log import Log, to_stderr
from roomful.models import ModelsSettings, variables

from .common import FAILED, USAGE, ConfigFile, failed, settings

if TYPE_CHECKING:
    from roomful.bots.research import Line, RecordingDesk, Run, Wanted
    from roomful.bots.research.files import Folder

STOPPED = 130  # exit code: by Ctrl-C
MOST_TURNS = 500

Who = Annotated[str, Parameter(help="A bot of the configuration, an offline one (eliza, parry), or PROVIDER:MODEL.")]
Several = Annotated[list[str] | None, Parameter(negative=(), help="One more who talks.")]
Form = Annotated[Literal["jsonl"], Parameter(name="--format", help="Of the record.")]


class Wishes(NamedTuple):
    """What the words of the command say."""

    who: tuple[str, ...]
    topic: str
    turns: int
    repeat: int
    seed: int
    temperature: float | None
    max_tokens: int | None
    tokens: int
    usd: float | None
    policy: str


class Experiment(NamedTuple):
    """What is to be done."""

    wanted: "Wanted"  # the first conversation
    repeat: int
    models: ModelsSettings
    egress: EgressSettings
    data: Path  # the folder


def duet(
    first: Who,
    second: Who,
    topic: str = "",
    /,
    *,
    also: Several = None,
    turns: Annotated[int, Parameter(help="Lines, of all together.")] = 12,
    repeat: Annotated[int, Parameter(help="How often.")] = 1,
    seed: Annotated[int, Parameter(help="Of the first run; each further one has the next.")] = 0,
    temperature: Annotated[float | None, Parameter(help="0 to 2; else the provider's own.")] = None,
    max_tokens: Annotated[int | None, Parameter(help="The longest line; else as the bot has it.")] = None,
    tokens: Annotated[int, Parameter(help="For so many tokens at most, a run; 0: as budgets allow.")] = 0,
    usd: Annotated[float | None, Parameter(help="What all runs may cost; else `[budget]`'s for a day.")] = None,
    policy: Annotated[str, Parameter(help=f"Who speaks next: {' or '.join(POLICIES)}.")] = "round_robin",
    out: Annotated[Path | None, Parameter(help="Folder of the record, which holds none yet.")] = None,
    form: Form = "jsonl",
    config_file: ConfigFile = None,
) -> int:
    """Let two bots talk with each other, on a server in memory: what they say is printed, and recorded with --out.

    They talk as in a room: by the same rules, until they have settled, or have had their turns. The same seed gives the same
    conversation of offline bots; of other models it is recorded what they were asked, as a hash, and with which parameters.
    """
    who = (first, second, *(also or ()))
    wishes = Wishes(who, topic, turns, repeat, seed, temperature, max_tokens, tokens, usd, policy)
    try:
        experiment = _experiment(wishes, config_file)
    except (ConfigError, ValueError) as why:
        return failed(str(why), USAGE)
    except RoomfulError as why:
        return failed(why.message, USAGE)
    return _carry_out(experiment, out)


# -- what is wanted ---------------------------------------------------------------------------------------


def _experiment(wishes: Wishes, config_file: Path | None) -> Experiment:
    """Raises ConfigError, ValueError, RoomfulError."""
    from roomful.bots.research import Wanted, cast
    from roomful.bots.research.recording import Parameters

    _check(wishes)
    found = settings(config_file, None)
    models = ModelsSettings(found.providers, variables())
    bots = cast(wishes.who, found.bots or (), models)
    if wishes.max_tokens is not None:
        bots = tuple(replace(bot, max_tokens=wishes.max_tokens) for bot in bots)
    budget = found.budget if wishes.usd is None else replace(found.budget, server_usd_day=wishes.usd, room_usd_day=0.0)
    parameters = Parameters(wishes.seed, wishes.temperature)
    wanted = Wanted(bots, wishes.topic, wishes.turns, wishes.policy, parameters, wishes.tokens, budget=budget)
    return Experiment(wanted, wishes.repeat, models, found.egress, found.data)


def _check(wishes: Wishes) -> None:
    """Raises ValueError."""
    if wishes.policy not in POLICIES:
        raise ValueError(f"There is no policy {wishes.policy}: there are {' and '.join(POLICIES)}.")
    if not 2 <= wishes.turns <= MOST_TURNS:
        raise ValueError(f"--turns is from 2 to {MOST_TURNS}, not {wishes.turns}.")
    if wishes.repeat < 1:
        raise ValueError(f"--repeat is 1 at least, not {wishes.repeat}.")
    if wishes.max_tokens is not None and wishes.max_tokens < 1:
        raise ValueError(f"--max-tokens is 1 at least, not {wishes.max_tokens}.")
    if wishes.temperature is not None and not 0 <= wishes.temperature <= 2:
        raise ValueError(f"--temperature is from 0 to 2, not {wishes.temperature:g}.")
    if wishes.usd is not None and wishes.usd <= 0:
        raise ValueError(f"--usd is more than 0, not {wishes.usd:g}.")


# -- doing it -----------------------------------------------------------------------------------------------


def _carry_out(experiment: Experiment, out: Path | None) -> int:
    from roomful.bots.research.files import Folder

    try:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(Folder(out)) if out is not None else None
            return asyncio.run(_talk(experiment, folder))
    except FileExistsError:
        return failed(f"{out} holds a record already: name another folder.", USAGE)
    except RoomfulError as why:
        return failed(why.message)
    except (ConnectFailed, ConnectionLost) as why:
        return failed(str(why))
    except OSError as why:
        return failed(f"The record cannot be written: {why.strerror or why}.")
    except KeyboardInterrupt:
        return failed("Stopped; what was said until then is recorded." if out else "Stopped.", STOPPED)


async def _talk(experiment: Experiment, folder: "Folder | None") -> int:
    ways = [one.proxy for one in experiment.models.providers.values()]
    async with routed(experiment.egress, ways, experiment.data, failed) as routes:
        return await _all(experiment._replace(models=replace(experiment.models, route=routes)), folder)


async def _all(experiment: Experiment, folder: "Folder | None") -> int:
    from roomful.bots.research import RecordingDesk

    if folder is not None:
        folder.experiment(experiment.wanted, experiment.repeat, time.time_ns() // 1_000_000)
    desk = RecordingDesk(experiment.models)
    wanted, spent, failures = experiment.wanted, 0.0, 0
    allowed = wanted.budget.server_usd_day
    try:
        for number in range(experiment.repeat):
            run = await _one(_numbered(wanted, number, allowed - spent if allowed else 0.0), experiment, desk, folder)
            spent += run.ended.charged_usd
            failures += run.ended.how == "failed"
            if any(line.rule == "budget:server" for line in run.turns) or (allowed and spent >= allowed):
                return failed(f"${spent:.4f} are spent, and no more is allowed: what was to follow is not done.")
    finally:
        await desk.end()
    return FAILED if failures else 0


def _numbered(wanted: "Wanted", number: int, left: float) -> "Wanted":
    """One of the runs, with what is left to be spent."""
    parameters = replace(wanted.parameters, seed=wanted.parameters.seed + number)
    budget = replace(wanted.budget, server_usd_day=left)
    return replace(wanted, number=number + 1, parameters=parameters, budget=budget)


async def _one(wanted: "Wanted", experiment: Experiment, desk: "RecordingDesk", folder: "Folder | None") -> "Run":
    from roomful.bots.research import LeapingClock, converse
    from roomful.rehearsal import rehearsed

    def said(line: "Line") -> None:
        if folder is not None:
            folder.line(line)
        _show(line)

    if folder is not None:
        folder.begin(wanted)
    who = ", ".join(f"{bot.nick} ({', '.join(bot.models)})" for bot in wanted.bots)
    to_stderr(f"run {wanted.number} of {experiment.repeat}, seed {wanted.parameters.seed}: {who}\n")
    if wanted.number > 1:
        sys.stdout.write("\n")
    clock, log = LeapingClock(), Log(to_stderr, "text", "warning")
    async with rehearsed(clock.utc, clock.monotonic, log) as stage:
        run = await converse(stage, clock, wanted, experiment.models, desk, log, said)
    if folder is not None:
        folder.end(run)
    ended = run.ended
    cost = "cost unknown" if ended.cost_usd is None else f"${ended.cost_usd:.4f}"
    used = f"{ended.tokens_in + ended.tokens_out:,} tokens, {cost}, {ended.real_s:.1f} s"
    to_stderr(f"ended: {ended.how}, after {ended.lines} lines ({used})\n")
    return run


def _show(line: "Line") -> None:
    """The transcript on standard output; a turn that came to nothing is progress, and is told on standard error."""
    if line.text:
        cut = f" [{line.cut}]" if line.cut else ""
        sys.stdout.write(f"{line.bot}: {line.text}{cut}\n")
        sys.stdout.flush()
    else:
        to_stderr(f"{line.words}\n")
