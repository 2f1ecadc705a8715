"""Settings: later wins, and what is wrong is named with its place."""

from pathlib import Path

import pytest

from roomful import config
from roomful.config import ConfigError, load


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    """A configuration file with this text."""
    path = Path("roomful.toml")
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("http", 'origins = "https://chat.example.org chat.example.org"'),
        ("http", 'origins = "https://chat.example.org/"'),
        ("server", 'timezone = "Nowhere/Town"'),
    ],
)
def test_what_fits_and_makes_no_sense_is_refused_with_what_would(tmp_path: Path, section: str, text: str) -> None:
    file = tmp_path / "roomful.toml"
    file.write_text(f"[{section}]\n{text}\n")
    with pytest.raises(ConfigError, match=rf"\[{section}\] .* is written as"):
        load(file, {}, {})


def test_defaults_need_nothing() -> None:
    settings = load(None, {}, {})
    assert settings.tcp.listen == "127.0.0.1:5002"
    assert settings.http.listen == "127.0.0.1:5003"
    assert settings.limits.enabled


def test_later_wins_file_dotenv_environment_flags() -> None:
    written('[tcp]\nlisten = "127.0.0.1:1"\n[server]\nwelcome = "file"\n[limits]\nmax_connections = 5\n')
    assert load(None, {}, {}).tcp.listen == "127.0.0.1:1"
    Path(".env").write_text(
        '# a comment\nexport ROOMFUL_TCP__LISTEN="127.0.0.1:2"\nROOMFUL_SERVER__WELCOME=dotenv # why\n'
    )
    settings = load(None, {}, {})
    assert (settings.tcp.listen, settings.server.welcome) == ("127.0.0.1:2", "dotenv")
    environ = {"ROOMFUL_TCP__LISTEN": "127.0.0.1:3", "ROOMFUL_LIMITS__MAX_CONNECTIONS": "7", "PATH": "/bin"}
    settings = load(None, environ, {})
    assert (settings.tcp.listen, settings.limits.max_connections) == ("127.0.0.1:3", 7)
    settings = load(None, environ, {"tcp.listen": "127.0.0.1:4", "http.listen": None})
    assert settings.tcp.listen == "127.0.0.1:4"
    assert config.is_given("tcp", "listen", None, environ, {})
    assert not config.is_given("http", "listen", None, environ, {"http.listen": None})


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest() -> None:
    path = written('[server]\nwelcome = "hi"\n\n[tcp]\nlisten = "x"\nlissen = "127.0.0.1:1"\n')
    with pytest.raises(ConfigError, match=r"roomful\.toml, line 6: \[tcp\] has no key lissen\. Did you mean listen\?"):
        load(path, {}, {})


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"line 2: there is no table \[limit\]\. Did you mean limits\?"):
        load(written("[limit]\nidle = 5\n"), {}, {})


def test_a_value_that_does_not_fit_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"line 2: \[limits\] idle = 'soon' does not fit"):
        load(written('[limits]\nidle = "soon"\n'), {}, {})
    Path("roomful.toml").unlink()
    with pytest.raises(ConfigError, match="ROOMFUL_LIMITS__MAX_IN_FLIGHT in the environment"):
        load(None, {"ROOMFUL_LIMITS__MAX_IN_FLIGHT": "0"}, {})
    with pytest.raises(ConfigError, match="--loop"):
        load(None, {}, {"server.loop": "twisted"})


def test_files_that_cannot_be_read_are_named() -> None:
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read"):
        load(Path("none.toml"), {}, {})
    with pytest.raises(ConfigError, match="is not TOML"):
        load(written("[tcp\n"), {}, {})
    with pytest.raises(ConfigError, match="line 1: listen stands outside a table"):
        load(written('listen = "x"\n'), {}, {})


def test_sources_of_proxies_are_rows_within_a_table_and_wrong_ones_are_refused_with_their_lines() -> None:
    text = (
        '[egress]\ntarget = "https://target.example/"\n'
        '[[egress.sources]]\nname = "a"\nurl = "https://lists.example/{page}"\nheaders = { X-Key = "$KEY" }\n'
        '[[egress.sources]]\nname = "b"\nkind = "file"\npath = "list.txt"\nenabled = true\n'
    )
    egress = load(written(text), {}, {}).egress
    assert egress.target == "https://target.example/"
    assert [(one.name, one.enabled) for one in egress.sources] == [("a", False), ("b", True)]
    for wrong, why in (
        ('url = "https://x.example/"\n', r"line 7: \[\[egress.sources\]\] does not fit: source 'b' names either"),
        ("hots = 1\n", r"line 12: \[\[egress.sources\]\] has no key hots\. Did you mean host\?"),
        ("pages = 0\n", r"line 7: \[\[egress.sources\]\] does not fit: Expected `int` >= 1"),
    ):
        with pytest.raises(ConfigError, match=why):
            load(written(text + wrong), {}, {})
