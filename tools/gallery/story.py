"""What people say in the gallery's rooms: every form that a line can have."""

import struct
import zlib
from datetime import UTC, datetime, timedelta

from playwright.async_api import FilePayload, expect

from tests.browser.visiting import Visitor
from tests.support.raw import RawClient
from tools.gallery.stage import Stage

LONG_NICK = "Donaudampfschifffahrtsgesellscha"  # the longest there may be
CODE = """A window that grows until something is lost:

```python
def next_window(window: int, lost: bool) -> int:
    \"\"\"Additive increase, multiplicative decrease (RFC 5681).\"\"\"
    if lost:
        return max(window // 2, 1)   # halve it
    return window + 1
```"""
TABLE = """| room | lines | note |
|---|---:|---|
| #lobby | 1,204 | for everybody |
| #kitchen | 87 | what is cooked, and by whom |"""
LISTS = """What is left:

- the **roof**: two boards
- the *cellar*, see [the plan](https://example.org/plan)
    1. pump
    2. lamp

> measure twice, cut once"""
SAID = (
    ("bob", "morning! did anybody water the tomatoes?"),
    ("bob", "they looked thirsty yesterday"),
    ("cem", "I did, at seven :tomato: 🍅"),
    ("cem", CODE),
    ("bob", TABLE),
    (LONG_NICK, LISTS),
    ("نور", "مرحبا بالجميع، متى نلتقي على السطح؟ at four?"),
    ("bob", "a word without an end: " + "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3),
    ("cem", "and a link without one: https://example.org/" + "a-very-long-path/" * 14),
    ("bob", "🎉🎉🎉"),
)


async def fill(stage: Stage, ann: Visitor) -> dict[str, RawClient]:
    """Fill the lobby, and rooms beside it. Answers who is there besides ann."""
    people = {nick: await stage.talker(nick, "#lobby", "#kitchen") for nick in ("bob", "cem", LONG_NICK, "نور")}
    seqs = [await say(people[nick], text) for nick, text in SAID]
    await _done(people, seqs)
    await _asides(people, seqs)
    await _files(ann)
    return people


async def say(who: RawClient, text: str, room: str = "#lobby", **more: object) -> int:
    """Say a line; answers its number."""
    receipt = await who.ok("post", room=room, nonce=f"g{who._id}", text=text, **more)
    return int(receipt["seq"])


async def _done(people: dict[str, RawClient], seqs: list[int]) -> None:
    """Edits, a redaction, reactions, a pin, an answer, a thread."""
    bob, cem = people["bob"], people["cem"]
    await bob.ok(
        "edit", room="#lobby", nonce="e1", seq=seqs[1], text="they looked thirsty yesterday, and the basil too"
    )
    await bob.ok(
        "edit", room="#lobby", nonce="e2", seq=seqs[1], text="they looked thirsty yesterday; the basil did too"
    )
    for nonce, (who, emoji) in enumerate(((bob, "👍"), (cem, "👍"), (people["نور"], "❤️"), (bob, "🍅"))):
        await who.ok("react", room="#lobby", nonce=f"r{nonce}", seq=seqs[2], emoji=emoji)
    for text in ("two boards of oak", "I have some left", "and screws?"):
        await say(cem if "left" in text else bob, text, thread=seqs[5])
    gone = await say(cem, "the code of the door is 4711")
    await cem.ok("redact", room="#lobby", nonce="d1", seq=gone, reason="not here")
    await say(bob, "I can bring them", reply_to=seqs[5])
    await say(cem, "waters the basil", style="action")
    await say(bob, "the kitchen closes at ten", style="notice")
    await say(cem, "@ann do we meet on the roof at four? `roof.sh` is ready")


async def _asides(people: dict[str, RawClient], seqs: list[int]) -> None:
    """Other rooms: one with days in it, one with news, a private one, a direct one."""
    for number in range(6):
        await say(people["bob"], f"soup of the day, number {number + 1}", room="#kitchen")


async def rooms(stage: Stage, ann: Visitor, people: dict[str, RawClient]) -> None:
    """Rooms of ann's besides the lobby."""
    log = stage.folder / "history.weechatlog"
    now = datetime.now(UTC).replace(microsecond=0)
    lines = [(now - timedelta(days=days, minutes=9 - at), at) for days in (400, 3, 1) for at in range(8)]
    log.write_text(
        "".join(
            f"{when:%Y-%m-%d %H:%M:%S}\t{('bob', 'cem')[at // 3 % 2]}\tline {at + 1} of that day\n"
            for when, at in lines
        )
    )
    await stage.command(
        "import", str(log), "--format", "weechat", "--room", "#archive", "--data", str(stage.server.data)
    )
    for line in ("/join #archive", "/join #kitchen", "/join #a-room-with-a-name-that-is-as-long-as-it-may-be"):
        await ann.say(line)
        await ann.page.get_by_role("heading", name=line.removeprefix("/join ")).wait_for()
    await ann.say("/topic what is cooked this week, who cooks it, and who washes up afterwards (nobody, as it seems)")
    await ann.say("/msg bob")
    await ann.page.get_by_role("heading", name="bob").wait_for()
    await ann.say("shall we fetch the boards on Friday?")
    rooms = ann.page.get_by_role("navigation", name="Rooms")
    await rooms.get_by_role("button", name="lobby").click()
    await ann.page.get_by_role("heading", name="#lobby").wait_for()
    await say(people["bob"], "pancakes today", room="#kitchen")
    await say(people["cem"], "@ann you too?", room="#kitchen")


async def _files(ann: Visitor) -> None:
    """A picture and a file, in one line of ann's."""
    picker = ann.page.locator(".room > .composer input[type=file]")
    text = b"Bring: boards, screws, tea.\n"
    sky = FilePayload(name="evening on the roof.png", mimeType="image/png", buffer=picture(640, 360))
    name = "what to bring, and what to leave at home, in the order of weight.txt"
    await picker.set_input_files([sky, FilePayload(name=name, mimeType="text/plain", buffer=text)])
    await expect(ann.page.locator(".upload")).to_have_count(2)
    await expect(ann.page.locator(".upload progress")).to_have_count(0)
    await ann.say("as it looked yesterday, @cem")
    await ann.page.locator(".picture img").first.wait_for()


def picture(width: int, height: int) -> bytes:
    """A PNG of an evening sky: blue above, red below."""
    rows = bytearray()
    for y in range(height):
        part = y / height
        pixel = bytes((int(40 + 200 * part), int(70 + 60 * part), int(150 - 90 * part)))
        rows += b"\0" + pixel * width

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data
