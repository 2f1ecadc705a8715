"""Whoever owns the server, at the page: accounts of others, all rooms, limits."""

import re
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.panelling import PASSWORD, administration, dialog, owner
from tests.browser.visiting import Visitor
from tests.support.raw import RawClient
from tests.support.server import Server, serve


async def member(server: Server, boss: RawClient, name: str) -> RawClient:
    """Somebody with an account, who came by a code."""
    code = (await boss.ok("code"))["code"]
    client = await RawClient.connect(server.tcp)
    await client.ok("hello", protocol=1)
    client.me = (await client.ok("register", account=name, password=PASSWORD, invite=code))["participant"]
    return client


async def pick(visitor: Visitor, row: Locator, word: str) -> None:
    """Choose from a row's menu, by keyboard alone."""
    await row.get_by_role("button").focus()
    await visitor.page.keyboard.press("Enter")
    item = visitor.page.get_by_role("menuitem", name=word)
    await expect(item).to_be_visible()
    while not await item.evaluate("item => item === document.activeElement"):
        await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Enter")


async def test_an_owner_makes_another_one_and_removes_an_account(server: Server, visit: Visit) -> None:
    boss = await owner(server, visit)
    program = await RawClient.login(server.tcp, None, account="boss", password=PASSWORD)
    ann, mallory = await member(server, program, "ann"), await member(server, program, "mallory")
    for client in (ann, mallory):
        await client.ok("join", room="#lobby")
    await mallory.post("#lobby", "I was never here")
    await boss.sees("I was never here")
    admin = await administration(boss, "Accounts")
    rows = admin.get_by_role("list", name="Accounts").get_by_role("listitem")
    await expect(rows).to_have_count(3)
    await expect(rows.filter(has_text="boss")).to_contain_text("owns the server")

    await pick(boss, rows.filter(has_text="ann"), "Make an owner of the server")
    asked = await dialog(boss, "Make ann an owner of the server?")
    await expect(asked).to_contain_text("take the server from you")
    await asked.get_by_role("button", name="Make an owner of the server").click()
    await expect(rows.filter(has_text="ann")).to_contain_text("owns the server")
    assert (await ann.ok("accounts"))["accounts"]

    await admin.get_by_label("Name or nick").fill("MALL")
    await expect(rows).to_have_count(1)
    await pick(boss, rows, "Remove the account")
    asked = await dialog(boss, "Remove the account mallory?")
    button = asked.get_by_role("button", name="Remove the account")
    await expect(button).to_be_disabled()
    await asked.get_by_role("switch", name="Erase all that it has said, too").click()
    await asked.get_by_label("Type mallory to be sure").fill("mallory")
    await button.click()
    await expect(asked).to_be_hidden()
    await expect(admin.get_by_role("status").filter(has_text="No account has this")).to_be_visible()
    assert (await mallory.goodbye())["code"] == "account_gone"
    await boss.page.keyboard.press("Escape")
    await expect(boss.lines.filter(has_text="I was never here")).to_have_count(0)

    await ann.ok("account_set", account="boss", owner=False)
    admin = await administration(boss, "Accounts")
    await expect(admin.get_by_role("alert")).to_contain_text("Only owners of the server are told of all of it.")
    for client in (program, ann, mallory):
        await client.close()


async def test_a_private_room_is_archived_gets_an_owner_and_is_deleted_on_a_narrow_screen(
    tmp_path: Path, visit: Visit
) -> None:
    async with serve(tmp_path) as server:
        boss = await owner(server, visit)
        program = await RawClient.login(server.tcp, None, account="boss", password=PASSWORD)
        ann, bob = await member(server, program, "ann"), await member(server, program, "bob")
        await ann.ok("create", room="#secret", nonce="c", kind="private")
        await ann.ok("invite", room="#secret", nonce="i", who="bob")
        await bob.ok("join", room="#secret")
        await ann.ok("leave", room="#secret")
        admin = await administration(boss, "Rooms")
        await boss.page.set_viewport_size({"width": 320, "height": 640})
        row = admin.get_by_role("listitem").filter(has_text="#secret")
        await expect(row).to_contain_text("nobody owns it")
        await pick(boss, row, "Name an owner")
        asked = await dialog(boss, "Name an owner of #secret")
        await asked.get_by_label("Nick of a member").fill("ann")
        await asked.get_by_role("button", name="Name an owner").click()
        await expect(asked.get_by_role("alert")).to_contain_text("Nobody in #secret is called ann.")
        await asked.get_by_label("Nick of a member").fill("bob")
        await asked.get_by_role("button", name="Name an owner").click()
        await expect(row).to_contain_text("owned by bob")
        await pick(boss, row, "Archive")
        await (await dialog(boss, "Archive #secret?")).get_by_role("button", name="Archive").click()
        await expect(row).to_contain_text("archived")
        assert await bob.error("post", room="#secret", nonce="x", text="hi") == "archived"
        await pick(boss, row, "Delete the room")
        asked = await dialog(boss, "Delete #secret?")
        await asked.get_by_label("Type #secret to be sure").fill("#secret")
        await asked.get_by_role("button", name="Delete the room").click()
        await expect(row).to_have_count(0)
        assert await bob.error("history", room="#secret") == "no_such_room"
        await admin.get_by_role("tab", name="Limits").click()
        await expect(admin.get_by_role("meter").first).to_have_accessible_name("Connections")
        await expect(admin).to_contain_text(re.compile("Longest frame.*65.5 kB"))
        assert await boss.page.evaluate("document.documentElement.scrollWidth <= 320"), "nothing sticks out at the side"
        assert await admin.evaluate("it => it.querySelector('.dialog-content').scrollWidth <= it.clientWidth")
        for client in (program, ann, bob):
            await client.close()
