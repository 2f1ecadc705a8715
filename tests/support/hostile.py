"""Hostile inputs: for each type of request, payloads that are wrong in every way somebody could think of, drawn from a seed.

They are made from the types that the server reads: a request with fields that fit, some of which are then replaced by what does
not, or by what fits and means nothing. Not from hypothesis, because ten thousand of each request must be drawn in little time.
"""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any, get_args

from msgspec import Struct, inspect

from roomful.domain import commands

KINDS: dict[str, type[Struct]] = {str(kind.__struct_config__.tag): kind for kind in get_args(commands.AnyRequest)}

NUMBERS: tuple[Any, ...] = (
    *(-1, 0, 1, 2, 7, 500, 501, 1000, 65_536, 86_401, 2**31, 2**32, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, 10**30),
    *(-(2**63), -(10**40), 0.5, 1e300, -0.0, 3.0),
)
RAW = (
    "1e400",
    "-0",
    "1E2",
    "NaN",
    "Infinity",
    "0x10",
    "01",
    "+1",
    "1" * 400,
    "tru",
    "'a'",
    "\x00",
    "",
)  # as they stand
CHARACTERS = (
    "\0\x01\x07\x08\t\n\r\x1b[31m\x7f\x85\xa0\xad",
    "\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT OVERRIDE}\N{LINE SEPARATOR}\ufeff\ufffe\uffff\U0010ffff",
    "äßıİſＡ１＠éÅΑ",
    "\N{GRINNING FACE}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}\U0001f1e9\U0001f1ea",
    "#!@:,*?&+%~.$'\"()/;<=>[\\]^`{|}-_ 0a",
    "\u0300\u0301\u0345\u0489\u1ab0",
)
HALVES = "\ud800\udbff\udc00\udfff"  # of surrogate pairs: no text
TEXTS = (
    *("", " ", "#", "!", "@", "@@", "##", "#!", "!!", "*", "?", "**", "*?*", ".", "..", "-", "a", "@room", "null", "true"),
    *("' OR 1=1 --", '"; DROP TABLE events; --', "%s%n%x", "{0}{__class__}", "${jndi:ldap://x}", "../../etc/passwd", "\\", "a\\"),
    *("0.0.0.0/0", "::/0", "fe80::1%eth0", "1.2.3.4/33", "999.1.1.1", "127.0.0.1", "10.0.0.0/8", "1.2.3", "::ffff:1.2.3.4"),
    *("2026-11-20", "9" * 30, "1e5", "-1", "rt_" + "A" * 43, "rt_", "7K3M-Q9TX-2VBN-H4DR", "p.q.r", "...", "a.b:c.d"),
    *("NEAR(a b)", '"', "a OR", "from:", "before:x", "*a*", "(", "a AND NOT b", "col:x", "^a"),
)  # fmt: skip
LENGTHS = (
    1,
    2,
    31,
    32,
    33,
    63,
    64,
    65,
    66,
    100,
    101,
    128,
    256,
    257,
    500,
    501,
    1000,
    1001,
    1024,
    1025,
    16_000,
    16_001,
    40_000,
)


class Hostile:
    """Draws inputs. `pool`: words that mean something at the moment, such as names of rooms; the caller changes it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.pool: dict[str, Sequence[Any]] = {}
        self.fields = {type: list(_fields(kind)) for type, kind in KINDS.items()}

    def payload(self, type: str, id: int) -> bytes:
        """One input of this type of request. Some are not JSON, and some are sound."""
        rng = self.rng
        request: dict[str, Any] = {"type": type, "id": id}
        for field in self.fields[type]:
            if field.required or rng.random() < 0.4:
                request[field.encode_name] = self.fitting(field.encode_name, field.type)
        for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3))):
            self._spoil(request, type)
        return self._encoded(request)

    def _encoded(self, request: dict[str, Any]) -> bytes:
        """The request's bytes; one in fifty is broken in a way that ends a connection."""
        rng = self.rng
        if rng.random() < 0.005:
            request[rng.choice(list(request) or ["x"])] = f"half a pair {rng.choice(HALVES)}"
        text = json.dumps(request, ensure_ascii=rng.random() < 0.3)
        if rng.random() < 0.01:
            text = self._spoil_text(text)
        data = text.encode("utf-8", "surrogatepass")
        if rng.random() < 0.005:
            at = rng.randrange(len(data))
            data = data[:at] + rng.randbytes(rng.randrange(4)) + data[at + rng.randrange(3) :]
        return data[:65_536]

    def _spoil(self, request: dict[str, Any], type: str) -> None:
        rng = self.rng
        known = [field.encode_name for field in self.fields[type]] or ["id"]
        name = rng.choice((*known, *known, *known, "id", "type", "shiny", ""))
        match rng.randrange(5):
            case 0:
                request.pop(name, None)
            case 1:
                request[name] = self.anything()
            case 2:
                request[name] = self.text()
            case 3:
                request[name] = rng.choice(NUMBERS)
            case _:
                request[name] = rng.choice((None, True, False, [], {}, [request.get(name)], {"a": request.get(name)}))

    def _spoil_text(self, text: str) -> str:
        rng = self.rng
        match rng.randrange(5):
            case 0:
                return text.replace(":", ":" + rng.choice(RAW) + " ", 1)
            case 1:
                return text[: rng.randrange(len(text))]
            case 2:
                return text[:-1] + ',"type":"ping"}'  # a name twice: RFC 8259 leaves open what that means
            case 3:
                return text[:-1] + ',"x":' + "[" * rng.choice((10, 200, 5_000)) + "}"
            case _:
                depth = rng.choice((5, 100, 900))
                return text[:-1] + ',"x":' + '{"a":[' * depth + "]}" * depth + "}"

    def fitting(self, name: str, type: inspect.Type) -> Any:
        """A value of the field's type, and often one that means something."""
        rng = self.rng
        if name in self.pool and rng.random() < 0.8:
            return rng.choice(self.pool[name])
        match type:
            case inspect.Metadata():
                return self.fitting("", type.type)
            case inspect.UnionType():
                return self.fitting("", rng.choice(type.types))
            case inspect.LiteralType():
                return rng.choice(type.values)
            case inspect.IntType():
                low, high = type.ge or 0, type.le if type.le is not None else 2**53
                return rng.choice((low, high, rng.randint(low, min(high, low + 20)), rng.randint(low, high)))
            case inspect.BoolType():
                return rng.random() < 0.5
            case inspect.StrType():
                text = self.text()
                return text[: type.max_length] if rng.random() < 0.9 else text
            case inspect.FloatType():
                return rng.choice((0, 0.25, 1e300))
            case inspect.VarTupleType():
                return [self.fitting("", type.item_type) for _ in range(rng.choice((0, 1, 2, 2, 3)))]
            case inspect.DictType():
                return {self.text()[:64]: self.fitting("", type.value_type) for _ in range(rng.randrange(3))}
            case inspect.StructType():
                fields = (field for field in type.fields if field.required or rng.random() < 0.4)
                return {field.encode_name: self.fitting(field.encode_name, field.type) for field in fields}
            case _:
                return None

    def text(self) -> str:
        """Some text, or what nearly is."""
        rng = self.rng
        match rng.randrange(6):
            case 0:
                return rng.choice(TEXTS)
            case 1:
                return rng.choice(rng.choice(CHARACTERS)) * rng.choice(LENGTHS[:17])
            case 2:
                return rng.choice("#!@") + "".join(rng.choices(rng.choice(CHARACTERS), k=rng.randrange(1, 40)))
            case 3:
                words = rng.choice(list(self.pool.values()) or [["a"]])
                return str(rng.choice(words)) + rng.choice(("", " ", "\0", "x", "\u0301", ".", "é"))
            case 4:
                return "a" * rng.choice(LENGTHS)
            case _:
                return "".join(rng.choices("".join(CHARACTERS), k=rng.randrange(1, 80)))

    def anything(self, depth: int = 3) -> Any:
        """Any JSON value."""
        rng = self.rng
        make: list[Callable[[], Any]] = [
            self.text,
            lambda: rng.choice(NUMBERS),
            lambda: rng.choice((None, True, False)),
        ]
        if depth:
            make.append(lambda: [self.anything(depth - 1) for _ in range(rng.randrange(4))])
            make.append(lambda: {self.text(): self.anything(depth - 1) for _ in range(rng.randrange(4))})
        return rng.choice(make)()


def _fields(kind: type[Struct]) -> Sequence[inspect.Field]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return [field for field in info.fields if field.encode_name != "id"]
