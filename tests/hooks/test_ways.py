"""Webhooks leave by the way that the settings say."""

from aiohttp import web

from roomful.hooks import Poster
from tests.support.proxy import Proxy


async def test_an_event_goes_through_the_proxy() -> None:
    came: list[bytes] = []

    async def taken(request: web.Request) -> web.Response:
        came.append(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", taken)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Proxy("http", "mail", "secret") as proxy:
        poster = Poster(private=True, proxy=proxy.url)
        outcome = await poster.post(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", {}, b"{}")
        await poster.close()
    await runner.cleanup()
    assert (outcome.status, came, len(proxy.asked)) == (200, [b"{}"], 1)


async def test_what_is_written_as_a_private_address_is_refused_through_a_proxy_too() -> None:
    async with Proxy("http") as proxy:
        poster = Poster(proxy=proxy.url)
        outcome = await poster.post("http://10.0.0.1/hook", {}, b"{}")
        await poster.close()
    assert (outcome.status, proxy.asked) == (0, [])
