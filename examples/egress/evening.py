"""From a page with a list of proxies to a model's answer: found, checked, exported, pooled, used; and one of them dies.

    uv run --group dev python examples/egress/evening.py

Everything is on this machine: the page, the proxies, the provider. No key and no network are needed.
"""

import asyncio
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from examples.ai.play import ROOMFUL, Stage  # noqa: E402 - beside the package, not in it
from tests.support.provider import KEY, Provider  # noqa: E402
from tests.support.proxies import BlackHole, Double, Listening  # noqa: E402

CONFIG = """
[egress]
target = "{target}"

[[egress.sources]]
name = "our list"
url = "{page}"
rows = "table tr"
interval = 0.0
enabled = true

[[bots]]
nick = "gpt"
model = "far:gpt-test"

[providers.far]
base_url = "{provider}"
key = "{key}"
local = false
proxy = "pool"
"""


async def page(proxies: list[Listening], stack: AsyncExitStack) -> str:
    """A page with a table, as sites have it. Its address."""
    rows = "".join(f"<tr><td>127.0.0.1</td><td>{one.port}</td></tr>" for one in proxies)
    table = f"<table><tr><th>Address</th><th>Port</th></tr>{rows}</table>"

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=f"<!doctype html><title>Proxies</title>{table}", content_type="text/html")

    app = web.Application()
    app.router.add_get("/list", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/list"


async def command(folder: Path, *words: str) -> str:
    """Run roomful; what it says on standard output."""
    print(f"$ roomful {' '.join(words)}", flush=True)
    process = await asyncio.create_subprocess_exec(
        ROOMFUL,
        *words,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said = (await process.communicate())[0].decode()
    if process.returncode:
        raise SystemExit(f"roomful {' '.join(words)} ended with {process.returncode}: {said}")
    return said


async def evening(folder: Path, stack: AsyncExitStack) -> None:
    """All of it."""
    provider = await stack.enter_async_context(Provider())
    good = [await stack.enter_async_context(Double(("https", "socks5", "socks5h"))) for _ in range(2)]
    others: list[Listening] = [Double(("https",), rewrite=lambda said: said.replace(b"gpt", b"BUY")), BlackHole()]
    for one in others:
        await stack.enter_async_context(one)
    address = await page([*good, *others], stack)
    stage = Stage(folder, provider, stack)
    config = CONFIG.format(target=provider.openai + "/models", page=address, provider=provider.openai, key=KEY)
    (folder / "roomful.toml").write_text(config, encoding="utf-8")

    found = await command(folder, "proxies", "scrape", "--format", "txt", "--out", "found.txt", "--data", "data")
    print(found + f"{len((folder / 'found.txt').read_text().splitlines())} proxies found")
    await command(folder, "proxies", "check", "found.txt", "--timeout", "1", "--out", "checked.csv", "--data", "data")
    checked = (folder / "checked.csv").read_text("utf-8").splitlines()
    print(f"checked.csv: {sum(',true,' in line.lower() for line in checked)} of {len(checked) - 1} work")
    await command(folder, "proxies", "export", "--out", "good.json", "--data", "data")

    await stage.serve(config)
    ann = await stage.chat("ann")
    before = [one.served for one in good]
    provider.next("Through a proxy, as far as I can tell.")
    await ann.types("@gpt which way did this come?", "Through a proxy")
    used = next(one for one, old in zip(good, before, strict=True) if one.served > old)
    other = next(one for one in good if one is not used)
    served = other.served
    await used.__aexit__(None, None, None)
    print("(the proxy dies)", flush=True)
    provider.next("Through another one.")
    await ann.types("@gpt and now?", "another one")
    assert other.served > served, "the answer came through the other proxy"
    await ann.leaves()


async def main() -> None:
    """Play it in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            await evening(Path(folder), stack)


if __name__ == "__main__":
    asyncio.run(main())
