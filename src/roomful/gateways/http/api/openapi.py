"""The table as an OpenAPI 3.1 document. The types are those of the protocol, and so are their descriptions."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, get_args

import msgspec

from roomful.domain.answers import Page
from roomful.domain.events import Event, KnownBody
from roomful.errors import codes
from roomful.protocol.native import EventFrame

from ..problems import Problem
from .asked import KEY, NONCES
from .parts import made, parts
from .routes import BASE, GROUPS, IN_PATHS, ROUTES, Route

Schema = dict[str, Any]
VERSION = "1"
REF = "#/components/schemas/"
COOKIE_NAME = "What browsers have; under TLS it is called `__Host-roomful`."
_EVENT_ID = {"description": "Go on behind this event: its id, as the stream told it.", "type": "string"}
DESCRIPTION = (
    "Roomful's native protocol in HTTP's words. Send `Authorization: Bearer TOKEN`; `POST /login` with `bearer` gives one. "
    "What is refused is a problem (RFC 9457) with a stable `code`. Rooms are `#name` (in a path also just `name`) or `!id`."
)


@cache
def document() -> Schema:
    """The whole document."""
    schemas, refs = _schemas()
    paths: dict[str, Schema] = {}
    for group, routes in GROUPS.items():
        for route in routes:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(group, route, schemas, refs)
    for name in [name for name in schemas if name.endswith(("Query", "Path"))]:
        del schemas[name]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Roomful",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": BASE}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": group} for group in GROUPS],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {"Problem": _problem()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of a device, or of a guest."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "roomful", "description": COOKIE_NAME},
            },
        },
    }


def _problem() -> Schema:
    retry = {"description": "Seconds after which to try again.", "schema": {"type": "integer"}}
    return {
        "description": "It was refused, or failed: `code` says why, for programs, and `detail` for people.",
        "headers": {"Retry-After": retry},
        "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}},
    }


def _operation(group: str, route: Route, schemas: dict[str, Schema], refs: dict[Any, str]) -> Schema:
    there = parts(route)
    operation: Schema = {
        "operationId": route.name,
        "tags": [group],
        "summary": route.summary,
        "description": (route.asks.__doc__ or "").strip(),
        "parameters": [
            *_parameters("path", schemas[_named(route, "Path")], IN_PATHS),
            *_parameters("query", schemas[_named(route, "Query")], route.example),
        ],
        "responses": _responses(route, refs),
    }
    if there.has_nonce:
        nonce = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": f"^{NONCES}$"}
        text = "The command's nonce: sent again with the same one, the first receipt is given again."
        operation["parameters"].append({"name": KEY, "in": "header", "description": text, "schema": nonce})
    if route.media[0] == "text/event-stream":
        operation["parameters"].append({"name": "Last-Event-ID", "in": "header", "schema": _EVENT_ID})
    if route.raw:
        binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": binary}
    if there.body:
        schema = {"$ref": REF + _named(route, "Body")}
        content: Schema = {"schema": schema} | ({"example": route.example} if route.example else {})
        operation["requestBody"] = {"required": there.needs_body, "content": {"application/json": content}}
    if route.public:
        operation["security"] = []
    return operation


def _parameters(where: str, schema: Schema, examples: Mapping[str, Any]) -> list[Schema]:
    found = []
    for name, given in schema["properties"].items():
        plain = _without_null(given)
        description = plain.pop("description", "")
        required = where == "path" or name in schema.get("required", ())
        example = {"example": examples[name]} if name in examples else {}
        found.append(
            {"name": name, "in": where, "required": required, "description": description, "schema": plain, **example}
        )
    return found


def _without_null(schema: Schema) -> Schema:
    """What can stand in an address: there is no null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema = {**{key: value for key, value in schema.items() if key != "anyOf"}, **kinds[0]}
    return {key: value for key, value in schema.items() if not (key == "default" and value is None)}


def _responses(route: Route, refs: dict[Any, str]) -> Schema:
    done: Schema = {"description": "Done." if route.status != 201 else "Made."}
    if route.answer is bytes:
        done["content"] = {media: {"schema": {"type": "string"}} for media in route.media}
    elif route.answer is not None:
        done["content"] = {route.media[0]: {"schema": {"$ref": refs[route.answer]}}}
    found = {str(route.status): done}
    if route.cached:
        done["headers"] = {"ETag": {"schema": {"type": "string"}}}
        found["304"] = {"description": "As it was when you asked with this `If-None-Match`."}
    return found | {kind: {"$ref": "#/components/responses/Problem"} for kind in ("4XX", "5XX")}


# -- types --------------------------------------------------------------------------------------------


def _named(route: Route, part: str) -> str:
    return "".join(map(str.title, route.name.split("_"))) + part


def _schemas() -> tuple[dict[str, Schema], dict[Any, str]]:
    """All types by name, and the reference of each."""
    names: dict[Any, str] = {Problem: "Problem", EventFrame: "Event"}
    for route in ROUTES:
        there = parts(route)
        for part, fields in (("Path", there.path), ("Query", there.query), ("Body", there.body)):
            if part != "Body" or fields:
                names[made(_named(route, part), fields)] = _named(route, part)
        if route.answer is not None and route.answer is not bytes:
            names.setdefault(route.answer, route.answer.__name__)
    bodies = {kind: f"{kind.__name__}Event" for kind in get_args(KnownBody)}
    kinds = [*names, *bodies]
    found, components = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
    renamed = {one["$ref"]: REF + (names | bodies)[kind] for kind, one in zip(kinds, found, strict=True)}
    schemas = {
        renamed.get(REF + name, REF + name).removeprefix(REF): _refined(schema, renamed)
        for name, schema in components.items()
        if name != Event.__name__  # as the store has it: nobody outside sees that one
    }
    _mend(schemas, bodies.values())
    return schemas, {kind: REF + name for kind, name in names.items()}


def _refined(schema: Any, refs: dict[str, str]) -> Any:
    """The schema with our names, and a nullable field's description at its top."""
    if isinstance(schema, list):
        return [_refined(one, refs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    new: Schema = {
        key: refs.get(value, value) if key == "$ref" else _refined(value, refs) for key, value in schema.items()
    }
    first = new["anyOf"][0] if "anyOf" in new else {}
    return {"description": first.pop("description"), **new} if "description" in first else new


def _mend(schemas: dict[str, Schema], bodies: Iterable[str]) -> None:
    """What msgspec cannot know: events are as on the wire, and a body is one of these, or came later."""
    schemas[Page.__name__]["properties"]["events"]["items"] = {"$ref": REF + "Event"}
    later = {"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]}
    known = [{"$ref": REF + name} for name in sorted(bodies)]
    schemas["Event"]["properties"]["body"] = {
        "description": "What happened, told by its `type`. One that is not listed came later: count it, show a stub.",
        "anyOf": [*known, later],
    }
    schemas["Problem"]["properties"]["code"]["examples"] = [error.code for error in codes()][:3]
