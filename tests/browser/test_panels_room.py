"""Panels about a room: who is in it, what its owners do, finding what was said, and the protocol as it passes."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.filling import post
from tests.browser.panelling import dialog, owner, panel
from tests.support.server import Server


async def test_an_owner_silences_a_guest_and_everybody_reads_why(server: Server, visit: Visit) -> None:
    boss, gus = await owner(server, visit), await visit(server, "gus")
    details = await panel(boss, "d", "#lobby")
    await details.get_by_role("button", name="What to do about gus").click()
    await boss.page.get_by_role("menuitem", name="Mute", exact=True).click()
    form = await dialog(boss, "Mute gus?")
    await form.get_by_label("For how long").select_option("600")
    await form.get_by_label("Reason").fill("too loud")
    await form.get_by_role("button", name="Mute").click()
    await expect(form).to_be_hidden()
    await gus.page.get_by_text("boss muted gus").wait_for()

    theirs = await panel(gus, "d", "#lobby")
    assert not await theirs.get_by_role("button", name="What to do about boss").get_by_text("Mute").count()
    await theirs.get_by_role("tab", name="Log").click()
    await expect(theirs.get_by_text("boss muted gus: too loud")).to_be_visible()

    await details.get_by_role("tab", name="Log").click()
    await details.get_by_role("button", name="Lift").click()
    await gus.page.get_by_text("boss lets gus speak again").wait_for()


async def test_an_owner_changes_the_room_s_settings(server: Server, visit: Visit) -> None:
    boss, gus = await owner(server, visit), await visit(server, "gus")
    details = await panel(boss, "d", "#lobby")
    await details.get_by_role("button", name="Room settings").click()
    form = await dialog(boss, "Settings of #lobby")
    await form.get_by_label("Topic").fill("tea at four")
    await form.get_by_label("Slow mode").select_option("30")
    await form.get_by_role("switch", name="Keep lines on this machine").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    await gus.page.get_by_text("boss set the topic: tea at four").wait_for()
    theirs = await panel(gus, "d", "#lobby")
    await expect(theirs).to_contain_text("tea at four")
    await expect(theirs).to_contain_text("lines stay on this machine")
    await theirs.get_by_role("button", name="Room settings").click()
    mine = await dialog(gus, "Settings of #lobby")
    await expect(mine.get_by_label("Topic")).to_be_visible()
    await expect(mine.get_by_label("Slow mode")).to_have_count(0)


async def test_a_webhook_s_address_is_shown_once(server: Server, visit: Visit) -> None:
    boss = await owner(server, visit)
    details = await panel(boss, "d", "#lobby")
    await details.get_by_role("button", name="Room settings").click()
    form = await dialog(boss, "Settings of #lobby")
    await form.get_by_role("tab", name="Webhooks").click()
    await form.get_by_label("The nick under which it posts").fill("weather")
    await form.get_by_role("button", name="Make").click()
    address = form.get_by_label("The secret address: programs post here")
    await expect(address).to_have_value(re.compile(rf"^{re.escape(boss.base)}/."))
    url = await address.input_value()
    answer = await boss.context.request.post(url, data={"text": "rain at four"})
    assert answer.ok, await answer.text()
    await form.press("Escape")
    await boss.sees("rain at four")


async def test_what_was_said_is_found_marked_and_gone_to(server: Server, visit: Visit) -> None:
    await post(server, "#lobby", ["the red apples are ripe", *(f"filler {number}" for number in range(150))])
    alice = await visit(server, "alice")
    found = await panel(alice, "f", "Search")
    await found.get_by_role("button", name="from:alice").click()
    await expect(found.get_by_label("Search")).to_have_value("from:alice")
    await found.get_by_label("Search").fill("red apples from:filler")
    hit = found.get_by_role("button", name="the red apples are ripe")
    await expect(hit.locator("mark").first).to_have_text("red")
    await hit.click()
    await expect(await alice.sees("the red apples are ripe")).to_be_in_viewport()
    await found.get_by_label("Search").fill('"')
    await expect(found.get_by_role("alert")).to_be_visible()


async def test_the_inspector_shows_every_frame_and_no_secret(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    inspector = await panel(alice, "i", "Protocol inspector")
    frames = inspector.get_by_role("log")
    await expect(frames.get_by_text("hello", exact=True).first).to_be_visible()
    await alice.say("grüße from the inspector")
    await inspector.get_by_label("Type", exact=True).select_option("post")
    await expect(frames.get_by_role("button")).to_have_count(2)
    await frames.get_by_role("button").first.click()
    frame = inspector.get_by_role("region", name="Frame")
    await expect(frame).to_contain_text('"text": "grüße from the inspector"')
    await expect(frame).to_contain_text("Say something in a room.")
    size = int((await frame.get_by_text(re.compile(r"^\d+ bytes$")).inner_text()).split()[0])
    await expect(frame.locator(".frame-header")).to_have_text(size.to_bytes(4, "big").hex(" "))

    await inspector.get_by_label("Type", exact=True).select_option("login")
    await frames.get_by_role("button").last.click()
    await expect(frame).to_contain_text('"resume": "***"')

    await inspector.get_by_label("Type", exact=True).select_option("")
    await inspector.get_by_role("button", name="Pause").click()
    before = await inspector.locator(".inspector-count").inner_text()
    await alice.say("nobody looks")
    await alice.sees("nobody looks")
    assert await inspector.locator(".inspector-count").inner_text() == before


async def test_a_few_letters_lead_anywhere(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    await alice.say("/join #gardening")
    await alice.page.get_by_role("heading", name="#gardening").wait_for()
    await alice.page.keyboard.press("Control+k")
    await dialog(alice, "Go to")
    await alice.page.keyboard.type("lob")
    await expect(alice.page.get_by_role("option", selected=True)).to_have_text(re.compile("#lobby"))
    await alice.page.keyboard.press("Enter")
    await alice.page.get_by_role("heading", name="#lobby").wait_for()
    await alice.page.keyboard.press("Alt+ArrowDown")
    await alice.page.get_by_role("heading", name="#gardening").wait_for()
    await alice.composer.blur()
    await alice.page.keyboard.press("?")
    sheet = await dialog(alice, "Keyboard")
    await expect(sheet).to_contain_text("the next room with news")
    await alice.page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
