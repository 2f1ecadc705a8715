"""PARRY, and what happens when it meets ELIZA, as in RFC 439."""

import pytest

from roomful.models.offline.catalogue import packaged
from roomful.models.offline.conversation import conversation
from roomful.models.offline.paranoia import parse
from roomful.models.offline.parry import Parry, State

from .talking import Said, bot, duet, messages, talk

PARRY = Parry(parse(packaged("parry.en.script"), "parry.en.script"))


def state(*texts: str) -> State:
    return PARRY.state(conversation(messages([("ann", text) for text in texts], "me")))


def test_an_insult_makes_angry_and_anger_cools() -> None:
    angry = state("you are a stupid liar", "shut up")
    assert PARRY.mood(angry) == "hostile"
    later = state("you are a stupid liar", "shut up", *["the sky is blue"] * 12)
    assert later.affects["anger"] < angry.affects["anger"]
    assert PARRY.mood(later) != "hostile"


def test_mistrust_outlasts_anger() -> None:
    start = state()
    after = state("you are crazy", "you lied", *["the sky is blue"] * 12)
    assert after.affects["anger"] == start.affects["anger"]
    assert after.affects["mistrust"] > start.affects["mistrust"]


def test_threats_lead_to_panic_and_silence_about_the_story() -> None:
    threats = ["we will get you", "watch your back"] * 3
    assert PARRY.mood(state(*threats)) == "panic"
    assert talk(bot("parry"), *threats, "tell me more")[-1] in packaged("parry.en.script").partition("say flee")[2]


def test_kindness_after_harm_is_a_trick() -> None:
    answers = talk(bot("parry"), "you are stupid", "you are a liar", "shut up", "thank you, i like you")
    assert answers[-1] in packaged("parry.en.script").partition("say trick")[2].partition("say knows")[0]


def test_who_speaks_of_the_bookies_first_must_know_something() -> None:
    (answer,) = talk(bot("parry"), "I know about the bookies")
    assert answer in packaged("parry.en.script").partition("say knows")[2].partition("say interrogated")[0]


def test_the_story_is_told_step_by_step() -> None:
    """Each flare comes up after the one before it, up to the last."""
    answers = talk(bot("parry"), *["go on"] * 40)
    order = [place for answer in answers if (place := told(answer)) >= 0]
    assert list(dict.fromkeys(order)) == list(range(len(PARRY.script.flares)))


def told(answer: str) -> int:
    return next((i for i, flare in enumerate(PARRY.script.flares) for one in flare.story if one.said_in(answer)), -1)


def test_affects_stay_within_their_bounds() -> None:
    for text in ("we will get you mafia", "you are stupid", "sorry"):
        assert all(0 <= value <= 20 for value in state(*[text] * 200).affects.values())


def repeated(said: list[Said], within: int = 6) -> list[str]:
    texts = [text for _, text in said]
    return [text for at, text in enumerate(texts) if text in texts[max(0, at - within) : at]]


@pytest.mark.parametrize("pair", [("eliza", "parry"), ("parry", "eliza"), ("eliza", "eliza-de")])
def test_nothing_is_repeated_within_six_lines(pair: tuple[str, str]) -> None:
    for seed in range(60):
        said = duet(*pair, turns=30, seed=seed)
        assert not repeated(said), (seed, said)


def test_seeds_give_different_duets_and_a_seed_the_same() -> None:
    duets = [tuple(duet("eliza", "parry", 14, seed)) for seed in range(30)]
    assert len(set(duets)) >= 25
    assert duets[7] == tuple(duet("eliza", "parry", 14, 7))


def test_the_story_of_parry_comes_up_in_a_duet() -> None:
    for seed in range(30):
        said = duet("eliza", "parry", 14, seed)
        assert sum(told(text) >= 0 for who, text in said if who == "parry") >= 2, said


@pytest.mark.parametrize("seed", range(20))
def test_the_last_turn_is_a_goodbye(seed: int) -> None:
    said = duet("eliza", "parry", 12, seed)
    assert all("Goodbye" in text for _, text in said[-2:])
    assert not any("Goodbye" in text for _, text in said[:-2])


def test_the_topic_is_taken_up() -> None:
    said = duet("eliza", "parry", 4, 0, topic="sleep")
    assert "sleep" in said[0][1]
