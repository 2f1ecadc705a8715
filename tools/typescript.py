"""web/src/protocol/: the native protocol as TypeScript, so that the compiler checks what the page asks, and what it reads.

`types.ts` holds types only and is gone once compiled. `tables.ts` holds what the page needs while it runs: which commands
carry a nonce, and who may do what. `words.ts` explains requests, events and codes to whoever looks on; it is loaded with the
inspector.
"""

import json
import textwrap
from collections.abc import Iterable
from typing import get_args

from msgspec import inspect

from roomful.domain import commands, events
from roomful.domain.rights import RIGHTS, ROLES, Action, RoomKind
from roomful.protocol import native

from .catalogue import ANSWERS, BODIES, OBJECTS, PUSHED, REQUESTS, SIGNALS, StructType
from .tables import own_codes, type_text

HEAD = "// Written by `python -m tools.generate` from the types of the server: change those, then `just docs`.\n"
WIDTH = 110
RAW = {
    native.EventFrame: "Body",
    native.SignalFrame: "Signal",
}  # their bodies travel as bytes of which msgspec knows no type


def types() -> str:
    """types.ts."""
    names = _names()
    parts = [
        HEAD,
        *(_interface(kind, name, names) for kind, name in names.items()),
        _map("Requests", "What each request takes, besides `type` and `id`.", REQUESTS, names),
        "export type RequestType = keyof Requests",
        _map("Answers", "What the `ok` to each request says, besides `type` and `re`.", ANSWERS, names),
        _nonced_types(),
        _map("Bodies", "What events say, by type. A type that came later is none of these.", BODIES, names),
        "export type Body = Bodies[keyof Bodies]",
        _map("Signals", "What signals say, by type. A type that came later is none of these.", SIGNALS, names),
        "export type Signal = Signals[keyof Signals]",
        "export type FromServer = Ok | ErrorReply | EventFrame | SignalFrame | Goodbye",
        _union("ErrorCode", "Every code of an error or a goodbye.", (error.code for error in own_codes())),
        _union("Action", "What the table of rights is about.", get_args(Action)),
        _union("RoomKind", "The kinds of room.", get_args(RoomKind)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def tables() -> str:
    """tables.ts."""
    rights = {action: {kind: _in_order(roles) for kind, roles in row.items()} for action, row in RIGHTS.items()}
    rows = "".join(f"    {action}: {json.dumps(row)},\n" for action, row in rights.items())
    return "\n".join(
        (
            HEAD,
            "import type { Action, NonceType, RoomKind } from './types'\n",
            "/** Commands that carry a nonce. */",
            f"export const NONCED: ReadonlySet<string> = new Set<NonceType>({json.dumps(_nonced())})\n",
            "/** Who may do what: an action, a kind of room, and the roles that may. */",
            f"export const RIGHTS: Record<Action, Record<RoomKind, readonly string[]>> = {{\n{rows}}}\n",
        )
    )


def words() -> str:
    """words.ts."""
    kinds = {"REQUESTS": REQUESTS, "BODIES": BODIES, "SIGNALS": SIGNALS, "PUSHED": PUSHED}
    parts = [
        f"export const {name}: Record<string, string> = {_literal({tag: _doc(kind) for tag, kind in table.items()})}\n"
        for name, table in kinds.items()
    ]
    codes = {error.code: error.summary for error in own_codes()}
    return "\n".join((HEAD, *parts, f"export const CODES: Record<string, string> = {_literal(codes)}\n"))


# -- names --------------------------------------------------------------------------------------------


def _names() -> dict[StructType, str]:
    """A name for each type, objects before what they stand in; a request to join is told from the event of joining."""
    named = {kind: kind.__name__ for kind in OBJECTS.values()}
    named |= {kind: f"{kind.__name__}Request" for kind in REQUESTS.values()}
    named |= {kind: kind.__name__ if kind.__name__ != "Renamed" else "NickTaken" for kind in ANSWERS.values()}
    named |= {kind: f"{kind.__name__}Body" for kind in BODIES.values()}
    named |= {kind: f"{kind.__name__}Signal" for kind in SIGNALS.values()}
    pushed = {kind: kind.__name__ for kind in PUSHED.values()}
    return named | pushed | {native.Error: "ErrorReply"}


def _nonced() -> list[str]:
    return [tag for tag, kind in REQUESTS.items() if "nonce" in kind.__struct_fields__]


def _nonced_types() -> str:
    return _union("NonceType", "Commands that carry a nonce.", _nonced())


# -- declarations -------------------------------------------------------------------------------------


def _interface(kind: StructType, name: str, names: dict[StructType, str]) -> str:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    fields = [field for field in info.fields if not (issubclass(kind, commands.Request) and field.encode_name == "id")]
    rows = [_field(kind, field, names) for field in fields]
    if info.tag_field and not issubclass(kind, commands.Request):
        rows.insert(0, f"    {info.tag_field}: '{info.tag}'")
    if not rows:
        return f"{_comment(_doc(kind))}export type {name} = Record<never, never>"
    return f"{_comment(_doc(kind))}export interface {name} {{\n" + "\n".join(rows) + "\n}"


def _field(kind: StructType, field: inspect.Field, names: dict[StructType, str]) -> str:
    text = RAW[kind] if field.encode_name == "body" else _type(field.type, names)
    mark = "" if field.required else "?"
    return f"{_comment(type_text(field.type)[1], '    ')}    {field.encode_name}{mark}: {text}"


def _type(type_: inspect.Type, names: dict[StructType, str]) -> str:
    """A type in TypeScript's words."""
    match type_:
        case inspect.Metadata():
            return _type(type_.type, names)
        case inspect.UnionType():
            return " | ".join(dict.fromkeys(_type(part, names) for part in type_.types))
        case inspect.TupleType():
            return f"readonly [{', '.join(_type(item, names) for item in type_.item_types)}]"
        case inspect.VarTupleType() | inspect.CollectionType():
            inner = _type(type_.item_type, names)
            return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
        case inspect.DictType():
            return f"Readonly<Record<string, {_type(type_.value_type, names)}>>"
        case inspect.StructType():
            return "EventFrame" if type_.cls is events.Event else names[type_.cls]
        case inspect.LiteralType():
            return " | ".join(f"'{value}'" for value in type_.values)
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.StrType():
            return "string"
        case inspect.BoolType():
            return "boolean"
        case inspect.NoneType():
            return "null"
        case _:
            raise ValueError(f"TypeScript has no word for {type_} yet: add it to tools/typescript.py")


def _map(name: str, says: str, kinds: dict[str, StructType], names: dict[StructType, str]) -> str:
    rows = "\n".join(f"    {tag}: {names[kind]}" for tag, kind in kinds.items())
    return f"{_comment(says)}export interface {name} {{\n{rows}\n}}"


def _union(name: str, says: str, words: Iterable[str]) -> str:
    rows = "\n".join(f"    | '{word}'" for word in words)
    return f"{_comment(says)}export type {name} =\n{rows}"


# -- words --------------------------------------------------------------------------------------------


def _doc(kind: StructType) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _comment(text: str, indent: str = "") -> str:
    if not text:
        return ""
    lines = textwrap.wrap(text.replace("*/", "* /"), WIDTH - len(indent) - 7, break_on_hyphens=False)
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def _literal(value: object) -> str:
    """A value as JavaScript writes it, which is how JSON does."""
    return json.dumps(value, ensure_ascii=False, indent=4)


def _in_order(roles: Iterable[str]) -> list[str]:
    return [role for role in ROLES if role in roles]
