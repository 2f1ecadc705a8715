"""In the rooms, as whoever owns the server: everything there is to see."""

from playwright.async_api import Error, FilePayload, Locator, Page, expect

from tests.browser.visiting import Visitor
from tests.support.provider import Call, Dear, Fault
from tests.support.raw import RawClient
from tools.gallery import story
from tools.gallery.stage import Stage

Clients = dict[str, RawClient]


async def play(stage: Stage) -> None:
    """One evening, from the empty lobby to the last dialog."""
    ann = await stage.owner()
    await expect(ann.page.locator(".room-bots")).to_be_visible()
    await stage.shots.take(ann.page, "lobby-empty", main=True)
    people = await story.fill(stage, ann)
    await story.rooms(stage, ann, people)
    for scene in (_room, _lines, _composer, _bots, _panels, _dialogs, _places, _voice, _german):
        try:
            await scene(stage, ann, people)
        except (Error, AssertionError) as why:  # the others are still to be seen
            stage.shots.faults.append(f"{scene.__name__} was not played to its end: {why}")
            await ann.page.goto(f"{ann.base}/r/lobby")
            await ann.is_in()


async def _room(stage: Stage, ann: Visitor, _: Clients) -> None:
    """The busy room, from its end and from its beginning."""
    page, take = ann.page, stage.shots.take
    await take(page, "room-end", main=True)
    for number in range(1, 4):
        await page.evaluate("document.querySelector('.lines').scrollBy(0, -480)")
        await page.wait_for_timeout(150)
        await take(page, f"room-{number}", main=number < 3)
    await page.get_by_role("button", name="To the newest line").click()
    await page.set_viewport_size({"width": 320, "height": 568})
    await page.get_by_role("button", name="Show the rooms").click()
    await stage.shots.once(page, "rooms-list", "320")
    await page.get_by_role("button", name="Hide the rooms").click()
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_label("Filter rooms").fill("garden")
    await take(page, "rooms-filter-none")
    await page.get_by_label("Filter rooms").fill("")


async def _lines(stage: Stage, ann: Visitor, people: Clients) -> None:
    """What is done with one line: its buttons, menu, reactions, thread, history."""
    page, take = ann.page, stage.shots.take
    line = ann.lines.filter(has_text="do we meet on the roof").last
    await line.hover()
    await take(page, "line-hover")
    await line.get_by_role("button", name="React", exact=True).click()
    await take(page, "line-reactions")
    await page.keyboard.press("Escape")
    await line.get_by_role("button", name="More", exact=True).click()
    await take(page, "line-menu")
    await page.get_by_role("menuitem", name="Pin").click()
    await page.get_by_text("ann pinned a line").wait_for()
    await line.focus()
    await page.keyboard.press("Delete")
    await take(page, "line-erase")
    await page.keyboard.press("Escape")
    thread = ann.lines.filter(has_text="What is left").first
    await thread.get_by_role("button", name="3 replies").click()
    await page.get_by_role("complementary", name="Thread").get_by_text("screws").wait_for()
    await take(page, "thread", main=True)
    await page.get_by_role("complementary").get_by_role("button", name="Close").click()
    await ann.lines.get_by_role("button", name="edited").first.click()
    await page.get_by_role("dialog").wait_for()
    await take(page, "line-history", main=True)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="To the newest line").click()
    for nick in ("bob", "cem"):
        await people[nick].ok("typing", room="#lobby")
    await page.get_by_text("are typing").wait_for()
    await take(page, "typing")


async def _composer(stage: Stage, ann: Visitor, _: Clients) -> None:
    """Writing: completions, several lines, an answer, an edit, files on their way, what is refused."""
    page, take = ann.page, stage.shots.take
    for name, typed in (("mention", "hello @"), ("room", "see #"), ("command", "/"), ("emoji", "tea :te")):
        await ann.composer.fill("")
        await ann.composer.press_sequentially(typed)
        await page.get_by_role("option").first.wait_for()
        await take(page, f"complete-{name}", main=name == "command")
        await page.keyboard.press("Escape")
    await ann.composer.fill(
        "one\n\ntwo, which is a longer line than the others, so that it has to be broken somewhere\n" * 6
    )
    await take(page, "composer-lines", main=True)
    await ann.composer.fill("/nonsense")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    await take(page, "composer-wrong")
    await ann.composer.fill("")
    await page.keyboard.press("ArrowUp")
    await take(page, "composer-edit")
    await page.keyboard.press("Escape")
    line = ann.lines.filter(has_text="do we meet on the roof").last
    await line.focus()
    await page.keyboard.press("r")
    await take(page, "composer-reply", main=True)
    await page.keyboard.press("Escape")
    await _uploads(stage, ann)


async def _uploads(stage: Stage, ann: Visitor) -> None:
    page = ann.page
    await page.route("**/api/v1/rooms/*/files?name=slow*", lambda _: None)  # never answered
    picker = page.locator(".room > .composer input[type=file]")
    body = b"x" * 5000
    names = ("notes.txt", "slow.zip", "slow and with a name that does not fit into any line of a small screen.tar.gz")
    await picker.set_input_files([FilePayload(name=one, mimeType="text/plain", buffer=body) for one in names])
    await page.route("**/api/v1/rooms/*/files?name=refused*", lambda route: route.abort())
    await picker.set_input_files([FilePayload(name="refused.txt", mimeType="text/plain", buffer=body)])
    await page.locator(".upload-refused").wait_for()
    await stage.shots.take(page, "composer-files", main=True)
    while await page.locator(".upload").count():
        await page.get_by_role("button", name="Do not send").first.click()


async def _bots(stage: Stage, ann: Visitor, people: Clients) -> None:
    """Bots: verdicts, an answer that grows, a question for leave, a conversation."""
    page, take, provider = ann.page, stage.shots.take, stage.provider
    await story.say(people["bob"], "who has the key of the shed?")
    await page.locator(".verdict").last.scroll_into_view_if_needed()
    await take(page, "verdict", main=True)
    await page.locator(".lines").first.press("End")
    provider.next(
        Dear("The one who *asked*: TCP shares a bottleneck evenly among flows with the same round-trip time.")
    )
    await ann.say("@gpt is TCP fair?")
    await ann.sees("shares a bottleneck")
    provider.next(Fault("stall"))
    await ann.say("@gpt and what decides how fast it is?")
    await page.get_by_role("button", name="Stop", exact=True).wait_for()
    await expect(page.locator(".row-growing")).to_contain_text("round")
    await take(page, "streaming", main=True)
    await page.get_by_role("button", name="Stop", exact=True).click()
    await page.get_by_text("Stopped before its end.").wait_for()
    await take(page, "stopped")
    provider.next(Call("files__write", {"path": "note.txt", "text": "We meet on Friday, on the roof."}), "Noted.")
    await ann.say("@gpt write down that we meet on Friday")
    card = page.get_by_role("group", name="gpt asks to use files.write")
    await card.wait_for()
    await take(page, "approval", main=True)
    await card.get_by_role("button", name="Approve").click()
    await ann.sees("Noted.")
    await take(page, "approved")
    await ann.say("/duet")
    form = page.get_by_role("dialog")
    await form.get_by_text("eliza").click()
    await take(page, "duet-form", main=True)
    await form.get_by_text("parry").click()
    await form.get_by_label("About what").fill("horses")
    await form.get_by_role("button", name="Begin").click()
    await page.get_by_role("group", name="Conversation of bots").get_by_text("turn").wait_for()
    await take(page, "duet", main=True)
    await ann.say("and donkeys?")
    await page.get_by_role("button", name="Continue").wait_for()
    await take(page, "duet-interrupted")
    await page.get_by_role("group", name="Conversation of bots").get_by_role("button", name="Stop").click()


async def _panels(stage: Stage, ann: Visitor, _: Clients) -> None:
    """What stands beside the timeline."""
    page, take = ann.page, stage.shots.take
    await _opened(page, "d", "#lobby")
    await take(page, "details", main=True)
    side = page.locator(".aside")
    for name in ("Pinned", "Files", "Log"):
        await side.get_by_role("tab", name=name).click()
        await side.locator(".spinner").first.wait_for(state="hidden")
        await take(page, f"details-{name.lower()}")
    await side.get_by_role("tab", name="member").click()
    await side.get_by_role("button", name="What to do about bob").click()
    await take(page, "member-menu")
    await page.get_by_role("menuitem", name="Ban", exact=True).click()
    await page.get_by_role("dialog").wait_for()
    await take(page, "ban", main=True)
    await page.keyboard.press("Escape")
    bots = await _opened(page, "b", "Bots")
    await bots.locator(".bot-card").first.wait_for()
    await take(page, "bots", main=True)
    await bots.get_by_role("button", name="gpt").first.click()
    for name in ("About", "Why", "Memory"):
        await side.get_by_role("tab", name=name).click()
        await side.locator(".spinner").first.wait_for(state="hidden")
        await take(page, f"bot-{name.lower()}", main=name == "Why")
    await ann.say("/why")
    await side.get_by_role("tab", name="Totals").wait_for()
    await take(page, "why", main=True)
    await side.get_by_role("tab", name="Totals").click()
    await take(page, "why-totals")
    await _found(stage, ann)
    frames = await _opened(page, "i", "Protocol inspector")
    await frames.get_by_role("log").get_by_role("button").last.click()
    await take(page, "inspector", main=True)
    await page.keyboard.press("Control+Alt+i")


async def _found(stage: Stage, ann: Visitor) -> None:
    page, take = ann.page, stage.shots.take
    search = await _opened(page, "f", "Search")
    await take(page, "search")
    await search.get_by_label("Search").fill("roof")
    await search.locator(".hit").first.wait_for()
    await take(page, "search-found", main=True)
    await search.get_by_label("Search").fill("walrus")
    await search.get_by_text("Nothing was found.").wait_for()
    await take(page, "search-nothing")


async def _opened(page: Page, keys: str, title: str) -> Locator:
    await page.keyboard.press(f"Control+Alt+{keys}")
    found = page.get_by_role("complementary", name=title)
    await found.wait_for()
    return found


async def _dialogs(stage: Stage, ann: Visitor, _: Clients) -> None:
    """What stands above the page."""
    page, take = ann.page, stage.shots.take
    await page.keyboard.press("Control+k")
    await page.get_by_role("option").first.wait_for()
    await take(page, "switcher", main=True)
    await page.keyboard.type("xyzzy")
    await take(page, "switcher-none")
    await page.keyboard.press("Escape")
    await ann.composer.blur()
    await page.keyboard.press("?")
    await page.get_by_role("dialog").wait_for()
    await take(page, "shortcuts", main=True)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Go to a day").click()
    await take(page, "date")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="You, and settings").click()
    await take(page, "me-menu")
    await page.keyboard.press("Escape")
    await ann.say("/settings")
    await _tabs(stage, ann, "settings", ("You", "Account", "Devices", "Appearance", "Notifications"))
    await page.keyboard.press("Control+Alt+d")
    await page.get_by_role("button", name="Room settings").click()
    await _tabs(stage, ann, "room-settings", ("General", "Webhooks", "Name and end"))
    await page.keyboard.press("Control+Alt+d")
    await page.get_by_role("button", name="You, and settings").click()
    await page.get_by_role("menuitem", name="Administration").click()
    await _tabs(stage, ann, "admin", ())
    await page.keyboard.press("Control+Alt+b")
    await page.get_by_role("button", name="Add a bot").click()
    await page.get_by_role("dialog").wait_for()
    await take(page, "bot-form", main=True)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Alt+b")


async def _tabs(stage: Stage, ann: Visitor, name: str, tabs: tuple[str, ...]) -> None:
    """Each tab of the dialog that is being opened; it is closed at the end."""
    page = ann.page
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("tab").first.wait_for()
    for tab in tabs or await dialog.get_by_role("tab").all_inner_texts():
        await dialog.get_by_role("tab", name=tab, exact=True).click()
        await dialog.locator(".spinner").first.wait_for(state="hidden")
        await stage.shots.take(page, f"{name}-{tab.lower().replace(' ', '-')}", main=True)
    await page.keyboard.press("Escape")


async def _places(stage: Stage, ann: Visitor, _: Clients) -> None:
    """Addresses: a line, a room that is not there; a private room, a direct one, days, and the microphone."""
    page, take = ann.page, stage.shots.take
    await page.goto(f"{ann.base}/r/archive/9")
    await ann.is_in()
    await page.locator(".flash").wait_for()
    await take(page, "line-linked", main=True)
    await page.goto(f"{ann.base}/r/never-was-there/4")
    await page.locator("#app > *").first.wait_for()
    await page.wait_for_timeout(600)
    await take(page, "room-not-there", main=True)
    await page.goto(f"{ann.base}/r/kitchen")
    await ann.is_in()
    await page.wait_for_timeout(400)
    await take(page, "room-unread", main=True)
    rooms = page.get_by_role("navigation", name="Rooms")
    await rooms.get_by_role("button", name="bob").click()
    await page.get_by_role("heading", name="bob").wait_for()
    await take(page, "direct", main=True)
    await rooms.get_by_role("button", name="a-room-with").click()
    await page.get_by_role("heading", name="#a-room-with").wait_for()
    await take(page, "room-long-name", main=True)
    await rooms.get_by_role("button", name="lobby").click()
    await page.get_by_role("heading", name="#lobby").wait_for()


async def _voice(stage: Stage, ann: Visitor, _: Clients) -> None:
    """Where clips go, and while one talks."""
    if not stage.speaks:
        return
    page, take = ann.page, stage.shots.take
    talk = page.get_by_role("button", name="Talk: hold, or click")
    await talk.click()
    await page.get_by_role("dialog").wait_for()
    await take(page, "voice-where", main=True)
    await page.get_by_role("button", name="I want to talk").click()
    await talk.click()
    await page.get_by_text("You are being recorded").wait_for()
    await take(page, "voice-recording", main=True)
    await page.get_by_role("button", name="Do not send it").click()


async def _german(stage: Stage, ann: Visitor, _: Clients) -> None:
    """Long words: what is opened by keys and commands, in German, on wide and small screens."""
    page, shots = ann.page, stage.shots
    await page.evaluate("localStorage.setItem('roomful.language', 'de')")
    await page.reload()
    await ann.is_in()
    await shots.once(page, "german-room", "de")
    for keys, name in (("d", "details"), ("b", "bots"), ("f", "search"), ("i", "inspector")):
        await page.keyboard.press(f"Control+Alt+{keys}")
        await page.locator(".aside").wait_for()
        await page.wait_for_timeout(300)
        await shots.once(page, f"german-{name}", "de")
        await shots.narrow(page, f"german-{name}")
    await page.keyboard.press("Control+Alt+i")
    for command in ("settings", "help", "duet"):
        await ann.say(f"/{command}")
        dialog = page.get_by_role("dialog")
        await dialog.wait_for()
        tabs = dialog.get_by_role("tab")
        for number in range(max(1, await tabs.count())):
            if await tabs.count():
                await tabs.nth(number).click()
            await shots.once(page, f"german-{command}-{number}", "de")
            await shots.narrow(page, f"german-{command}-{number}")
        await page.keyboard.press("Escape")
