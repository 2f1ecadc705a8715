"""The HTTP API under /api/v1: the native protocol in HTTP's words. What there is stands in `routes`, as a table."""

from aiohttp import web

from ..door import Door
from .pages import Pages
from .routes import BASE, ROUTES
from .serving import Api


def add(app: web.Application, door: Door) -> None:
    """Its routes."""
    api, pages = Api(door), Pages()
    for route in ROUTES:
        if not route.elsewhere:
            app.router.add_route(route.method, BASE + route.path, api.handler(route))
            if route.method == "GET" and not route.media[0].startswith("text/event-stream"):
                app.router.add_route("HEAD", BASE + route.path, api.handler(route))
    app.router.add_get(BASE + "/openapi.json", pages.openapi)
    app.router.add_get(BASE + "/docs", pages.docs)
    app.router.add_get(BASE + "/errors", pages.errors)
    app.router.add_get(BASE + "/docs.css", pages.style)
    app.router.add_route("*", BASE + "{tail:(/.*)?}", api.nothing)
    app.on_shutdown.append(api.say_goodbye)
    app.on_cleanup.append(api.close)
