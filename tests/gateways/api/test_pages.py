"""The documentation: generated, complete, and true where it shows how something is asked."""

import asyncio
import html
import json
import re
import shlex
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from roomful.errors import codes
from roomful.gateways.http.api.openapi import document
from roomful.gateways.http.api.pages import curl
from roomful.gateways.http.api.routes import ROUTES
from tests.support.server import PATIENCE, serve

from .conftest import Api

PAGE = Path(__file__).parents[3] / "docs" / "http-api.md"
WRITTEN = "http://127.0.0.1:5003"  # where the page's examples ask
BLOCKS = re.compile(r"^```(sh|json|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Seen(HTMLParser):
    """What a page holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        named = dict(attrs)
        assert "style" not in named and not any(name.startswith("on") for name in named), (
            "the page's headers let none run"
        )
        if identity := named.get("id"):
            self.ids.add(identity)


async def test_the_page_explains_every_route_and_runs_nothing(api: Api) -> None:
    nobody = await api.nobody()
    answer = await nobody.ask("GET", "/docs")
    text = answer.body.decode()
    seen = Seen(text)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert not seen.tags & {"script", "style", "iframe", "img"}
    assert seen.ids >= {route.name for route in ROUTES}
    assert set(re.findall(r'href="#([^"]+)"', text)) <= seen.ids, "a link leads nowhere"
    for route in ROUTES:
        assert html.escape(curl(route)) in text, route.name
    assert (await nobody.ask("GET", "/docs.css")).headers["Content-Type"].startswith("text/css")


def test_the_lines_ask_as_the_table_says() -> None:
    for route in ROUTES:
        words = shlex.split(curl(route))
        method = (
            words[words.index("-X") + 1]
            if "-X" in words
            else "POST"
            if {"--json", "--data-binary"} & {*words}
            else "GET"
        )
        assert method == route.method, route.name
        assert "{" not in words[-1], route.name


async def test_every_code_is_explained_where_problems_point(api: Api) -> None:
    nobody = await api.nobody()
    problem = (await nobody.ask("GET", "/me")).json
    path, _, anchor = problem["type"].partition("#")
    text = (await nobody.ask("GET", path.removeprefix("/api/v1"))).body.decode()
    assert {error.code for error in codes()} | {anchor} <= Seen(text).ids


async def test_the_document_is_served_and_known_again(api: Api) -> None:
    nobody = await api.nobody()
    answer = await nobody.ask("GET", "/openapi.json")
    assert answer.json == json.loads(json.dumps(document()))
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await nobody.ask("GET", "/openapi.json", headers=known)).status == 304
    written = json.loads((PAGE.parent / "schema" / "roomful-http-1.json").read_text(encoding="utf-8"))
    assert written == answer.json, "write it anew: just docs"


def shape(value: Any) -> Any:
    """What of an object does not change from one run to the next."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_examples_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    """All of them, one after the other, in one shell; what each prints has the shape that the page shows."""
    blocks = BLOCKS.findall(PAGE.read_text(encoding="utf-8"))
    async with serve(tmp_path, environment={"ROOMFUL_ACCOUNTS__REGISTRATION": "open"}) as server:
        script = ["set -euo pipefail"]
        for number, (_, text) in enumerate(block for block in blocks if block[0] == "sh"):
            script += [f"printf '\\n=== {number}\\n'", text.replace(WRITTEN, f"http://{server.http}")]
        pipe = asyncio.subprocess.PIPE
        async with asyncio.timeout(PATIENCE):
            shell = await asyncio.create_subprocess_exec("bash", stdin=pipe, stdout=pipe, stderr=pipe, cwd=tmp_path)
            out, err = await shell.communicate("\n".join(script).encode())
        assert shell.returncode == 0, err.decode()
    printed = re.split(r"^=== \d+\n", out.decode(), flags=re.MULTILINE)[1:]
    checked = 0
    number = -1
    for language, text in blocks:
        if language == "sh":
            number += 1
        elif language == "json":
            assert shape(json.loads(printed[number])) == shape(json.loads(text)), (text, printed[number])
            checked += 1
        else:
            for line in text.splitlines():
                assert line.partition(":")[0] in printed[number], (line, printed[number])
            checked += 1
    assert checked >= 6
