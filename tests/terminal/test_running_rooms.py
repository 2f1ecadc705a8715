"""What people type who run a room, and what the others read: over a real server, with accounts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from roomful.terminal.commands import COMMANDS
from tests.support.server import Server, serve
from tests.terminal.visits import Person, chatting

PASSWORD = "four lamps for a cellar"
OPEN = {"ROOMFUL_ACCOUNTS__REGISTRATION": "open", "ROOMFUL_LIMITS__ENABLED": "false"}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serve(tmp_path_factory.mktemp("home"), environment=OPEN) as server:
        yield server


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What this device keeps."""
    monkeypatch.setenv("ROOMFUL_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


class Company:
    """People who chat, until the test ends."""

    def __init__(self, address: str, stack: AsyncExitStack) -> None:
        self._address, self._stack = address, stack

    async def guest(self, nick: str, room: str, *answers: str, live: bool = False) -> Person:
        """Somebody without an account, who answers questions so."""
        chat = chatting(self._address, nick, room=room, live=live, asks=True, answers=answers)
        return await self._stack.enter_async_context(chat)

    async def account(self, nick: str, room: str, *answers: str, live: bool = False) -> Person:
        """Somebody who has just made an account."""
        person = await self.guest(nick, room, PASSWORD, PASSWORD, *answers, live=live)
        await person.does("/register", f"You have an account now: {nick}.")
        await person.sees("now, with an account")
        return person


@pytest_asyncio.fixture(loop_scope="module")
async def company(server: Server) -> AsyncIterator[Company]:
    async with AsyncExitStack() as stack:
        yield Company(server.tcp, stack)


async def test_words_are_changed_erased_and_reacted_to(company: Company) -> None:
    ann, bob = await company.guest("ann", "#words", live=True), await company.guest("bob", "#words")
    await ann.does("helo", "ann: helo")
    number = (await ann.sees("ann: helo")).split()[1]
    await ann.does("/edit hello", f"ann edited line {number}: hello")
    await bob.sees(f"ann edited line {number}: hello")
    await bob.does(f"/react {number} 👍", f"bob reacted 👍 to {number}")
    await bob.does(f"/thread {number} yes?", f"↳{number} bob: yes?")
    await ann.sees(f"↳{number} bob: yes?")
    await ann.does(f"/pin {number}", f"ann pinned line {number}")
    await bob.does("/pins", "ann: hello (edited) (pinned) (1 reply: /thread")
    await bob.does(f"/thread {number}", f"── end: thread of line {number} ──")
    async with _visit(company, "cora", "#words") as cora:
        await cora.does("/history around 2", "ann: hello (edited) (pinned)")
        await cora.sees("└ 👍 1")
    await bob.does("/edit 2 mine", "! ")
    await bob.does(f"/edit {number} mine", "only its author may edit it")
    await bob.does("/unreact x", "! Which line? /unreact NUMBER EMOJI.")
    await bob.does(f"/unreact {number} 👍", f"bob took 👍 back from {number}")
    await ann.does(f"/redact {number} oops", f"line {number} was redacted by ann (oops)")
    await bob.sees(f"line {number} was redacted by ann (oops)")
    await bob.does("/pins", "Nothing is pinned in #words.")
    async with _visit(company, "dave", "#words") as dave:
        await dave.sees("ann: (redacted)")
        assert not any("hello" in line for line in dave.lines)


def _visit(company: Company, nick: str, room: str):  # type: ignore[no-untyped-def]
    return chatting(company._address, nick, room=room)


async def test_an_evening_in_a_private_room(company: Company) -> None:
    owner = await company.account("olga", "#o1")
    mona, loud = await company.account("mona", "#o1"), await company.account("lou", "#o1")
    guest = await company.guest("gast", "#o1")
    await owner.does("/create private #den for the three of us", "── #den · private ──")
    await owner.sees("Only you are here, and nobody else finds this room. To let somebody in: /invite NICK")
    await guest.does("/join #den", "#den is private")
    await owner.does("/create #attic --private for old things", "── #attic · private ──")
    await owner.does("/join #den", "── #den")
    await owner.does("/invite mona", "olga invited mona")
    await mona.sees("olga invites you to #den. To enter: /join #den")
    await mona.does("/rooms", "#den · 1 member · private · you are invited: /join #den")
    await mona.does("/join #den", "── #den · private ──")
    await owner.sees("mona joined")
    await owner.does("/role mona moderator", "olga made mona moderator")
    await owner.does("/invite lou", "olga invited lou")
    await loud.does("/join den", "── #den · private ──")
    await loud.does("LOUD", "lou: LOUD")
    await mona.does("/mute lou 10m too loud", "mona muted lou for 10 minutes: too loud")
    await loud.sees("mona muted lou for 10 minutes: too loud")
    await loud.does("LOUDER", "! You are muted in #den (too loud). It ends in 10 minutes.")
    await mona.does("/unmute lou", "mona lets lou speak again")
    await mona.does("/kick lou have a break", "mona kicked lou: have a break")
    await loud.sees("! You are not in #den any more: mona kicked you (have a break).")
    await mona.does("/ban lou 2h again", "mona banned lou for 2 hours: again")
    await loud.does("/join #den", "! You are banned from #den (again). It ends in 2 hours.")
    await mona.does("/bans", "ban of lou by mona until")
    await mona.does("/unban lou", "mona lifted the ban of lou")
    await mona.does("/ban spam*", "mona banned the nicks spam*")
    await mona.does("/ban 192.0.2.0/24 7d", "mona banned an address for 7 days")
    await mona.does("/bans", "ban of 192.0.2.0/24 by mona until")
    await mona.does("/unban lou", "! lou is not banned from #den.")
    await mona.does("/log", "── end of the log ──")
    log = mona.lines[mona.lines.index("── moderation log of #den ──") :]
    said = [line.partition("· ")[2] for line in log if "· " in line]
    assert said[:3] == ["olga invited mona", "olga made mona moderator", "olga invited lou"]
    assert said[-1] == "mona banned an address for 7 days"
    await mona.does("/delete", "! This deletes #den and all that was said in it, for ever.")
    await mona.does("/delete #den", "! ")
    await owner.does("/users", "#den: 2 here: mona (moderator), olga (you, owner).")
    await owner.does("/delete #den", "! You are not in #den any more: The room was deleted.")
    await mona.sees("You are not in #den any more: The room was deleted.")


async def test_a_room_is_set_up(company: Company) -> None:
    pia = await company.guest("pia", "#setup", live=True)
    quin = await company.guest("quin", "#setup", live=True)
    await pia.does("/describe a place to test", "pia changed the room: it is for a place to test")
    await quin.does("/describe", "#setup is for: a place to test")
    await pia.does("/set slow 1h", "a message of each member every 1 hour")
    await quin.does("one", "quin: one")
    await quin.does("two", "! #setup takes a message of each member every 3600 s")
    assert quin.table.given_back == ["two"]
    await pia.does("/set slow off", "no slow mode")
    await pia.does("/set history joined", "members read from their joining on")
    await pia.does("/set retention 90", "texts are erased after 90 days")
    await pia.does("/set tea", "! Set what?")
    await pia.does("/archive", "archived, nobody may write")
    await quin.does("three", "! #setup is archived")
    await pia.does("/unarchive", "not archived any more")
    await quin.does("/rename #x", "! ")
    await pia.does("/rename #set-up", "pia renamed the room: #setup is #set-up now")
    await quin.sees("pia renamed the room: #setup is #set-up now")
    await quin.does("four", "quin: four")
    await pia.sees("quin: four")
    await pia.does("/users", "#set-up: 2 here")


async def test_people_are_away_and_looked_up(company: Company) -> None:
    rosa, sam = await company.account("rosa", "#people"), await company.guest("sam", "#people")
    await rosa.does("/away lunch", "You are away: lunch.")
    await sam.does("/users", "rosa (owner, away: lunch)")
    await sam.does("/whois rosa", "rosa: account rosa, away: lunch, with you in #people.")
    await rosa.does("/back", "You are back.")
    await sam.does("/whois rosa", "rosa: account rosa, here, with you in #people.")
    await rosa.does("/whois sam", "sam: guest, here, with you in #people.")
    assert await rosa.leaves() == 0
    await sam.does("/whois rosa", "rosa: account rosa, last seen ")
    await sam.does("/whois nobody-ever", "! ")


async def test_what_was_missed_is_counted_and_marked_as_read(company: Company, config: Path) -> None:
    tess = await company.account("tess", "#missed")
    uwe = await company.guest("uwe", "#missed")
    await uwe.does("before", "uwe: before")
    await tess.sees("uwe: before")
    assert await tess.leaves() == 0
    for text in ("one", "two for @tess"):
        await uwe.does(text, f"uwe: {text}")
    async with chatting(company._address, None, room="#other", account="tess", asks=True) as again:
        await again.does("/unread", "#missed  2 unread, 1 mentions you")
        await again.does("/join #missed", "── new since you read here last ──")
        await again.sees("uwe: two for @tess")
        assert "· 2 unread, 1 mentions you" in again.lines
        assert again.lines.index("uwe: before") < again.lines.index("── new since you read here last ──")
        assert await again.leaves() == 0
    async with chatting(company._address, None, room="#other", account="tess", asks=True) as later:
        await later.does("/unread", "You have read everything.")


async def test_one_logs_in_out_and_ends_the_account(company: Company, config: Path) -> None:
    wim = await company.account("wim", "#own", PASSWORD, PASSWORD + "!", PASSWORD + "!")
    assert "wim" in (config / "credentials.json").read_text()
    await wim.does("/password", "Your password is changed.")
    await wim.does("/devices", "this one")
    await wim.does("/token weather bot", "A token for weather bot.")
    revoke = (await wim.sees("To end it: /revoke")).split()[-1]
    await wim.does(f"/revoke {revoke}", f"{revoke} is logged out.")
    await wim.does("/code", "! Only owners of the server make invite codes.")
    assert await wim.leaves("/logout") == 0
    assert "wim" not in (config / "credentials.json").read_text()

    xena = await company.guest("xena", "#own", "wrong password", PASSWORD + "!", PASSWORD + "!", live=True)
    await xena.does("/login wim", "Connected to")
    await xena.sees("Here:", "Only you are here")
    await xena.does("/whois wim", "wim: you, account wim, here")
    assert await xena.leaves("/unregister") == 0
    async with chatting(company._address, "yara", room="#own") as yara:
        await yara.does("/login wim", "! Nobody is here to be asked for the password")
        await yara.does("/register", "! Nobody is here to be asked for the password.")
        await yara.does("/password", "! You are a guest, who has no account.")


async def test_help_is_by_topic(company: Company) -> None:
    zoe = await company.guest("zoe", "#help")
    await zoe.does("/help", "What they do: /help messages, or /help mute.")
    topics = [line for line in zoe.lines if line.startswith("  ")]
    assert len(topics) == 11
    assert any("/kick /ban /unban /bans /mute" in line for line in topics)
    await zoe.does("/help moderation", "NICK ROLE")
    await zoe.does("/help mute", "let somebody read, and say nothing")
    await zoe.does("/help moderatoin", "! There is no help about moderatoin. Did you mean /help moderation?")


JUNK = (
    "",
    "x",
    "7",
    "0",
    "#",
    "@",
    "7 7 7",
    "\U0001f600 \x1b[2J",
    "a" * 200,
    "* 1h",
    "999999999999999999999999",
    "!p x",
    "::1 9h",
)


async def test_whatever_follows_a_command_the_chat_goes_on(company: Company) -> None:
    """As an owner, and as a guest in somebody else's room: each line gets an answer, none ends the visit."""
    owner, guest = await company.account("fritz", "#junk"), await company.guest("gerd", "#junk")
    for person in (owner, guest):
        for command in COMMANDS:
            if command.name in LEAVING:
                continue
            for text in JUNK:
                person.table.type(f"/{command.name} {text}")
        person.table.type("/join #end", "the end")
        await person.sees("the end")
        assert not any("\x1b" in line for line in person.table.shown)


LEAVING = {"exit", "login", "logout", "unregister", "leave"}
