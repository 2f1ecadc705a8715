"""docs/schema/roomful-native-1.json: the native protocol as one JSON Schema (draft 2020-12)."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from roomful.domain import answers
from roomful.protocol import native

from .catalogue import ANSWERS, BODIES, OBJECTS, PUSHED, REQUESTS, SIGNALS, StructType

Schema = dict[str, Any]
REF = "#/$defs/"


def native_schema() -> str:
    """The file's content."""
    names = _names()
    replies, defs = _components(names)
    defs |= replies
    defs["OkReply"] = _any_of("The reply to a request that was done.", replies)
    defs["AnyBody"] = _open_union("What an event says.", names, BODIES)
    defs["AnySignal"] = _open_union("What a signal says.", names, SIGNALS)
    _set_raw(defs)
    defs["Request"] = _any_of("What a client sends.", (names[kind] for kind in REQUESTS.values()))
    pushed = (names[kind] for kind in PUSHED.values() if kind is not native.Ok)
    defs["FromServer"] = _any_of("What a server sends.", ("OkReply", *pushed))
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:roomful:native:{native.VERSION}",
        "title": f"Roomful's native protocol, version {native.VERSION}",
        "description": "One payload, as docs/protocol.md explains it. A reader ignores fields that are not listed here.",
        "anyOf": [{"$ref": REF + "Request"}, {"$ref": REF + "FromServer"}],
        "$defs": dict(sorted(defs.items())),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _names() -> dict[StructType, str]:
    """A name for each type that tells a request to join from the event of joining."""
    named = {kind: f"{kind.__name__}Request" for kind in REQUESTS.values()}
    named |= {kind: f"{kind.__name__}Body" for kind in BODIES.values()}
    named |= {kind: f"{kind.__name__}Signal" for kind in SIGNALS.values()}
    named |= {kind: kind.__name__.removesuffix("Frame") for kind in PUSHED.values()}
    return named | {kind: kind.__name__ for kind in OBJECTS.values()}


def _components(names: dict[StructType, str]) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """The schemas of `ok` replies, by name, and of everything else."""
    kinds = [*names, *dict.fromkeys(ANSWERS.values())]
    refs, found = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
    schemas = {kind: found[ref["$ref"].removeprefix(REF)] for kind, ref in zip(kinds, refs, strict=True)}
    schemas[answers.Page]["properties"]["events"]["items"] = {"$ref": REF + names[native.EventFrame]}
    ours = {ref["$ref"]: REF + names[kind] for kind, ref in zip(kinds, refs, strict=True) if kind in names}
    schemas = {kind: _refined(schema, ours) for kind, schema in schemas.items()}
    defs = {name: {**schemas[kind], "title": name} for kind, name in names.items() if kind is not native.Ok}
    replies = {
        (title := request.title().replace("_", "") + "Ok"): _ok(title, request, schemas[native.Ok], schemas[answer])
        for request, answer in ANSWERS.items()
    }
    return replies, defs


def _ok(title: str, request: str, envelope: Schema, answer: Schema) -> Schema:
    """The `ok` reply to a request: the envelope's fields and its answer's."""
    return {
        "title": title,
        "description": f"The reply to `{request}`.",
        "type": "object",
        "properties": {**envelope["properties"], **answer["properties"]},
        "required": [*envelope["required"], *answer["required"]],
    }


def _refined(schema: Any, refs: dict[str, str]) -> Any:
    """The schema with our names in its references, a constant as `const`, and a nullable field's description at its top."""
    if isinstance(schema, list):
        return [_refined(item, refs) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(enum := schema.get("enum"), list) and len(enum) == 1:
        schema = {("const" if key == "enum" else key): (enum[0] if key == "enum" else v) for key, v in schema.items()}
    new = {key: refs.get(value, value) if key == "$ref" else _refined(value, refs) for key, value in schema.items()}
    first = new["anyOf"][0] if "anyOf" in new else {}
    return {"description": first.pop("description"), **new} if "description" in first else new


def _any_of(description: str, names: Iterable[str]) -> Schema:
    return {"description": description, "anyOf": [{"$ref": REF + name} for name in names]}


def _open_union(description: str, names: dict[StructType, str], kinds: dict[str, StructType]) -> Schema:
    """One of these, or an object of a type that came later."""
    later = {
        "description": "A type that came after this version: count it, show a stub, ignore a signal.",
        "type": "object",
        "properties": {"type": {"type": "string", "not": {"enum": sorted(kinds)}}},
        "required": ["type"],
    }
    schema = _any_of(description, (names[kind] for kind in kinds.values()))
    return {**schema, "anyOf": [*schema["anyOf"], later]}


def _set_raw(defs: dict[str, Schema]) -> None:
    """Bodies travel as the bytes they were stored as, of which msgspec knows no type."""
    defs["Event"]["properties"]["body"] = {"$ref": REF + "AnyBody"}
    defs["Signal"]["properties"]["body"] = {"$ref": REF + "AnySignal"}
