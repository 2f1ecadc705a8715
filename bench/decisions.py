"""Measure the turn engine: what it costs to decide, for a line and a bot, that nobody is to speak, and that somebody is.

python -m bench.decisions                    20 bots, 10,000 lines of each kind
python -m bench.decisions --bots 100
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator

from roomful.bots.engine.actions import Decided, StartTurn
from roomful.bots.engine.engine import Engine
from roomful.bots.engine.inputs import BotHere, Here, Line, Moment, TurnEnded
from roomful.bots.settings import RoomBotSettings
from roomful.domain.events import Sender

TARGET = 50.0  # µs a line and bot
MODES = ("mention", "lines:1000", "keywords:tea,coffee,good morning", "interval:86400", "off", "lively", "mention")
PEOPLE = [Sender(f"p{n}", nick, "person") for n, nick in enumerate(("ada", "bob", "eve", "joe"))]
WORDS = "the a of and to in it is was for on with as at by this that from they are not have one all we can said".split()  # noqa: SIM905
BEGAN = 1_763_632_800_000
PACE = 0.1  # s between two lines


def main() -> int:
    """The command. Returns the exit code: 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bots", type=int, default=20)
    parser.add_argument("--lines", type=int, default=10_000)
    args = parser.parse_args()
    worst = 0.0
    for name, make in (("nobody is addressed", _unaddressed), ("one line in ten names a bot", _tenth)):
        us, turns, decisions = _measure(args.bots, args.lines, make)
        worst = max(worst, us)
        print(
            f"{name}: {us:.2f} µs a line and bot ({us * args.bots:.0f} µs a line, {args.bots} bots, {args.lines:,} lines); "
            f"{turns:,} turns, {decisions:,} verdicts recorded"
        )
    print(f"target: {TARGET:g} µs; {'reached' if worst <= TARGET else 'MISSED'}")
    return int(worst > TARGET)


def _measure(
    count: int, lines: int, make: Callable[[int], Iterator[tuple[str, tuple[str, ...]]]]
) -> tuple[float, int, int]:
    bots = [BotHere(f"b{n}", f"bot{n}", RoomBotSettings(MODES[n % len(MODES)])) for n in range(count)]
    engine = Engine("room", Moment(0.0, BEGAN), bots)
    engine.see(Moment(0.0, BEGAN), Here(tuple(PEOPLE)))
    nicks = {bot.id: bot.nick for bot in bots}
    said = list(make(lines))
    seq, turns, decisions, spent = 0, 0, 0, 0.0
    for n, (text, mentions) in enumerate(said):
        now = Moment(n * PACE, BEGAN + round(n * PACE * 1000))
        line = Line(seq := seq + 1, now.utc, PEOPLE[n % len(PEOPLE)], text, mentions=mentions)
        began = time.perf_counter()
        actions = engine.see(now, line)
        spent += time.perf_counter() - began
        while (start := next((one for one in actions if isinstance(one, StartTurn)), None)) is not None:
            decisions += sum(isinstance(one, Decided) for one in actions)
            turns += 1
            sender = Sender(start.bot, nicks[start.bot], "bot")
            answer = Line(seq := seq + 1, now.utc, sender, "well", causes=start.causes, bounce=0)
            began = time.perf_counter()
            engine.see(now, answer)
            actions = engine.see(now, TurnEnded(start.turn, "said", seq))
            spent += time.perf_counter() - began
        decisions += sum(isinstance(one, Decided) for one in actions)
    return spent / seq / count * 1e6, turns, decisions


def _unaddressed(lines: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    chance = random.Random(1)
    for _ in range(lines):
        yield " ".join(chance.choices(WORDS, k=12)), ()


def _tenth(lines: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    for n, (text, _) in enumerate(_unaddressed(lines)):
        yield (f"@bot0 {text}", ("b0",)) if n % 10 == 0 else (text, ())


if __name__ == "__main__":
    sys.exit(main())
