"""The catalogue, trying it out, looking for what is there, and the command that shows it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roomful import errors, models
from roomful.models import ModelsSettings, entries, offline
from roomful.models.discovering import discover
from roomful.models.probing import probe, verify
from tests.support.provider import KEY, Fault, Provider

from .conftest import compatible

NOWHERE = models.Provider(base_url="http://127.0.0.1:1/v1")
NOBODY = {"ollama": NOWHERE, "llamacpp": NOWHERE, "lmstudio": NOWHERE}


def test_importing_models_is_light() -> None:
    """Servers and clients import it too, for its settings: no SDK, no HTTP client, no pydantic."""
    heavy = "{'pydantic', 'pydantic_ai', 'openai', 'anthropic', 'httpx2', 'aiohttp', 'selectolax', 'genai_prices'}"
    code = (
        "import sys, roomful.models as m; list(m.entries(m.ModelsSettings())); m.model('openai:x', m.ModelsSettings());"
        f"print(*({heavy} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "\n"


def test_every_provider_is_in_the_catalogue() -> None:
    own = models.Provider(
        kind="web-token", page="https://a.example/x?key=s", endpoint="/ask", fields={"q": "{message}"}
    )
    found = {one.name: one for one in entries(ModelsSettings({"mine": own}, {"OPENAI_API_KEY": "k"}))}
    assert {"openai", "azure", "anthropic", "ollama", "openrouter", "llamacpp", "lmstudio", "offline"} < found.keys()
    assert (found["openai"].problem, found["openai"].working, found["openai"].system_message) == ("", None, True)
    assert "ANTHROPIC_API_KEY" in found["anthropic"].problem
    mine = found["mine"]
    assert (mine.page, mine.endpoint) == ("https://a.example/x", "https://a.example/ask")
    assert (mine.system_message, mine.history, mine.stream) == (False, False, True)
    assert found["offline"].aliases == offline.NAMES


async def test_probing_asks_what_is_set_up_and_says_what_is_wrong(provider: Provider) -> None:
    some = {
        "good": compatible(provider),
        "gone": NOWHERE,
        "keyless": models.Provider(kind="openai", key_env="NO_SUCH_KEY"),
    }
    found = {one.name: one for one in await probe(ModelsSettings(some, {}))}
    assert found.keys() == {"good", "gone", "keyless", "offline"}
    assert (found["good"].working, found["good"].models) == (True, ("gpt-test", "llama3"))
    assert (found["gone"].working, found["gone"].problem[:14]) == (False, "Nothing answer")
    assert (found["keyless"].working, "NO_SUCH_KEY" in found["keyless"].problem) == (False, True)
    assert found["offline"].working
    assert len(provider.asked) == 1
    provider.next(Fault("status", 401))
    assert not (await probe(ModelsSettings({"good": compatible(provider)}, {})))[0].working


async def test_a_model_is_looked_at_before_a_bot_is_made_of_it(provider: Provider) -> None:
    some = ModelsSettings({"work": compatible(provider), "gone": NOWHERE}, {})
    await verify("work:llama3", some)
    assert not provider.asked  # the list has it: nothing is charged
    await verify("work:another", some)
    await verify("gone:x, work:llama3", some)
    await verify("eliza", some)
    provider.next(Fault("status", 404), Fault("status", 401))
    with pytest.raises(errors.ModelUnknown, match=r"Did you mean llama3\?"):
        await verify("work:lama3", some)
    with pytest.raises(errors.KeyRefused, match=r"Look at key in \[providers\.work\]"):
        await verify("work:lama3", some)
    with pytest.raises(errors.ModelUnreachable):
        await verify("gone:x", some)


async def test_discovering_finds_keys_and_servers_here(provider: Provider) -> None:
    some = {**NOBODY, "ollama": models.Provider(base_url=provider.openai)}
    found = {one.provider: one for one in await discover(ModelsSettings(some, {"ANTHROPIC_API_KEY": KEY}))}
    assert found.keys() == {"ollama", "anthropic"}
    assert found["ollama"].models == ("ollama:gpt-test", "ollama:llama3")
    assert found["ollama"].destination == "this machine"
    assert found["anthropic"].why == "ANTHROPIC_API_KEY is set"
    assert KEY not in repr(found)
    assert not provider.asked  # no model was


async def test_discovering_waits_for_nobody(provider: Provider) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until it hangs up
        writer.close()
        left.set()

    left = asyncio.Event()
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    mute = models.Provider(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    began = time.monotonic()
    some = {"ollama": mute, "llamacpp": models.Provider(base_url=provider.url), "lmstudio": NOWHERE}
    assert await discover(ModelsSettings(some, {})) == []
    assert time.monotonic() - began < 2
    async with asyncio.timeout(5):
        await left.wait()
    server.close()


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`roomful models`, where nothing of this machine's environment names a model."""
    names = ("OPENAI", "AZURE", "ANTHROPIC", "OLLAMA", "OPENROUTER")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    command = [sys.executable, "-m", "roomful", "models", *words]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


async def test_the_command_lists_and_probes(provider: Provider, tmp_path: Path) -> None:
    tables = "".join(f'[providers.{name}]\nbase_url = "http://127.0.0.1:1/v1"\n' for name in ("llamacpp", "lmstudio"))
    good = f'[providers.ollama]\nbase_url = "{provider.openai}"\n'
    (tmp_path / "roomful.toml").write_text(good)
    (tmp_path / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\n")
    listed = await asyncio.to_thread(ran, tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "ollama: answers at 127.0.0.1" in listed.stdout
    assert "anthropic: ANTHROPIC_API_KEY is set; lines would go to api.anthropic.com" in listed.stdout
    assert KEY not in listed.stdout
    (tmp_path / ".env").unlink()
    (tmp_path / "roomful.toml").write_text(good + tables)
    probed = await asyncio.to_thread(ran, tmp_path, "--probe", "--format", "json", "--out", "list.json")
    assert probed.returncode == 1, probed.stderr  # two of those set up do not answer
    found = {one["name"]: one for one in json.loads((tmp_path / "list.json").read_text())}
    assert found["ollama"]["working"]
    assert not found["lmstudio"]["working"]
    assert "lms server start" in found["lmstudio"]["problem"]


async def test_offline_models_need_nothing() -> None:
    answer = models.model("eliza", ModelsSettings()).stream([models.Message("user", "I am sad.")])
    async with answer:
        assert [text async for text in answer]
