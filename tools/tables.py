"""The tables of docs/protocol.md, from the types, by the name of the marker where they stand.

`request-post`, `answer-post`, `body-message`, `signal-state`, `object-sender`: one for each type; `error`, `event`, `signal`,
`goodbye`: what the server sends; `codes`; `rights`. The page has a heading for each object in others, so that tables can link
to it.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import get_args

import msgspec
from msgspec import inspect

from roomful import errors
from roomful.domain import answers, commands, events
from roomful.domain.rights import RIGHTS, ROLES, RoomKind

from .catalogue import ANSWERS, BODIES, OBJECTS, PUSHED, REQUESTS, SIGNALS, StructType

HEADER = "| field | type | default | meaning |\n|---|---|---|---|"
LINKS: dict[type, str] = {
    **{kind: f"[{name}](#{name})" for name, kind in OBJECTS.items()},
    events.Event: "[event](#event)",
}
GROUPS = {
    errors.Conflict,
    errors.TryLater,
    errors.Ended,
    errors.ModelError,
    errors.ModelTrouble,
}  # never sent themselves


def tables() -> dict[str, Callable[[], str]]:
    """What can stand in the page, by marker."""
    known: dict[str, Callable[[], str]] = {"codes": codes_table, "rights": rights_table}
    for prefix, kinds, besides in (
        ("request-", REQUESTS, " and `id`"),
        ("answer-", ANSWERS, " and `re`"),
        ("body-", BODIES, ""),
        ("signal-", SIGNALS, ""),
        ("object-", OBJECTS, ""),
        ("", PUSHED, ""),
    ):
        known |= {prefix + name: partial(field_table, kind, besides) for name, kind in kinds.items()}
    return known


def required() -> set[str]:
    """The markers without which a type of the protocol would be nowhere explained."""
    of_answers = {kind: f"answer-{name}" for name, kind in reversed(ANSWERS.items()) if kind is not answers.Done}
    return (
        {f"request-{name}" for name in REQUESTS}
        | {f"body-{name}" for name in BODIES}
        | {f"signal-{name}" for name in SIGNALS}
        | {f"object-{name}" for name in OBJECTS}
        | {*of_answers.values(), *PUSHED, "codes", "rights"} - {"ok"}
    )


def field_table(kind: StructType, besides: str = "") -> str:
    """A row for each field of a type. The `id` of requests is explained once for all."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    fields = info.fields
    if issubclass(kind, commands.Request):
        fields = tuple(sorted((field for field in fields if field.encode_name != "id"), key=place))
    rows = [field_row(kind, field) for field in fields]
    return "\n".join([HEADER, *rows]) if rows else f"No fields besides `type`{besides}."


def place(field: inspect.Field) -> int:
    """Where a request's field stands in its table: what all commands upon rooms have frames what is their own."""
    return {"room": 0, "nonce": 1, "again": 3}.get(field.encode_name, 2)


def field_row(kind: StructType, field: inspect.Field) -> str:
    """One field. Raises ValueError if nobody has described it."""
    type_, description = type_text(field.type)
    if isinstance(field.type, inspect.RawType):
        type_ = "object"
    if not description:
        raise ValueError(f"{kind.__module__}.{kind.__qualname__}.{field.name} has no description")
    default = "*required*" if field.required else f"`{json_text(default_of(field))}`"
    return f"| `{field.encode_name}` | {type_} | {default} | {cell(description)} |"


def default_of(field: inspect.Field) -> object:
    """The value of a field that is left out; msgspec keeps an empty object or list as what makes one."""
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def type_text(type_: inspect.Type) -> tuple[str, str]:
    """A type in a few words, and its description, wherever it stands."""
    match type_:
        case inspect.Metadata():
            text, inner = type_text(type_.type)
            return text, (type_.extra_json_schema or {}).get("description", "") or inner
        case inspect.UnionType():
            parts = [type_text(part) for part in type_.types]
            words = [text for text, _ in parts]
            return (", or " if "," in words[0] else " or ").join(words), next((d for _, d in parts if d), "")
        case inspect.TupleType():
            return f"[{', '.join(type_text(item)[0] for item in type_.item_types)}]", ""
        case inspect.VarTupleType() | inspect.CollectionType():
            text, _ = type_text(type_.item_type)
            return f"list of {text}", ""
        case inspect.DictType():
            return f"object of {type_text(type_.value_type)[0]}", ""
        case inspect.StructType():
            return LINKS[type_.cls], (type_.cls.__doc__ or "").partition("\n")[0]
        case inspect.LiteralType():
            return ", ".join(f"`{json_text(value)}`" for value in type_.values), ""
        case inspect.IntType() | inspect.FloatType():
            word = "integer" if isinstance(type_, inspect.IntType) else "number"
            return word + (f", above {type_.gt:,}" if type_.gt is not None else span(type_.ge, type_.le)), ""
        case inspect.StrType():
            return "string" + span(type_.min_length, type_.max_length, " characters"), ""
        case _:
            return {inspect.BoolType: "boolean", inspect.NoneType: "null"}.get(type(type_), "object"), ""


def span(least: float | None, most: float | None, unit: str = "") -> str:
    """', 1 to 500'; a bound at the end of what JSON numbers hold is said in words."""
    top = "2⁵³ - 1" if most == 2**53 - 1 else f"{most:,}" if most is not None else ""
    if least is None and most is None:
        return ""
    if most is None:
        return f", at least {least:,}{unit}"
    return f", at most {top}{unit}" if least is None else f", {least:,} to {top}{unit}"


def json_text(value: object) -> str:
    """A value as it stands in JSON."""
    return msgspec.json.encode(value).decode()


def cell(text: str) -> str:
    """Text that does not end its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def rights_table() -> str:
    """Who may do what: a row for each action, a column for each kind of room."""
    kinds = get_args(RoomKind)
    head = ["| action | " + " | ".join(f"`{kind}`" for kind in kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    rows = [f"| `{action}` | " + " | ".join(who(row[kind]) for kind in kinds) + " |" for action, row in RIGHTS.items()]
    return "\n".join([*head, *rows])


def who(roles: Iterable[str]) -> str:
    """Who these are, in the order of the table of roles."""
    some = [role for role in ROLES if role in roles]
    if len(some) == len(ROLES):
        return "everybody"
    return ", ".join(some) or "nobody"


def codes_table() -> str:
    """Every code, in the order of errors.py."""
    rows = [f"| `{error.code}` | {cell(error.summary)} | {sent_in(error)} |" for error in own_codes()]
    return "\n".join(["| code | meaning | sent in |", "|---|---|---|", *rows])


def own_codes() -> Iterable[type[errors.RoomfulError]]:
    """The codes of the wire: clients define errors of their own below the same root, and groups stand for their members."""
    return (error for error in errors.codes() if error.__module__ == errors.__name__ and error not in GROUPS)


def sent_in(error: type[errors.RoomfulError]) -> str:
    """Which object bears the code."""
    if issubclass(error, errors.Ended):
        return "`goodbye`"
    return "`error`, with `retry_after`" if issubclass(error, errors.TryLater) else "`error`"
