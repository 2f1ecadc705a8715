"""Results for people and for other programs: a table, CSV, JSON, JSONL, or one address a line. And back again."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct, structs

from .proxy import Proxy
from .result import Result

Form = Literal["table", "csv", "json", "jsonl", "txt"]
FORMS: tuple[Form, ...] = get_args(Form)
SECRET = ("url",)  # columns with a password in them, which a table for eyes does not have
MOST = 256 * 1024 * 1024  # bytes of a file that is read


class Row(Struct, frozen=True, kw_only=True):
    """A result as it stands in a file. Times in s, but for `checked_at`, which is a date (ISO 8601, UTC)."""

    address: str  # HOST:PORT
    url: str = ""  # as programs take it, with its password
    protocols: tuple[str, ...] = ()
    working: bool = False
    via: str = ""
    latency: float | None = None
    jitter: float | None = None
    throughput: float | None = None  # bytes/s
    anonymity: str = ""
    remote_dns: bool | None = None
    intercepts_tls: bool | None = None
    country: str = ""
    exit: str = ""
    tries: int = 0
    successes: int = 0
    checked_at: str = ""
    failure: str = ""  # why it does not work
    failures: dict[str, str] = {}  # of each protocol that it does not do


COLUMNS = Row.__struct_fields__
SHOWN = ("address", "working", "protocols", "latency", "anonymity", "country", "tries", "checked_at", "failure")


def row(result: Result) -> Row:
    """A result as it stands in a file."""
    known = {name: getattr(result, name) for name in COLUMNS if name in Result.__struct_fields__}
    when = datetime.fromtimestamp(result.checked_at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    digits = {"latency": 6, "jitter": 6, "throughput": 0}
    known |= {name: round(known[name], places) for name, places in digits.items() if known[name] is not None}
    own = {"address": result.proxy.address, "url": spelled(result), "failure": result.failure}
    return Row(**{**known, **own, "checked_at": when if result.checked_at else ""})


def result(row: Row) -> Result:
    """The result that stands in a file. Raises ValueError: its address is none, or its date."""
    when = datetime.fromisoformat(row.checked_at).timestamp() if row.checked_at else 0.0
    known = {name: getattr(row, name) for name in Result.__struct_fields__ if name in COLUMNS}
    return Result(Proxy.parse(row.url or row.address), **{**known, "checked_at": when})


def spelled(result: Result) -> str:
    """The proxy as programs take it: for the protocol that works, else as it was listed."""
    proxy = result.proxy
    if result.via or proxy.scheme:
        return result.url
    return proxy.url_by("http").removeprefix("http://")


def listed(proxy: Proxy) -> str:
    """A proxy of which nothing is known but what its list says, with its password."""
    bare = proxy.url_by("http").removeprefix("http://")
    return f"{proxy.scheme}://{bare}" if proxy.scheme else bare


def written(results: Iterable[Result], form: Form) -> str:
    """All of them in a form. Of `txt`, each line is an address that other programs take."""
    match form:
        case "txt":
            return "".join(f"{spelled(one)}\n" for one in results)
        case "jsonl":
            return "".join(f"{msgspec.json.encode(row(one)).decode()}\n" for one in results)
        case "json":
            lines = (f" {msgspec.json.encode(row(one)).decode()}" for one in results)
            return "[\n" + ",\n".join(lines) + "\n]\n"
        case "csv":
            return _csv([structs.asdict(row(one)) for one in results])
        case "table":
            return table([line(one) for one in results], SHOWN)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    writer.writerows([_cell(one[name]) for name in COLUMNS] for one in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case dict():
            return " ".join(f"{name}={code}" for name, code in value.items())
        case str():
            return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value  # no spreadsheet computes it
        case _:
            return str(value)


# -- for eyes ------------------------------------------------------------------------------------------------


def line(result: Result) -> dict[str, str]:
    """A result for eyes: a cell for each column of the table, no password in any."""
    made = row(result)
    cells = {name: _cell(getattr(made, name)) for name in SHOWN}
    cells["working"] = "yes" if result.working else "no"
    cells["latency"] = f"{result.latency * 1000:.0f} ms" if result.latency is not None else ""
    cells["tries"] = f"{result.successes}/{result.tries}" if result.tries else ""
    cells["address"] = result.proxy.key
    return cells


def table(rows: Sequence[dict[str, str]], names: Sequence[str]) -> str:
    """Columns with space between; those that are empty throughout are left out."""
    shown = [name for name in names if any(one[name] for one in rows)] or list(names[:1])
    lines = [[name.replace("_", " ") for name in shown], *([one[name] for name in shown] for one in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


# -- back again -----------------------------------------------------------------------------------------------


def read(path: Path) -> list[Result]:
    """The results of a file that `written` made as CSV, JSON or JSONL. Raises ValueError, OSError."""
    if path.stat().st_size > MOST:
        raise ValueError(f"{path} is larger than {MOST >> 20} MiB.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return [result(one) for one in _rows(text)]
    except (msgspec.MsgspecError, ValueError, TypeError) as why:
        raise ValueError(f"{path} holds no results of a check in JSON, JSONL or CSV ({why}).") from None


def _rows(text: str) -> list[Row]:
    start = text.lstrip()[:1]
    if start == "[":
        return msgspec.json.decode(text, type=list[Row])
    if start == "{":
        decoder = msgspec.json.Decoder(Row)
        return [decoder.decode(line) for line in text.splitlines() if line.strip()]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if start and "address" not in (reader.fieldnames or ()):
        raise ValueError("there is no column `address`")
    return [_from_csv(one) for one in reader]


def _from_csv(cells: dict[str, str]) -> Row:
    """Raises ValueError, TypeError."""
    values: dict[str, Any] = {name: text.removeprefix("'") for name, text in cells.items() if name in COLUMNS and text}
    values["protocols"] = values.get("protocols", "").split()
    values["failures"] = dict(pair.split("=", 1) for pair in values.get("failures", "").split())
    return msgspec.convert(values, Row, strict=False)
