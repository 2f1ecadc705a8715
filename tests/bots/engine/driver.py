"""An evening in a simulated room: people who talk, bots of every mode, and a bot host that fails now and then, by chance."""

import random

from roomful.bots.engine.inputs import BotHere, BudgetState, Line, Typing

from .world import World, bot

NICKS = ("aaa", "bbb", "ccc", "ddd")
PEOPLE = ("ada", "bob", "eve")
MODES = (
    "off",
    "mention",
    "mention",
    "lines:1",
    "lines:3",
    "interval:30",
    "interval:300",
    "keywords:tea,milk",
    "schedule:30 12 29 2 *",
    "lively",
)
WORDS = ("tea", "hello", "aaa", "@aaa", "@bbb", "@ccc", "@ddd", "@ada", "@bob", "@room", "goodbye", "?")
BAD_ENDS = (
    ("empty", ""),
    ("same_again", ""),
    ("failed", "model_refused"),
    ("refused", "over_budget"),
    ("refused", "bot_pace"),
    ("refused", "forbidden"),
)
SPEAKING = 8 * 3600 // 30  # turns that a room may have in eight hours, whatever it is: one each 30 seconds
FINAL = ("answered", "passed", "capped", "over_budget", "failed")
CALLS = " ".join(f"@{nick}" for nick in NICKS)


class Evening:
    """One room, and what people may expect of its bots."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        chance = self.chance
        self.world = World(
            *self.bots(),
            here=chance.sample(PEOPLE, chance.randrange(4)),
            direct=chance.random() < 0.1,
            policy=chance.choice(("round_robin", "addressed_first")),
        )
        self.expected: set[tuple[str, int]] = set()  # bot and line

    def bots(self) -> list[BotHere]:
        """One to four, one host at most."""
        host = self.chance.choice((*NICKS, ""))
        return [
            bot(
                nick,
                self.chance.choice(MODES),
                host=nick == host,
                max_bounce=self.chance.choice((0, 0, 1, 3, 100)),
                count_bots=self.chance.random() < 0.3,
            )
            for nick in NICKS[: self.chance.randint(1, 4)]
        ]

    def step(self) -> None:
        """Something happens."""
        steps, weights = zip(*STEPS.items(), strict=True)
        self.chance.choices(steps, weights)[0](self)

    # -- people ---------------------------------------------------------------------------------------

    def say(self) -> None:
        chance, world = self.chance, self.world
        lines = world.lines()[-5:]
        seq = world.say(
            chance.choice(PEOPLE),
            " ".join(chance.choices(WORDS, k=chance.randint(1, 4))),
            thread=1 if chance.random() < 0.1 else None,
            reply_to=chance.choice(lines).seq if lines and chance.random() < 0.2 else None,
            style="notice" if chance.random() < 0.03 else "text",
        )
        line = next(line for line in reversed(world.lines()) if line.seq <= seq and not line.by_bot)
        if line.style == "text":
            self.expected |= {(one.id, line.seq) for one in world.bots if one.id in line.mentions}

    def type(self) -> None:
        self.world.see(Typing(f"id-{self.chance.choice(PEOPLE)}", self.chance.random() < 0.7))

    def come_or_go(self) -> None:
        nick = self.chance.choice(PEOPLE)
        if f"id-{nick}" in self.world.here:
            self.world.leave(nick)
        else:
            self.world.arrive(nick)

    def stop(self) -> None:
        self.world.stop()

    def go_on(self) -> None:
        self.world.go_on()

    def converse(self) -> None:
        nicks = [one.nick for one in self.world.bots][:3]
        if len(nicks) > 1:
            chance = self.chance
            self.world.converse(
                *nicks, turns=chance.randint(2, 8), seconds=chance.choice((10, 600)), tokens=chance.choice((0, 0, 60))
            )

    def redact(self) -> None:
        lines = self.world.lines()[-6:]
        if lines:
            target = self.chance.choice(lines).seq
            self.world.redact(target)
            self.expected = {(id, seq) for id, seq in self.expected if seq != target}

    def change_settings(self) -> None:
        self.world.settings(self.bots())
        present = {one.id for one in self.world.bots}
        self.expected = {(id, seq) for id, seq in self.expected if id in present}

    # -- the bot host, and what befalls it ----------------------------------------------------------------

    def speak(self) -> None:
        if self.world.running is not None:
            text = " ".join(self.chance.choices(WORDS, k=3))
            self.world.finish(text, echo_first=self.chance.random() < 0.5)

    def end_badly(self) -> None:
        if self.world.running is not None:
            outcome, code = self.chance.choice(BAD_ENDS)
            self.world.finish(outcome=outcome, code=code, level="room")  # type: ignore[arg-type]

    def budget(self) -> None:
        self.world.see(BudgetState(f"id-{self.chance.choice(NICKS)}", self.chance.choice(("", "", "room"))))

    def wait(self) -> None:
        self.world.pass_time(self.chance.choice((0.1, 1.0, 3.0, 6.0, 16.0, 70.0, 400.0)))

    def work(self) -> None:
        """The host does what it is for."""
        self.world.run(
            self.chance.choice((3.0, 20.0, 90.0)), f"{CALLS} and {{n}}", speaking=self.chance.choice((0.2, 3.0))
        )

    def keep_marks(self) -> None:
        self.world.keep_marks()

    def restart(self) -> None:
        self.world.restart(crash=self.chance.random() < 0.5)

    # -- the night -------------------------------------------------------------------------------------------

    def night(self) -> None:
        """People say nothing more. What must hold then: bots come to an end, and nobody waits in vain."""
        world = self.world
        for one in world.bots:
            world.see(BudgetState(one.id))
        assert world.run(8 * 3600, f"{CALLS} tea {{n}}") <= SPEAKING, "bots come to an end"
        assert world.run(24 * 3600, f"{CALLS} tea {{n}}") == 0, "no bot speaks without people"
        told = [v for v in world.verdicts if v.verdict in FINAL or v.rule == "off"]
        done = {(v.bot, seq) for v in told for seq in range(v.first, v.last + 1)}
        done |= {(line.sender.id, seq) for line in world.lines() for seq in line.causes}
        assert self.expected <= done, f"nobody answered: {self.expected - done}"
        for line in world.lines():
            assert isinstance(line, Line)
            if line.by_bot and line.bounce is None:
                raise AssertionError("a bot's line bears its bounces")


STEPS = {
    Evening.say: 30,
    Evening.work: 12,
    Evening.speak: 20,
    Evening.wait: 12,
    Evening.type: 5,
    Evening.end_badly: 5,
    Evening.come_or_go: 3,
    Evening.converse: 2,
    Evening.stop: 1.5,
    Evening.go_on: 2,
    Evening.redact: 2,
    Evening.change_settings: 1.5,
    Evening.budget: 2,
    Evening.keep_marks: 3,
    Evening.restart: 2,
}
