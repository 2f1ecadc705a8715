"""The commands beside a running server: what people said there comes out, what was brought in is there for them."""

import json
from pathlib import Path

import pytest

from tests.support.raw import Obj, RawClient
from tests.support.server import Server, serve

from .commands import roomful


async def talk(server: Server) -> tuple[RawClient, list[Obj]]:
    """Alice in #tea, and all events of the room as she read them."""
    alice = await RawClient.login(server.tcp, "alice")
    await alice.ok("join", room="#Tea", after=0)
    for text in ("hello", "=1+1", "grüße 👋"):
        await alice.post("#tea", text)
    return alice, [await alice.event() for _ in range(4)]


async def test_an_export_is_what_was_told_on_the_wire(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        alice, told = await talk(server)
        ran = await roomful(tmp_path, "export", "#TEA")
        assert ran.code == 0, ran.err
        first, *events = (json.loads(line) for line in ran.out.splitlines())
        assert events == told
        assert (first["type"], first["format"], first["name"], first["head"]) == ("roomful-export", 1, "#Tea", 4)
        assert [member["nick"] for member in first["members"]] == ["alice"]
        for form, expected in (("csv", "'=1+1"), ("md", "**alice**: grüße 👋")):
            ran = await roomful(
                tmp_path, "export", "#tea", "--format", form, "--out", f"tea.{form}", "--timezone", "UTC"
            )
            assert (ran.code, ran.out) == (0, "")
            assert expected in (tmp_path / f"tea.{form}").read_text(encoding="utf-8")
            assert (tmp_path / f"tea.{form}").stat().st_mode & 0o777 == 0o600
        await alice.close()


async def test_an_import_is_there_for_those_who_are_connected(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        alice, told = await talk(server)
        assert (await roomful(tmp_path, "export", "#tea", "--out", "tea.jsonl")).code == 0
        ran = await roomful(tmp_path, "import", "tea.jsonl", "--room", "#copy")
        assert (ran.code, ran.out) == (0, "Imported 4 events into #copy (jsonl).\n"), ran.err
        assert "#copy" in [room["room"] for room in (await alice.ok("rooms"))["rooms"]]
        await alice.ok("join", room="#copy", after=0)
        copied = [await alice.event("#copy") for _ in range(4)]
        assert [{**event, "room": ""} for event in copied] == [{**event, "room": ""} for event in told]
        assert (await alice.post("#copy", "and on"))["seq"] == 5
        ran = await roomful(tmp_path, "import", "tea.jsonl", "--room", "#copy")
        assert ran.code == 1
        assert "--room" in ran.err
        await alice.close()


async def test_a_log_of_irc_is_read_by_members(tmp_path: Path) -> None:
    log = "--- Log opened Sat Nov 21 10:00:00 2020\n10:00 <@bob> hello\nnonsense\n10:01  * bob waves\n"
    (tmp_path / "#irc.log").write_text(log)
    async with serve(tmp_path) as server:
        ran = await roomful(tmp_path, "import", "#irc.log", "--timezone", "Europe/Zurich")
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[0] == "Imported 2 events into #irc (irssi)."
        assert "line 3: nonsense" in ran.out
        alice = await RawClient.login(server.tcp, "alice")
        await alice.ok("join", room="#irc", after=0)
        event = await alice.event()
        assert (event["at"], event["sender"]["nick"], event["body"]["text"]) == (
            "2020-11-21T09:00:00.000Z",
            "bob",
            "hello",
        )
        await alice.close()


async def test_all_rooms_are_exported_and_only_the_owner_may_read(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        alice, _ = await talk(server)
        bob = await RawClient.login(server.tcp, "bob")
        await bob.ok("join", room="#a/b")
        await alice.ok("join", room="@bob")
        assert (await roomful(tmp_path, "export", "--all", "--out", "all", "--format", "md")).code == 0
        files = sorted(path.name.rpartition("-")[0] for path in (tmp_path / "all").iterdir())
        assert files == ["Tea", "a_b", "direct"]
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "all").iterdir()} == {0o600}
        await alice.close()
        await bob.close()


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["export"], 2, "roomful export '#lobby'"),
        (["export", "--all"], 2, "--out"),
        (["export", "#lobby", "--all"], 2, "roomful export"),
        (["export", "#lobby"], 1, "no data"),
        (["export", "#lobby", "--timezone", "Mars/Olympus"], 2, "Europe/Zurich"),
        (["import", "nothing.jsonl"], 1, "cannot be read"),
        (["backup", "copy.db"], 1, "no database"),
        (["restore", "copy.db"], 1, "no file"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, words: list[str], code: int, expected: str
) -> None:
    ran = await roomful(tmp_path, *words)
    assert (ran.code, ran.out) == (code, "")
    assert expected in ran.err
    assert not list(tmp_path.glob("*.part"))


# -- check ---------------------------------------------------------------------------------------------


async def test_everything_is_well_beside_a_server(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        alice, _ = await talk(server)
        ran = await roomful(tmp_path, "check")
        assert ran.code == 0, ran.out
        assert all(line.startswith("ok ") for line in ran.out.splitlines())
        assert "rooms, " in ran.out
        await alice.close()
    assert (await roomful(tmp_path, "check")).code == 0, "and without one"


async def test_every_error_of_the_configuration_is_told(tmp_path: Path) -> None:
    (tmp_path / "roomful.toml").write_text('[tcp]\nlissten = "x"\n[limits]\nidle = -1\n[teapot]\na = 1\n')
    ran = await roomful(tmp_path, "check", ROOMFUL_SERVER__LOOP="square")
    assert ran.code == 1
    problems = [line for line in ran.out.splitlines() if line.startswith("problem ")]
    assert len(problems) == 4
    for expected in ("lissten", "idle", "teapot", "ROOMFUL_SERVER__LOOP"):
        assert any(expected in line for line in problems)


async def test_a_file_that_others_may_read_is_a_problem(tmp_path: Path) -> None:
    async with serve(tmp_path):
        pass
    (tmp_path / "data" / "roomful.db").chmod(0o644)
    ran = await roomful(tmp_path, "check")
    assert ran.code == 1
    assert f"chmod 600 {tmp_path}/data/roomful.db" in ran.out
