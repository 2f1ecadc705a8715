"""`roomful accounts`, as processes: beside a running server, where what it changes takes effect at once, and without one."""

import csv
import io
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.raw import RawClient
from tests.support.server import Server, serve

from .programs import done, refused, roomful

PASSWORD = "four lamps for a cellar"
OTHER = "seven stairs to the roof"


CONNECTED: list[RawClient] = []


@pytest.fixture(autouse=True)
async def _disconnected() -> AsyncIterator[None]:
    """Whoever a test has connected is gone after it."""
    yield
    while CONNECTED:
        await CONNECTED.pop().close()


async def greeted(server: Server) -> RawClient:
    client = await RawClient.connect(server.tcp)
    CONNECTED.append(client)
    await client.ok("hello", protocol=1)
    return client


async def enter(server: Server, **who: Any) -> RawClient:
    client = await greeted(server)
    client.me = await client.ok("login", **who)
    return client


async def test_accounts_are_kept_while_no_server_runs(tmp_path: Path) -> None:
    assert await done(tmp_path, "add", "Alice", "--owner", "--password-stdin", said=PASSWORD + "\n") == "Made Alice.\n"
    code = (await done(tmp_path, "add", "bob")).split()[-1]
    token = await done(tmp_path, "token", "Alice")
    listed = json.loads(await done(tmp_path, "list", "--format", "json"))
    assert [(one["name"], one["kind"], one["owner"], one["password"]) for one in listed] == [
        ("Alice", "person", "yes", "yes"),
        ("bob", "person", "", ""),
    ]
    async with serve(tmp_path) as server:
        alice = await enter(server, account="alice", password=PASSWORD)
        assert alice.me["owner"] is True
        await enter(server, token=token.strip())
        bob = await greeted(server)
        await bob.ok("register", account="bob", password=OTHER, invite=code)
        await enter(server, account="bob", password=OTHER)


async def test_what_is_changed_while_a_server_runs_takes_effect_at_once(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        home = server.folder
        await done(home, "add", "alice", "--password-stdin", said=PASSWORD)
        alice = await enter(server, account="alice", password=PASSWORD, remember=True)
        await alice.ok("join", room="#class")
        witness = await enter(server, nick="witness")
        await witness.ok("join", room="#class")
        await alice.post("#class", "I was here")

        said = await done(home, "passwd", "Alice", "--password-stdin", said=OTHER)
        assert "log in anew" in said
        assert (await alice.goodbye())["code"] == "account_gone"
        client = await greeted(server)
        assert await client.error("login", token=alice.me["token"]) == "bad_credentials"
        assert await client.error("login", account="alice", password=PASSWORD) == "bad_credentials"
        alice = await enter(server, account="alice", password=OTHER)

        assert "out of 1 rooms" in await done(home, "remove", "alice")
        assert (await alice.goodbye())["code"] == "account_gone"
        left = await witness.next(lambda o: o["type"] == "event" and o["body"]["type"] == "leave")
        assert left["body"]["reason"] == "deleted"
        assert (await witness.ok("members", room="#class"))["count"] == 1
        page = await witness.ok("history", room="#class")
        assert "I was here" in str(page)
        assert json.loads(await done(home, "list", "--format", "json")) == []


async def test_a_class_list_makes_everybody_with_a_code_each(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text(
        "name,email\nAnn,ann@example.org\nBeñat,b@example.org\n山田,\n", encoding="utf-8"
    )
    printed = await done(tmp_path, "add", "--from", "class.csv")
    assert "roomful chat --account Ann --invite " in printed
    assert "ann@example.org" in printed
    listed = json.loads(await done(tmp_path, "list", "--format", "json"))
    assert [one["name"] for one in listed] == ["Ann", "Beñat", "山田"]
    (tmp_path / "more.json").write_text('["Carl", {"name": "clock", "bot": true}]')
    out = tmp_path / "made.csv"
    assert await done(tmp_path, "add", "--from", "more.json", "--format", "csv", "--out", str(out)) == ""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    async with serve(tmp_path) as server:
        client = await greeted(server)
        await client.ok("register", account="Carl", password=PASSWORD, invite=rows[0]["code"].lower())
        clock = await enter(server, token=rows[1]["code"])
        assert clock.me["participant"]["kind"] == "bot"
        assert (
            await (await greeted(server)).error("register", account="Carl", password=OTHER, invite=rows[0]["code"])
            == "bad_invite"
        )


async def test_a_bad_list_makes_nobody_and_names_every_bad_line(tmp_path: Path) -> None:
    await done(tmp_path, "add", "Taken")
    lines = ["name;bot", "Ann;", "two words;", "Bob;perhaps", ";yes", "ann;", "A1an;", "AIan;", "taken;"]
    (tmp_path / "class.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    said = await refused(tmp_path, "add", "--from", "class.csv")
    for part in (
        "line 3: A nick must not hold a space",
        "line 4: `bot` is yes or no",
        "line 5: there is no name",
        "line 6: ann is the name of line 2",
        "line 8: AIan",
    ):
        assert part in said, said
    assert "line 2:" not in said
    (tmp_path / "class.csv").write_text("name\nAnn\ntaken\n")
    said = await refused(tmp_path, "add", "--from", "class.csv")
    assert "line 3: there is an account Taken already" in said
    assert [one["name"] for one in json.loads(await done(tmp_path, "list", "--format", "json"))] == ["Taken"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"email\na@example.org\n", "no column `name`"),
        (b"name\n\n", "names nobody"),
        (b"[1, 2", "is not JSON"),
        (b'{"name": "ann"}', "is no list"),
        (b"[null, 7]", "line 1: there is no name"),
        (b"name\n\xff\xfe\n", "not UTF-8"),
        (b"[" * 100_000, "is no list"),
    ],
)
async def test_what_is_no_list_is_refused_with_what_would_be_one(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "class.csv").write_bytes(content)
    assert says in await refused(tmp_path, "add", "--from", "class.csv")


async def test_mistakes_are_answered_with_what_to_type(tmp_path: Path) -> None:
    assert "roomful accounts add NAME" in await refused(tmp_path, "add", code=2)
    assert "--from FILE" in await refused(tmp_path, "add", "ann", "--from", "x.csv", code=2)
    assert "x.csv cannot be read" in await refused(tmp_path, "add", "--from", "x.csv")
    assert "must not hold a space" in await refused(tmp_path, "add", "two words")
    assert "at least 8" in await refused(tmp_path, "add", "ann", "--password-stdin", said="short\n")
    assert "guessed first" in await refused(tmp_path, "add", "ann", "--password-stdin", said="password1\n")
    await done(tmp_path, "add", "ann")
    assert "There is an account ann already" in await refused(tmp_path, "add", "Ann")
    assert "looks like the account ann" in await refused(tmp_path, "add", "аnn")
    assert "There is no account bob" in await refused(tmp_path, "passwd", "bob")
    assert "There is no account bob" in await refused(tmp_path, "remove", "bob")
    await done(tmp_path, "add", "clock", "--bot")
    assert "roomful accounts token clock" in await refused(tmp_path, "passwd", "clock")
    ran = await roomful(tmp_path, "accounts", "list", "--data", str(tmp_path / "nowhere"))
    assert (ran.code, "--data FOLDER" in ran.err) == (1, True)


async def test_an_invite_code_lets_as_many_in_as_it_says(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        client = await greeted(server)
        assert await client.error("register", account="eve", password=PASSWORD) == "registration_closed"
        code = (await done(tmp_path, "invite", "--uses", "2")).split()[0]
        for name in ("one", "two"):
            await (await greeted(server)).ok("register", account=name, password=PASSWORD, invite=code)
        assert await client.error("register", account="three", password=PASSWORD, invite=code) == "bad_invite"


async def test_the_first_start_offers_the_server_to_whoever_started_it(tmp_path: Path) -> None:
    async with serve(tmp_path, "--verbose", environment={"ROOMFUL_ACCOUNTS__REGISTRATION": "closed"}) as server:
        file = server.data / "owner.token"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        code = file.read_text().strip()
        await server.restart()
        assert file.read_text().strip() == code, "a restart gave out another code"
        client = await greeted(server)
        me = await client.ok("register", account="root", password=PASSWORD, invite=code)
        assert me["owner"] is True
        await client.ok("ping")
        assert not file.exists()
        late = await greeted(server)
        assert await late.error("register", account="eve", password=PASSWORD, invite=code) == "bad_invite"
        await server.restart()
        assert not file.exists()
        assert code not in server.log()
        assert PASSWORD not in server.log()


async def test_no_password_is_in_any_file_or_on_any_screen(tmp_path: Path) -> None:
    async with serve(tmp_path, "--verbose") as server:
        ran = await roomful(tmp_path, "accounts", "add", "alice", "--password-stdin", said=PASSWORD)
        assert PASSWORD not in ran.out + ran.err
        alice = await enter(server, account="alice", password=PASSWORD, remember=True)
        token = alice.me["token"]
        await alice.close()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path
            assert token.encode() not in path.read_bytes(), path
