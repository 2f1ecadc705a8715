"""What the documents show is so: objects in docs/protocol.md parse, bytes are frames of the line above them, links lead on."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from roomful.domain.answers import Done, Page
from roomful.domain.events import Unknown
from roomful.protocol import native
from roomful.protocol.frames import frame
from tools.catalogue import ANSWERS

ROOT = Path(__file__).parents[1]
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
PROTOCOL = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)\s]*)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')


class Said(NamedTuple):
    """One line of an example: who says it, what it is an answer to, and the payload."""

    way: str
    asked: str  # the type of the request that has the reply's number; empty if there is none
    payload: str


def examples(text: str) -> Iterator[Said]:
    for language, block in FENCE.findall(text):
        if language:
            continue
        requests: dict[int | None, str] = {}
        for line in block.splitlines():
            way, payload = line[:3].strip(), line[3:]
            if way in ("->", "<-") and payload.startswith("{"):
                fields = json.loads(payload)
                if way == "->":
                    requests[fields.get("id")] = fields["type"]
                yield Said(way, requests.get(fields.get("re"), ""), payload)


def server_part() -> str:
    """The page without the section on one to one, which has objects of its own."""
    before, _, rest = PROTOCOL.partition("\n## 9 ")
    return before + "\n## 10 " + rest.partition("\n## 10 ")[2]


@pytest.mark.parametrize("said", list(examples(server_part())), ids=lambda said: said.payload[:60])
def test_an_example_is_of_the_protocol(said: Said) -> None:
    payload = said.payload.encode()
    if said.way == "->":
        native.decode_request(payload)
        return
    match native.decode_pushed(payload):
        case native.Reply(error=None):
            kind = ANSWERS[said.asked]
            if kind is not Done:
                native.decode_answer(payload, native.WirePage if kind is Page else kind)
        case native.Told(body=body):
            assert not isinstance(body, Unknown)
        case native.Signalled(body=body):
            assert body is not None
        case other:
            assert other is not None


def test_every_request_has_an_example() -> None:
    shown = {json.loads(said.payload)["type"] for said in examples(server_part()) if said.way == "->"}
    assert shown == set(native.REQUEST_TYPES)


def test_bytes_are_the_frame_of_the_line_above_them() -> None:
    blocks = FENCE.findall(PROTOCOL)
    checked = 0
    for (_, above), (language, rows) in pairwise(blocks):
        if language == "hex":
            shown = bytes.fromhex("".join(row[:47] for row in rows.splitlines()))
            payload = above.splitlines()[0][3:].encode()
            assert shown == frame(payload), above.splitlines()[0]
            checked += 1
    assert checked >= 15


@pytest.mark.parametrize("name", ["error", "goodbye"])
def test_codes_in_examples_exist(name: str) -> None:
    codes = set(re.findall(r"^\| `(\w+)` \|", PROTOCOL.partition("\n## 8 ")[2].partition("\n## ")[0], re.MULTILINE))
    shown = {f["code"] for said in examples(PROTOCOL) if (f := json.loads(said.payload))["type"] == name}
    assert shown
    assert shown <= codes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = [link for link in LINK.findall(text) if not leads_somewhere(page, link)]
    assert not broken


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """The names that headings get from their texts, and those given by hand."""
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(FENCE.sub("", text)):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        while slug in found:
            slug += "-1"
        found.add(slug)
    return found


def test_the_python_in_the_protocol_page_cuts_frames() -> None:
    code = next(block for language, block in FENCE.findall(PROTOCOL) if language == "python")
    names: dict[str, object] = {"json": json}
    exec(code, names)
    make, cut = names["frame"], names["cut"]
    assert callable(make)
    assert callable(cut)
    wanted = [{"type": "ping", "id": n, "text": "í" * n} for n in range(3)]
    whole = b"".join(make(item) for item in wanted)
    got, rest = [], b""
    for byte in whole:
        objects, rest = cut(rest + bytes([byte]))
        got += objects
    assert got == wanted
    assert rest == b""
    assert cut(whole) == (wanted, b"")
    assert msgspec.json.decode(whole[4 : 4 + int.from_bytes(whole[:4], "big")]) == wanted[0]
