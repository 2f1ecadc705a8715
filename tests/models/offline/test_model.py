"""Offline models as models: streamed word by word, the same after a restart, light."""

import subprocess
import sys

import pytest

from roomful.errors import ModelUnknown
from roomful.models import Message, Model
from roomful.models.offline import NAMES, greeting, model

from .talking import bot, messages, talk

ASKED = [Message("user", "<line seq=1 from=ann kind=person at=1>i am sad &amp; tired</line>")]


def as_model(one: Model) -> Model:
    return one


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_comes_word_by_word(name: str) -> None:
    paced: list[str] = []

    async def pace(piece: str) -> None:
        paced.append(piece)

    one = as_model(model(name, pace=pace))
    async with one.stream(ASKED, max_tokens=None) as answer:
        pieces = [piece async for piece in answer]
    assert len(pieces) > 1
    assert pieces == paced
    assert all(len(piece.split()) == 1 for piece in pieces)
    assert "".join(pieces) == bot(name).speak(ASKED, 0)
    usage = answer.usage
    assert (usage.model, usage.cost, usage.finish) == (f"offline:{name}", 0.0, "stop")
    assert (usage.tokens_in, usage.tokens_out) == (0, 0), "a script has none"
    assert usage.first is not None
    assert (one.name, one.local, one.destination) == (f"offline:{name}", True, "this machine")


async def test_an_answer_ends_at_the_limit() -> None:
    answer = bot("eliza").stream(ASKED, max_tokens=2)
    assert len([piece async for piece in answer]) == 2
    assert answer.usage.finish == "length"


async def test_an_answer_that_is_closed_keeps_what_was_said() -> None:
    answer = bot("eliza").stream(ASKED)
    first = await anext(answer)
    await answer.close()
    assert first
    assert answer.usage.finish in ("stop", "stopped")
    assert [piece async for piece in answer] == []


@pytest.mark.parametrize("name", ["eliza", "parry"])
def test_a_restart_continues_as_if_nothing_had_been(name: str) -> None:
    texts = ["hello", "my dog bit me", "xyzzy", "you are stupid", "go on", "xyzzy", "why", "the mafia", "xyzzy"]
    going = talk(bot(name), *texts)
    said = [pair for text, answer in zip(texts, going, strict=True) for pair in (("ann", text), ("me", answer))]
    for at in range(1, len(said), 2):
        assert bot(name).speak(messages(said[:at], "me"), 0) == said[at][1]


def test_the_newest_line_of_several_in_one_message_is_answered() -> None:
    two = Message("user", '<line seq=1 from="ann" kind=person at=1>hello</line>\n<line seq=2 from="b">why</line>')
    assert bot("eliza").speak([two], 0) == bot("eliza").speak(messages([("b", "why")], "me"), 0)


def test_first_words() -> None:
    assert greeting("eliza") == (
        "I am ELIZA, a script from 1966, not a language model. I run on this machine and need no key."
    )
    assert all("machine" in greeting(name) or "Rechner" in greeting(name) for name in NAMES)
    assert all(model(name).greeting == greeting(name) for name in NAMES)


def test_an_unknown_name_is_told_which_there_are() -> None:
    with pytest.raises(ModelUnknown, match="librarian"):
        model("elisa")


IMPORT = """
import sys, time
import roomful.models.contract
before = set(sys.modules)
begun = time.process_time()
import roomful.models.offline
took = time.process_time() - begun
new = set(sys.modules) - before
print(took, *sorted({name.partition(".")[0] for name in new if not name.startswith("roomful")}))
print(*sorted(name for name in sys.modules if name.startswith("roomful.")))
"""


def test_the_import_is_light() -> None:
    runs = []
    for _ in range(3):
        got = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout
        (took, *outside), ours = (row.split() for row in got.splitlines())
        assert not {"pydantic_ai", "pydantic", "httpx", "aiohttp", "importlib_resources", "tomllib"} & set(outside)
        assert not [name for name in ours if name.startswith(("roomful.domain", "roomful.client", "roomful.hub"))]
        runs.append(float(took))
    assert min(runs) < 0.02
