"""The scenes. Each is what somebody may do with a bot, and what comes of it; README.md shows them."""

import sys

from examples.ai.play import HERE, Call, Dear, Fault, Stage

GPT = """
[[bots]]
nick = "gpt"
model = "work:gpt-test"
"""


async def mention(stage: Stage) -> None:
    """The bot answers whoever names it, and nobody else."""
    stage.provider.next("Mostly: TCP shares a bottleneck evenly among flows with the same round-trip time.")
    await stage.serve(GPT)
    ann, bob = await stage.chat("ann"), await stage.chat("bob")
    await bob.types("is TCP fair?")
    await ann.sees("is TCP fair?")
    await ann.types("no idea. @gpt is it?", "Mostly")
    await bob.types("I thought so")
    await ann.sees("I thought so")
    await ann.types("/why", "rule")
    await ann.types("/why 5", "rule")
    await ann.leaves()


async def lines(stage: Stage) -> None:
    """AI mode 1: the bot answers every three lines."""
    stage.provider.next("Three lines about tea, and none about the biscuits.")
    await stage.serve(GPT + 'mode = "lines:3"\n')
    ann, bob = await stage.chat("ann"), await stage.chat("bob")
    await ann.types("green tea is best at 70 degrees")
    await bob.types("I use boiling water")
    await ann.sees("boiling")
    await ann.types("poor leaves")
    await ann.sees("none about the biscuits")
    await ann.types("/why", "rule")
    await ann.leaves()


async def interval(stage: Stage) -> None:
    """AI mode 2: the bot says something new every five seconds."""
    stage.provider.next("An octopus has three hearts.", "Bananas are berries; strawberries are not.")
    await stage.serve(GPT + 'mode = "interval:5"\n')
    ann = await stage.chat("ann")
    await ann.types("good morning")
    await ann.sees("three hearts")
    await ann.sees("Bananas")
    await ann.types("/why", "rule")
    await ann.types("/stop", "quiet")
    await ann.leaves()


async def fallback(stage: Stage) -> None:
    """The first model fails, and the second one of the chain answers."""
    stage.provider.next(*(Fault("status", status=500) for _ in range(3)), "I am the spare one, and well.")
    await stage.serve(GPT.replace('"work:gpt-test"', '["work:gpt-test", "spare:gpt-small"]'))
    ann = await stage.chat("ann")
    await ann.types("@gpt are you there?", "spare one")
    await ann.types("/why", "rule")
    await ann.leaves()


async def cut(stage: Stage) -> None:
    """The connection to the provider breaks in the middle of an answer: what was said stays, marked."""
    stage.provider.next(Fault("cut"))
    await stage.serve(GPT)
    ann = await stage.chat("ann")
    await ann.types("@gpt count to four", "One two")
    await ann.types("/why", "rule")
    await ann.leaves()


async def cancel(stage: Stage) -> None:
    """Somebody stops an answer: what was said stays, marked."""
    stage.provider.next(Fault("stall"), "Four.")
    await stage.serve(GPT)
    ann = await stage.chat("ann")
    await ann.types("@gpt count to four")
    await stage.provider.hung.wait()
    await ann.types("/stop", "One two")
    await ann.types("/why", "rule")
    await ann.types("@gpt how many is two and two?", "Four.")
    await ann.leaves()


async def budget(stage: Stage) -> None:
    """The bot's budget for today is spent: no model is called, and the room is told why."""
    stage.provider.next(Dear("Here is one answer."))
    await stage.serve(GPT + "budget = 0.10\n")
    ann = await stage.chat("ann")
    await ann.types("@gpt one, please", "Here is one")
    await ann.types("@gpt and another", "keeps silent")
    await ann.types("/why", "rule")
    await ann.types("/usage", "today")
    await ann.leaves()


async def approve(stage: Stage) -> None:
    """The bot wants to use a tool that writes, and somebody allows it."""
    stage.provider.next(Call("notes__add", {"text": "milk"}), "I have put milk on the list.")
    tool = f'''tools = ["notes.*"]
[[mcp]]
name = "notes"
command = "{sys.executable}"
args = ["{HERE / "notes_server.py"}", "notes.txt"]
[tools."notes.*"]
guests = ["#lobby"]
'''
    await stage.serve(GPT + tool)
    ann = await stage.chat("ann")
    await ann.types("@gpt put milk on the list, please", "/approve")
    await ann.types("/approve", "on the list.")
    await ann.sees("notes.add")
    await ann.types("/why", "rule")
    await ann.leaves()


SCENES = {scene.__name__: scene for scene in (mention, lines, interval, fallback, cut, cancel, budget, approve)}
