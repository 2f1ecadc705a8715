"""Names of models, and the providers they mean."""

from pathlib import Path

import pytest

from roomful import errors
from roomful.config import load
from roomful.models import ModelsSettings, Provider, parse, variables
from roomful.models.names import split
from roomful.models.settings import source


def settings(providers: dict[str, Provider] | None = None, /, **environ: str) -> ModelsSettings:
    return ModelsSettings(providers or {}, environ)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ollama:llama3:8b", "ollama:llama3:8b"),
        (" openrouter:meta/llama-3 ", "openrouter:meta/llama-3"),
        ("openai", "openai:gpt-5-mini"),
        ("eliza", "offline:eliza"),
        ("offline:parry", "offline:parry"),
    ],
)
def test_names_are_read(text: str, name: str) -> None:
    assert str(parse(text, settings())) == name


def test_names_that_mean_nothing_are_refused_with_what_would_be_right() -> None:
    with pytest.raises(errors.NoSuchProvider, match=r"There is no provider opnai\. Did you mean openai\?"):
        parse("opnai:gpt", settings())
    with pytest.raises(errors.NoSuchProvider, match=r"A model is named provider:model, not qx\. There are: work,"):
        parse("qx", settings({"work": Provider()}))
    with pytest.raises(errors.ModelUnknown, match="Say which model of ollama"):
        parse("ollama:", settings())
    with pytest.raises(errors.ModelUnknown, match="No model is named"):
        split(" , ")


def test_chains() -> None:
    assert split("a:x, b:y ,") == ["a:x", "b:y"]
    assert split(["a:x", "b:y"]) == ["a:x", "b:y"]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:11500", "http://127.0.0.1:11500/v1"),
        ("http://box.lan:80", "http://box.lan:80/v1"),
        ("[::1]:5000", "http://[::1]:5000/v1"),
    ],
)
def test_ollama_is_where_its_own_variable_says(host: str, address: str) -> None:
    found = source("ollama", settings(OLLAMA_HOST=host))
    assert found is not None
    assert (found.base_url, found.local) == (address, "box" not in host)


def test_makers_variables_fill_what_the_table_leaves_open() -> None:
    environ = {
        "AZURE_OPENAI_ENDPOINT": "https://here.example/",
        "AZURE_OPENAI_API_KEY": "k",
        "OPENAI_API_VERSION": "2025-01-01",
        "OPENAI_API_KEY": "o",
        "MINE": "m",
    }
    azure = source("azure", settings(None, **environ))
    assert azure is not None
    assert (azure.base_url, azure.key, azure.api_version) == ("https://here.example", "k", "2025-01-01")
    own = source("work", settings({"work": Provider(kind="openai", key_env="MINE")}, **environ))
    assert own is not None
    assert (own.key, own.destination) == ("m", "api.openai.com")


def test_a_server_of_ones_own_is_not_given_the_makers_key() -> None:
    own = source("work", settings({"work": Provider(base_url="http://box.lan/v1")}, OPENAI_API_KEY="o"))
    assert own is not None
    assert (own.kind, own.key, own.key_env) == ("compatible", "", "")


@pytest.mark.parametrize(
    ("name", "local", "destination"),
    [
        ("ollama:llama3", True, "this machine"),
        ("ollama:gpt-oss:120b-cloud", False, "ollama.com"),
        ("offline:eliza", True, "this machine"),
        ("anthropic:claude-haiku-4-5", False, "api.anthropic.com"),
        ("gateway:gpt", False, "127.0.0.1"),
        ("said:gpt", False, "127.0.0.1"),
    ],
)
def test_where_lines_go(name: str, local: bool, destination: str) -> None:
    here = "http://127.0.0.1:4000/v1"
    some = {"gateway": Provider(kind="openai", base_url=here), "said": Provider(base_url=here, local=False)}
    found = parse(name, settings(some))
    assert (found.local, found.destination) == (local, destination)


def test_secrets_are_not_shown() -> None:
    own = Provider(base_url="http://ann:hidden@box.lan/v1?k=hidden", key="hidden", proxy="http://ann:hidden@p:1")
    found = source("work", settings({"work": own}, OTHER="hidden"))
    assert found is not None
    assert "hidden" not in repr(found) + found.shown + repr(own) + repr(settings({"work": own}, OTHER="hidden"))


def test_variables_come_from_the_file_and_the_environment_which_wins(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY='from file'\nexport OLLAMA_HOST=box # mine\n")
    assert variables({"OPENAI_API_KEY": "k"}, file) == {"OPENAI_API_KEY": "k", "OLLAMA_HOST": "box"}


def test_providers_stand_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "roomful.toml"
    file.write_text(
        '[providers.work]\nkind = "azure"\nbase_url = "https://x"\n[providers.site.fields]\nq = "{message}"\n'
    )
    found = load(file, {}, {}).providers
    assert (found["work"].kind, found["site"].fields) == ("azure", {"q": "{message}"})
