"""`roomful duet`, as researchers use it: a process of its own, and a real HTTP server where a provider is to be."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.keeping.commands import Ran, roomful
from tests.support.provider import KEY, Fault, Provider

CONFIG = """
[providers.lab]
kind = "compatible"
base_url = "{address}"
key = "{key}"
local = {local}

[[bots]]
nick = "ada"
model = "lab:gpt-test"
persona = "You are Ada."
rooms = []

[[bots]]
nick = "ben"
model = "lab:gpt-test"
rooms = []
"""


def configured(home: Path, provider: Provider, *, local: bool = True) -> tuple[str, str]:
    """Two bots whose model is the stand-in; the words that name the file."""
    (home / "lab.toml").write_text(CONFIG.format(address=provider.openai, key=KEY, local=str(local).lower()))
    return "--config", "lab.toml"


def turns(home: Path, run: int = 1) -> list[dict[str, Any]]:
    """The record of a run, without its end."""
    *lines, end = (json.loads(line) for line in (home / "record" / f"run-{run:03}.jsonl").read_text().splitlines())
    assert end["type"] == "end"
    return lines


def table(home: Path) -> list[dict[str, str]]:
    with (home / "record" / "summary.csv").open(newline="") as file:
        return list(csv.DictReader(file))


async def duet(home: Path, *words: str) -> Ran:
    return await roomful(home, "duet", *words, "--out", "record")


async def test_the_same_seed_gives_the_same_conversation_and_another_one_another(tmp_path: Path) -> None:
    words = ("duet", "eliza", "parry", "the races", "--turns", "6", "--seed")
    first, again, other = [await roomful(tmp_path, *words, seed) for seed in ("7", "7", "8")]
    assert first.code == 0, first.err
    assert first.out == again.out != other.out
    assert [line.split(":")[0] for line in first.out.splitlines()] == ["eliza", "parry"] * 3
    assert first.err.splitlines()[0] == "run 1 of 1, seed 7: eliza (offline:eliza), parry (offline:parry)"
    assert first.err.splitlines()[-1].startswith("ended: turns, after 6 lines")


async def test_each_repeat_has_a_record_and_a_row_and_the_next_seed(tmp_path: Path) -> None:
    ran = await duet(tmp_path, "eliza", "parry", "--turns", "4", "--repeat", "3", "--seed", "5")
    assert ran.code == 0, ran.err
    rows = table(tmp_path)
    assert [(row["run"], row["seed"], row["how"], row["lines"]) for row in rows] == [
        (str(run), str(run + 4), "turns", "4") for run in (1, 2, 3)
    ]
    for run in (1, 2, 3):
        record = turns(tmp_path, run)
        assert [line["bot"] for line in record] == ["eliza", "parry"] * 2
        assert {line["verdict"] for line in record} == {"answered"}
        assert {line["model"] for line in record} == {"offline:eliza", "offline:parry"}
    spoken = [f"{line['bot']}: {line['text']}" for run in (1, 2, 3) for line in turns(tmp_path, run)]
    assert [line for line in ran.out.splitlines() if line] == spoken


async def test_what_a_model_is_asked_is_recorded_with_all_parameters(tmp_path: Path) -> None:
    async with Provider() as provider:
        provider.next("Is it fair?", "Mostly.", "Agreed. That settles it.")
        ran = await duet(
            tmp_path,
            *("ada", "ben", "Is TCP fair?", "--turns", "9", "--seed", "3"),
            *("--temperature", "0.5", "--max-tokens", "50", *configured(tmp_path, provider)),
        )
    assert ran.code == 0, ran.err
    record = turns(tmp_path)
    assert [(line["bot"], line["text"]) for line in record] == [
        ("ada", "Is it fair?"),
        ("ben", "Mostly."),
        ("ada", "Agreed. That settles it."),
    ]
    (row,) = table(tmp_path)
    assert (row["how"], row["lines"], row["models"]) == ("settled", "3", "gpt-test-2026")
    for line, asked in zip(record, provider.asked, strict=True):
        body = asked.body
        assert (body["temperature"], body["seed"]) == (0.5, 3)
        assert 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))
        given = [{"role": one["role"], "text": one["content"]} for one in body["messages"]]
        compact = json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
        assert line["prompt_sha256"] == hashlib.sha256(compact).hexdigest()
        assert (line["asked_model"], line["model"]) == ("lab:gpt-test", "gpt-test-2026")
        assert (line["seed"], line["temperature"], line["max_tokens"]) == (3, 0.5, 50)
        assert (line["tokens_in"], line["tokens_out"], line["finish"]) == (20, 7, "stop")
        assert 0 <= line["first_token_s"] <= line["took_s"]
    assert "You are Ada." in str(provider.asked[0].body["messages"])
    assert "You are Ada." not in str(provider.asked[1].body["messages"])


async def test_a_model_may_talk_with_itself(tmp_path: Path) -> None:
    async with Provider() as provider:
        ran = await duet(tmp_path, "lab:gpt-test", "lab:gpt-test", "--turns", "2", *configured(tmp_path, provider))
    assert ran.code == 0, ran.err
    assert [line["bot"] for line in turns(tmp_path)] == ["gpt-test", "gpt-test-2"]


async def test_who_was_named_speaks_next_where_the_policy_says_so(tmp_path: Path) -> None:
    async with Provider() as provider:
        provider.next("What does @parry say?")
        words = ("ada", "eliza", "--also", "parry", "--turns", "3", *configured(tmp_path, provider))
        ran = await duet(tmp_path, *words, "--policy", "addressed_first")
    assert ran.code == 0, ran.err
    assert [line["bot"] for line in turns(tmp_path)][:2] == ["ada", "parry"]


async def test_a_provider_that_fails_ends_the_run_and_the_next_one_is_done_all_the_same(tmp_path: Path) -> None:
    async with Provider() as provider:
        provider.next(Fault("status", status=401))
        ran = await duet(tmp_path, "ada", "ben", "--turns", "2", "--repeat", "2", *configured(tmp_path, provider))
    assert ran.code == 1
    assert "ada could not answer" in ran.err
    (failed,) = turns(tmp_path)
    assert (failed["verdict"], failed["text"]) == ("failed", "")
    assert [(row["how"], row["lines"]) for row in table(tmp_path)] == [("failed", "0"), ("turns", "2")]


async def test_all_runs_together_cost_no_more_than_was_allowed(tmp_path: Path) -> None:
    async with Provider() as provider:
        words = ("--turns", "4", "--repeat", "50", "--max-tokens", "20", *configured(tmp_path, provider, local=False))
        ran = await duet(tmp_path, "ada", "ben", *words, "--usd", "0.02")
    assert ran.code == 1
    rows = table(tmp_path)
    spent = sum(float(row["charged_usd"]) for row in rows)
    assert 0 < spent <= 0.02
    assert all(row["cost_usd"] == "" for row in rows if row["tokens_in"] != "0"), "nobody knows this model's price"
    assert len(rows) < 50


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("eliza", "parri"), "There is no bot parri, and a model is provider:model. Did you mean parry?"),
        (("eliza", "opnai:gpt"), "There is no provider opnai. Did you mean openai?"),
        (
            ("eliza", "parry", "--policy", "loudest"),
            "There is no policy loudest: there are round_robin and addressed_first.",
        ),
        (("eliza", "parry", "--turns", "1"), "--turns is from 2 to 500, not 1."),
    ],
)
async def test_what_is_wrong_is_said_before_anything_is_done(
    tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    ran = await duet(tmp_path, *words)
    assert (ran.code, ran.out, ran.err) == (2, "", expected + "\n")
    assert not (tmp_path / "record").exists()


async def test_no_record_is_written_over(tmp_path: Path) -> None:
    await duet(tmp_path, "eliza", "parry", "--turns", "2")
    before = (tmp_path / "record" / "run-001.jsonl").read_bytes()
    ran = await duet(tmp_path, "eliza", "parry", "--turns", "2")
    assert (ran.code, ran.err) == (2, "record holds a record already: name another folder.\n")
    assert (tmp_path / "record" / "run-001.jsonl").read_bytes() == before
