"""The documentation, rendered from the OpenAPI document: what there is, how it is asked with curl, what a code means.

Plain HTML and CSS: there is no script in it, and its headers would let none run.
"""

import hashlib
import html
import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from roomful.errors import codes

from ..problems import status_of
from .openapi import REF, Schema, document
from .parts import parts
from .routes import BASE, GROUPS, IN_PATHS, Route

CSP = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HERE = "http://127.0.0.1:5003"  # in examples, where nothing better is known

STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1rem }
nav a { margin-right: 1em }
h2 { margin-top: 3rem; border-bottom: 1px solid #8886 }
h3 { margin-top: 2.5rem; font: 600 1rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere }
h3 b { display: inline-block; min-width: 4.5em }
code, pre { font: .9rem/1.5 ui-monospace, monospace; background: #8882; border-radius: .3em }
code { padding: .1em .3em }
pre { padding: .7em 1em; overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #8883 }
td:first-child { white-space: nowrap }
"""


class Pages:
    """Their answers."""

    async def openapi(self, request: web.Request) -> web.StreamResponse:
        """The OpenAPI document."""
        return _answer(request, openapi_json(), "application/json")

    async def docs(self, request: web.Request) -> web.StreamResponse:
        """What there is."""
        return _answer(request, docs_page(), "text/html")

    async def errors(self, request: web.Request) -> web.StreamResponse:
        """What the codes mean."""
        return _answer(request, errors_page(), "text/html")

    async def style(self, request: web.Request) -> web.StreamResponse:
        """How the pages look."""
        return _answer(request, STYLE.encode(), "text/css")


def _answer(request: web.Request, body: bytes, media: str) -> web.StreamResponse:
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    known = any(one.value == etag for one in request.if_none_match or ())
    answer = web.Response(status=304) if known else web.Response(body=body, content_type=media, charset="utf-8")
    answer.etag = etag
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Security-Policy"] = CSP
    return answer


@cache
def openapi_json() -> bytes:
    """The OpenAPI document, as it is served."""
    return json.dumps(document(), ensure_ascii=False).encode()


@cache
def docs_page() -> bytes:
    """The page that explains all routes."""
    info = document()["info"]
    links = "".join(f'<a href="#{_anchor(group)}">{html.escape(group)}</a>' for group in (*GROUPS, "Types"))
    parts = [
        f"<h1>{info['title']}: the HTTP API</h1><p>{_marked(info['description'])}</p>",
        f"<p>Version {info['version']}. For programs: <a href='openapi.json'>openapi.json</a>. ",
        f"What is refused: <a href='errors'>codes</a>.</p><nav>{links}</nav>",
    ]
    for group, routes in GROUPS.items():
        parts.append(f'<h2 id="{_anchor(group)}">{html.escape(group)}</h2>')
        parts += [_explained(route) for route in routes]
    parts.append('<h2 id="types">Types</h2>')
    parts += [_described(name, schema) for name, schema in document()["components"]["schemas"].items()]
    return _page("Roomful: the HTTP API", "".join(parts))


@cache
def errors_page() -> bytes:
    """The page that explains all codes."""
    rows = "".join(
        f'<tr id="{error.code}"><td><code>{error.code}</code><td>{status_of(error("-"))}<td>{_marked(error.summary)}'
        for error in codes()
    )
    head = "<h1>Codes</h1><p>What is refused is a problem (RFC 9457) with one of these as <code>code</code>.</p>"
    return _page("Roomful: codes", f"{head}<table><tr><th>code<th>status<th>meaning{rows}</table>")


def _page(title: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="docs.css"><main>{body}</main></html>'
    ).encode()


def _explained(route: Route) -> str:
    operation = document()["paths"][route.path][route.method.lower()]
    rows = "".join(
        f"<tr><td><code>{name}</code><td>{where}<td>{kind}<td>{text}" for name, where, kind, text in _fields(operation)
    )
    table = f"<table><tr><th>field<th>in<th>type<th>meaning{rows}</table>" if rows else ""
    status, done = next(iter(operation["responses"].items()))
    schema = next(iter(done.get("content", {"": {"schema": {}}}).values()))["schema"]
    answer = f"{status}, {_typed(schema)}" if schema else f"{status}, nothing more"
    return (
        f'<h3 id="{route.name}"><b>{route.method}</b> {html.escape(BASE + route.path)}</h3>'
        f"<p>{_told(route.summary, operation['description'])}</p>{table}"
        f"<p>Answer: {answer}.</p><pre>{html.escape(curl(route))}</pre>"
    )


def _told(summary: str, description: str) -> str:
    """What a route does, once: many a description begins with the summary's words."""
    same = description.lower().startswith(summary.lower())
    return _marked(description if same else f"{summary}. {description}")


def _described(name: str, schema: Schema) -> str:
    """A type of the answers; those of bodies stand where they are sent."""
    if name.endswith("Body"):
        return ""
    rows = "".join(
        f"<tr><td><code>{html.escape(field)}</code><td>{_typed(kind)}<td>{_marked(kind.get('description', ''))}"
        for field, kind in schema.get("properties", {}).items()
    )
    return (
        f'<h3 id="type-{name}">{name}</h3><p>{_marked(schema.get("description", ""))}</p>'
        f"<table><tr><th>field<th>type<th>meaning{rows}</table>"
    )


def _fields(operation: Schema) -> Iterator[tuple[str, str, str, str]]:
    """Name, place, type and meaning of everything that may be said."""
    for one in operation["parameters"]:
        yield (
            one["name"],
            one["in"] + ("" if one.get("required") else ", optional"),
            _typed(one["schema"]),
            _marked(one.get("description", "")),
        )
    if schema := operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"):
        body = document()["components"]["schemas"][schema["$ref"].removeprefix(REF)]
        for name, field in body["properties"].items():
            place = "body" if name in body.get("required", ()) else "body, optional"
            yield name, place, _typed(field), _marked(field.get("description", ""))


def _typed(schema: Schema) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return f'<a href="#type-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_typed(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " ".join(f"<code>{html.escape(json.dumps(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_typed(schema.get('items') or {'type': 'any'})}"
    words = [str(schema.get("type", "any"))]
    least, most = (
        schema.get(one, schema.get(other)) for one, other in (("minimum", "minLength"), ("maximum", "maxLength"))
    )
    if most is not None and most < 2**53 - 1:
        words.append(f"{least or 0:,} to {most:,}" if words[0] == "integer" else f"at most {most:,}")
    return ", ".join(words)


def curl(route: Route, base: str = HERE) -> str:
    """How a route is asked."""
    there = parts(route)
    path = BASE + route.path
    for name in there.path:
        path = path.replace(f"{{{name}}}", quote(str(IN_PATHS[name]), safe=""))
    words = ["curl -sS"]
    if route.media[0] == "text/event-stream":
        words.append("-N")
    if not route.public:
        words.append('-H "Authorization: Bearer $TOKEN"')
    sent = bool(there.body and (route.example or there.needs_body))
    if route.method not in ("GET", "POST") or (route.method == "POST" and not sent and not route.raw):
        words.append(f"-X {route.method}")
    if route.raw:
        words.append(f"-H 'X-Roomful: 1' --data-binary @{route.example['name']}")
    if sent:
        words.append(f"--json '{json.dumps(route.example, ensure_ascii=False)}'")
    query = "?" + urlencode(route.example) if there.query and route.example else ""
    return " ".join(words) + f" '{base}{path}{query}'"


def _marked(text: str) -> str:
    """Text with `code` in it."""
    pieces: list[Any] = html.escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _anchor(group: str) -> str:
    return group.lower().replace(" ", "-")
