"""Where the fields of a request stand in HTTP, and how they come from there into their types."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct, inspect, structs

from roomful.errors import BadRequest

from .routes import OF_HTTP, Route

NAMES = re.compile(r"\{(\w+)\}")
WITHOUT_BODY = ("GET", "DELETE")
NONCE = "nonce"
LONGEST_REASON = 200  # characters of why a request does not fit
MOST_DIGITS = 20
_MANY = (inspect.VarTupleType, inspect.ListType)


class Parts(Struct, frozen=True):
    """The fields of one route, by where they stand."""

    path: dict[str, structs.FieldInfo]
    query: dict[str, structs.FieldInfo]
    body: dict[str, structs.FieldInfo]
    has_nonce: bool
    kind: type[Struct]  # all of them in one type, of which none may be unknown

    @property
    def needs_body(self) -> bool:
        """Whether something in the body must be said."""
        return any(field.required for name, field in self.body.items() if name != NONCE)


_known: dict[str, Parts] = {}


def parts(route: Route) -> Parts:
    """The parts of a route."""
    if route.name not in _known:
        _known[route.name] = _parts(route)
    return _known[route.name]


def _parts(route: Route) -> Parts:
    named = set(NAMES.findall(route.path))
    known = structs.fields(route.asks)
    fields = {field.name: field for field in known if field.name not in OF_HTTP and field.name not in route.fixed}
    path = {name: field for name, field in fields.items() if name in named}
    rest = {name: field for name, field in fields.items() if name not in named}
    has_nonce = NONCE in rest
    if route.method in WITHOUT_BODY or set(rest) == {NONCE}:
        rest.pop(NONCE, None)  # it stands in a header
    if route.method in WITHOUT_BODY or route.raw:
        query, body = rest, dict[str, structs.FieldInfo]()
    else:
        query, body = {}, rest
    kind = made(route.name, {**path, **query, **body})
    return Parts(path, query, body, has_nonce, kind)


def made(name: str, fields: Mapping[str, structs.FieldInfo]) -> type[Struct]:
    """A type of these fields. A nonce may be left out: then one is made up."""
    required = [(name, field.type) for name, field in fields.items() if field.required and name != NONCE]
    optional = [(name, field.type, _default(field)) for name, field in fields.items() if not field.required]
    nonce = [(NONCE, fields[NONCE].type | None, None)] if NONCE in fields else []
    return msgspec.defstruct(
        name, [*required, *optional, *nonce], forbid_unknown_fields=True, kw_only=True, frozen=True
    )


def _default(field: structs.FieldInfo) -> Any:
    if field.default is NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return field.default


def from_text(field: structs.FieldInfo, texts: list[str]) -> Any:
    """What stands in the path or the query, as its type has it; a text where it does not fit, which is then refused."""
    kind = _plain(inspect.type_info(field.type))
    if isinstance(kind, _MANY):
        return texts
    if len(texts) > 1:
        raise BadRequest(f"`{field.name}` is given {len(texts)} times; once would be right.", field=field.name)
    text = texts[0]
    if isinstance(kind, inspect.IntType) and re.fullmatch(r"-?[0-9]+", text, re.ASCII) and len(text) <= MOST_DIGITS:
        return int(text)
    if isinstance(kind, inspect.BoolType):
        return {"true": True, "false": False}.get(text, text)
    return text


def _plain(kind: inspect.Type) -> inspect.Type:
    """The type without its constraints, and without null."""
    while True:
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        elif isinstance(kind, inspect.UnionType):
            kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
        else:
            return kind


def room_named(text: str) -> str:
    """The room that a path names: `lobby` is `#lobby`; `#name`, `!id` and `@nick` are themselves."""
    return text if text.startswith(("#", "!", "@")) else "#" + text


def fitted(kind: type[Struct], fields: dict[str, Any]) -> Struct:
    """The fields in their types. Raises BadRequest, which names the field."""
    try:
        found: Struct = msgspec.convert(fields, kind)
    except msgspec.ValidationError as why:
        raise refusal(str(why)) from None
    return found


def refusal(why: str) -> BadRequest:
    """What msgspec has against a request, with the place as `field`."""
    message, _, path = why.rpartition(" - at `$.") if " - at `$." in why else (why, "", "")
    field = path.rstrip("`") or None
    if field is None and "field `" in message:  # that is missing, or unknown
        field = message.split("`")[1]
    if len(message) > LONGEST_REASON:  # it quotes what was sent
        message = message[:LONGEST_REASON] + "…"
    where = f" (field {field})" if path else ""
    return BadRequest(
        f"{message.replace('Object missing', 'Missing').replace('Object contains', 'There is an')}{where}.", field=field
    )
