"""What speech costs: known services by their lists, others never too little, this machine nothing."""

import pytest

from roomful.models import ModelsSettings, Provider
from roomful.models.voices import listening_rate, speaking_rate
from roomful.speech.prices import Rate
from roomful.speech.settings import SpeechSettings

KNOWN = ModelsSettings(
    {"home": Provider(base_url="http://127.0.0.1:8000/v1"), "far": Provider(base_url="https://speech.example.org/v1")},
    {},
)


@pytest.mark.parametrize(
    ("by", "minute", "million"),
    [
        ("openai", 0.003, 15.0),
        ("openai:whisper-1", 0.006, 30.0),
        ("openai:gpt-4o-mini-transcribe-2025-03-20", 0.003, 30.0),
        ("openai:tts-1", 1 / 60, 15.0),
        ("openai:tts-1-hd", 1 / 60, 30.0),
        ("azure", 1 / 60, 15.0),
        ("far:anything", 1 / 60, 30.0),
    ],
)
def test_a_service_costs_what_its_list_says_or_as_much_as_the_dearest(by: str, minute: float, million: float) -> None:
    listens, speaks = (rate(SpeechSettings(by, by), KNOWN) for rate in (listening_rate, speaking_rate))
    assert listens.usd * 60 == pytest.approx(minute)
    assert speaks.usd * 1_000_000 == pytest.approx(million)
    assert listens.counted
    assert speaks.counted


@pytest.mark.parametrize("by", ["offline", "home:whisper", ""])
def test_this_machine_costs_nothing_unless_one_says_so(by: str) -> None:
    assert listening_rate(SpeechSettings(by, by), KNOWN).usd == 0
    assert not speaking_rate(SpeechSettings(by, by), KNOWN).counted
    own = SpeechSettings(by, by, listen_usd=0.6, speak_usd=2.0)
    assert listening_rate(own, KNOWN).usd == pytest.approx(0.01)
    assert speaking_rate(own, KNOWN).counted


def test_the_settings_know_better() -> None:
    own = SpeechSettings("openai", "far", listen_usd=0.0, speak_usd=2.0)
    assert listening_rate(own, KNOWN) == Rate("openai:gpt-4o-mini-transcribe", 0.0, counted=True)
    assert speaking_rate(own, KNOWN).usd == pytest.approx(2e-6)
