"""Panels about bots: who is here and why they spoke, letting them come and talk, and saying yes to what they ask."""

import sys
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.panelling import dialog, owner, panel
from tests.support.provider import Call, Provider
from tests.support.server import Server, serve

PROGRAM = Path(__file__).parents[1] / "bots_tools" / "files_server.py"
CONFIG = """
[providers.lab]
kind = "compatible"
base_url = "{url}"

[[mcp]]
name = "files"
command = "{python}"
args = ["{program}"]
env = {{ FOLDER = "{folder}" }}

[[bots]]
nick = "gpt"
model = "lab:gpt-test"
rooms = ["#lobby"]
tools = ["files.*"]

[tools."files.write"]
guests = ["#lobby"]
"""


async def test_anybody_sees_which_bots_are_here_where_lines_go_and_why_they_spoke(
    peopled: Server, visit: Visit
) -> None:
    alice = await visit(peopled, "alice")
    await alice.say("hello eliza, I am sad")
    bots = await panel(alice, "b", "Bots")
    card = bots.get_by_role("button", name="eliza")
    await expect(card).to_contain_text("this machine")
    await expect(card).to_contain_text("when it is named, and whoever is alone with it")
    await card.click()
    eliza = alice.page.get_by_role("complementary", name="eliza")
    await expect(eliza.get_by_text("offline:eliza")).to_be_visible()
    await eliza.get_by_role("tab", name="Why").click()
    await expect(eliza.locator(".decision-answered")).to_contain_text("alice is alone with it")
    await eliza.locator(".decision-answered").get_by_role("button", name="line").click()
    await expect(alice.page).to_have_url(f"{alice.base}/r/lobby/{await _number(eliza)}")
    await eliza.get_by_role("tab", name="Memory").click()
    await expect(eliza.get_by_text("eliza remembers nothing of this room.")).to_be_visible()
    await expect(eliza.get_by_role("button", name="More about eliza")).to_be_visible()  # who came first owns the lobby
    bob = await visit(peopled, "bob")
    theirs = await panel(bob, "b", "Bots")
    await expect(theirs.get_by_role("button", name="eliza")).to_be_visible()
    await expect(theirs.get_by_role("button", name="Add a bot")).to_have_count(0)


async def _number(panel: Locator) -> str:
    return (await panel.locator(".decision-answered .link").inner_text()).removeprefix("line ")


async def test_an_owner_fetches_a_bot_changes_when_it_speaks_and_sends_it_away(peopled: Server, visit: Visit) -> None:
    boss = await owner(peopled, visit)
    bots = await panel(boss, "b", "Bots")
    parry = bots.get_by_role("listitem").filter(has_text="offline:parry")
    await parry.get_by_role("button", name="Fetch").click()
    await boss.page.get_by_text("parry, a bot, joined").wait_for()
    await bots.get_by_role("button", name="parry").click()
    about = boss.page.get_by_role("complementary", name="parry")
    await about.get_by_role("button", name="More about parry").click()
    await boss.page.get_by_role("menuitem", name="Change").click()
    form = await dialog(boss, "Change parry")
    await form.get_by_label("Speaks").select_option("lines")
    await form.get_by_label("Lines").fill("3")
    await form.get_by_label("Persona").fill("You doubt everything.\nEven this.")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    await boss.page.get_by_role("button", name="All bots").click()
    await expect(bots.get_by_role("button", name="parry")).to_contain_text("after every 3 lines")
    bob = await visit(peopled, "bob")
    await (await panel(bob, "b", "Bots")).get_by_role("button", name="parry").click()
    told = bob.page.get_by_role("complementary", name="parry")
    await expect(told.get_by_text("You doubt everything.")).to_be_visible()
    await expect(told).to_contain_text("models on the server’s machine are free")
    await bots.get_by_role("button", name="parry").click()
    await about.get_by_role("button", name="More about parry").click()
    await boss.page.get_by_role("menuitem", name="Send away").click()
    await boss.page.get_by_text("parry left").wait_for()


async def test_what_a_server_does_not_take_is_said_in_the_form(peopled: Server, visit: Visit) -> None:
    boss = await owner(peopled, visit)
    bots = await panel(boss, "b", "Bots")
    await bots.get_by_role("button", name="Add a bot").click()
    form = await dialog(boss, "Add a bot to #lobby")
    await form.get_by_label("Name").fill("gpt")
    await form.get_by_label("Model").fill("nowhere:gpt")
    await form.get_by_role("button", name="Add a bot").click()
    await expect(form.get_by_role("alert")).to_contain_text("nowhere")


async def test_bots_talk_turn_by_turn_until_they_are_stopped(peopled: Server, visit: Visit) -> None:
    alice = await visit(peopled, "alice")
    await alice.say("/duet")
    form = await dialog(alice, "Let bots talk with each other")
    await form.get_by_text("eliza").click()
    await form.get_by_text("parry").click()
    await form.get_by_label("About what").fill("horses")
    await form.get_by_label("Lines of all together").fill("40")
    await form.get_by_role("button", name="Begin").click()
    bar = alice.page.get_by_role("group", name="Conversation of bots")
    await expect(bar).to_contain_text("eliza and parry talk about horses")
    await expect(bar).to_contain_text("turn 2 of 40")
    await alice.say("and what of donkeys?")
    await expect(bar).to_contain_text("interrupted")
    await bar.get_by_role("button", name="Continue").click()
    await expect(bar).to_contain_text("turn 3 of 40")
    await bar.get_by_role("button", name="Stop").click()
    await expect(bar).to_be_hidden()


async def test_what_a_bot_wants_to_do_waits_for_a_click(visit: Visit, tmp_path: Path) -> None:
    async with Provider() as provider:
        config = tmp_path / "roomful.toml"
        words = {"url": provider.openai, "python": sys.executable, "program": PROGRAM, "folder": tmp_path}
        config.write_text(CONFIG.format(**words), encoding="utf-8")
        provider.next(Call("files__write", {"path": "note.txt", "text": "We meet on Friday."}), "Noted.")
        async with serve(tmp_path, "--config", str(config), bots=True) as server:
            await server.bots_are_in()
            alice, bob = await visit(server, "alice"), await visit(server, "bob")
            await alice.say("@gpt add to the notes that we meet on Friday")
            card = alice.page.get_by_role("group", name="gpt asks to use files.write")
            await expect(card).to_contain_text("We meet on Friday.")
            theirs = bob.page.get_by_role("group", name="gpt asks to use files.write")
            await expect(theirs).to_contain_text("Whoever asked for it, or a moderator, may approve it.")
            assert not (tmp_path / "note.txt").exists()
            await card.get_by_role("button", name="Approve").click()
            await expect(card).to_contain_text("approved by alice")
            await alice.sees("Noted.")
            assert (tmp_path / "note.txt").read_text(encoding="utf-8") == "We meet on Friday."
