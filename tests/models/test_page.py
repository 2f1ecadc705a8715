"""What docs/models.md shows is so."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from roomful import errors
from roomful.config import load
from roomful.models.settings import KNOWN
from tests.support.provider import Fault, Provider

PAGE = (Path(__file__).parents[2] / "docs/models.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_its_tables_are_configuration(tmp_path: Path) -> None:
    file = tmp_path / "roomful.toml"
    file.write_text("\n".join(blocks("toml")))
    providers = load(file, {}, {}).providers
    assert providers.keys() == {"work", "lab", "site"} == tomllib.loads(file.read_text())["providers"].keys()
    assert msgspec.to_builtins(providers["site"])["tokens"]["post_id"] == r'/"post_id":"(\d+)"/'


def test_it_names_every_provider_and_every_code() -> None:
    assert KNOWN.keys() <= set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    codes = {error.code for error in errors.codes() if issubclass(error, errors.ModelError)}
    assert codes - set(re.findall(r"`(\w+)`", PAGE)) == {"model_error", "model_trouble"}  # never raised themselves


async def test_its_program_runs(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", provider.openai)
    (program,) = blocks("python")
    names: dict[str, object] = {}
    exec(program.replace("asyncio.run(main())\n", ""), names)
    await names["main"]()  # type: ignore[operator]
    assert "Hello from gpt-5-mini." in capsys.readouterr().out
    provider.next(Fault("status", 401))
    await names["main"]()  # type: ignore[operator]
    assert "offline:eliza" in capsys.readouterr().out
