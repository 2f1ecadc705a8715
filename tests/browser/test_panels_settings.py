"""Settings: who one is, one's account and devices, how the page looks and speaks, what it tells of; and the server's."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.panelling import PASSWORD, administration, dialog, owner, panel, settings
from tests.support.raw import RawClient
from tests.support.server import Server, serve

SPY = """
    window.asked = 0; window.shown = []
    window.Notification = class {
        static permission = 'default'
        static requestPermission() { window.asked += 1; this.permission = 'granted'; return Promise.resolve('granted') }
        constructor(title, options) { window.shown.push(title + ': ' + options.body) }
        close() {}
    }
    Object.defineProperty(document, 'hidden', { get: () => window.away === true })
    Object.defineProperty(document, 'visibilityState', { get: () => window.away ? 'hidden' : 'visible' })
"""


async def test_a_guest_makes_an_account_and_stays_who_it_was(visit: Visit, tmp_path: Path) -> None:
    async with serve(tmp_path, environment={"ROOMFUL_ACCOUNTS__REGISTRATION": "open"}) as server:
        alice = await visit(server, "alice")
        await alice.say("I was a guest")
        account = await settings(alice, "Account")
        await account.get_by_role("button", name="Make an account").click()
        form = await dialog(alice, "Make an account")
        await expect(form.get_by_label("Name")).to_have_value("alice")
        await form.get_by_label("Password").fill(PASSWORD)
        await form.get_by_role("button", name="Make an account").click()
        await expect(form).to_be_hidden()
        await alice.page.reload()
        await alice.is_in()
        await alice.sees("I was a guest")
        await expect(alice.page.locator(".me")).to_contain_text("account")
        client = await RawClient.login(server.tcp, None, account="alice", password=PASSWORD)
        assert client.me["nick"] == "alice"
        await client.close()


async def test_devices_are_listed_and_logged_out_and_a_token_is_shown_once(server: Server, visit: Visit) -> None:
    boss = await owner(server, visit)
    program = await RawClient.login(server.tcp, None, account="boss", password=PASSWORD)
    devices = await settings(boss, "Devices")
    await expect(devices.get_by_text("this one")).to_have_count(1)
    await devices.get_by_label("What it is for").fill("weather bot")
    await devices.get_by_role("button", name="Make a token").click()
    token = await devices.get_by_label("The token").input_value()
    weather = await RawClient.login(server.tcp, None, token=token)
    await weather.close()
    rows = devices.get_by_role("listitem")
    await expect(rows).to_have_count(3)
    row = rows.filter(has_text="weather bot")
    await row.get_by_role("button", name="Log out").click()
    await expect(rows).to_have_count(2)
    refused = await RawClient.connect(server.tcp)
    await refused.ask("hello", protocol=1)
    assert (await refused.ask("login", token=token))["code"] == "bad_credentials"
    await refused.close()
    await program.close()


async def test_nick_and_status_are_seen_by_others(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server, "alice"), await visit(server, "bob")
    you = await settings(alice, "You")
    await you.get_by_label("Nick").fill("alicia")
    await you.get_by_role("button", name="Change").first.click()
    await bob.page.get_by_text("alice is now called alicia").wait_for()
    await you.get_by_label("What you say of it").fill("back at three")
    await you.get_by_text("Away").click()
    details = await panel(bob, "d", "#lobby")
    await expect(details.get_by_role("listitem").filter(has_text="alicia")).to_contain_text("back at three")


async def test_theme_language_and_size_are_kept(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    look = await settings(alice, "Appearance")
    await look.get_by_text("Dark").click()
    await look.get_by_text("Very large").click()
    await look.get_by_label("Language").select_option("ru")
    await expect(alice.page.get_by_role("dialog", name="Настройки")).to_be_visible()
    await alice.page.reload()
    await alice.is_in()
    root = alice.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(root).to_have_attribute("data-size", "huge")
    await expect(root).to_have_attribute("lang", "ru")
    await expect(alice.composer).to_have_attribute("placeholder", re.compile("Скажите"))


async def test_notifications_come_for_ones_name_and_are_asked_for_by_a_click_only(server: Server, visit: Visit) -> None:
    alice, bob = await visit(server), await visit(server, "bob")
    await alice.page.add_init_script(SPY)
    await alice.come("alice")
    assert await alice.page.evaluate("window.asked") == 0
    told = await settings(alice, "Notifications")
    await told.get_by_role("switch", name="Notifications of the system").click()
    await expect(told.get_by_role("switch", name="Notifications of the system")).to_have_attribute(
        "aria-checked", "true"
    )
    assert await alice.page.evaluate("window.asked") == 1
    await alice.page.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))")
    await bob.say("nobody is named here")
    await bob.say("tea, @alice?")
    await alice.sees("tea, @alice?")
    await expect(alice.page).to_have_title(re.compile(r"^\(1\) "))
    assert await alice.page.evaluate("window.shown") == ["bob in #lobby: tea, @alice?"]


async def test_whoever_owns_the_server_sees_how_it_is_and_lets_people_in(server: Server, visit: Visit) -> None:
    boss = await owner(server, visit)
    admin = await administration(boss, "Health")
    await expect(admin).to_contain_text("The server serves.")
    await expect(admin.locator(".tile").filter(has_text="connections")).to_contain_text(re.compile("[1-9]"))
    await admin.get_by_role("tab", name="Accounts").click()
    await admin.get_by_role("button", name="Make a code").click()
    code = await admin.get_by_label("Invite code, good until").input_value()
    newcomer = await RawClient.connect(server.tcp)
    await newcomer.ask("hello", protocol=1)
    reply = await newcomer.ask("register", account="carol", password=PASSWORD, invite=code)
    assert reply["type"] == "ok", reply
    await newcomer.close()
    await admin.get_by_label("Nick", exact=True).fill("boss")
    await admin.get_by_role("button", name="Look up").click()
    await expect(admin.get_by_role("tabpanel")).to_contain_text("#lobby")
