"""What is taken from pages and files, without any network: every shape, and rows that are none."""

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from roomful.egress import Proxy
from roomful.egress.source import Source
from roomful.egress.sources import Bad, Cells, SourceError
from roomful.egress.sources.cells import claim, proxy_of
from roomful.egress.sources.files import read_file, read_list
from roomful.egress.sources.html import HtmlSource
from roomful.egress.sources.json import JsonSource
from roomful.egress.sources.kinds import kind_of
from roomful.egress.sources.text import TextSource

from .site import quick, row, site

TWO = [Proxy("203.0.113.7", 8080), Proxy("203.0.113.8", 3128)]
HERE = "http://site.example/list"


def proxies(rows: list[Cells | Bad]) -> list[Proxy | str]:
    """Proxies, and for rows that are none where they stand."""
    found: list[Proxy | str] = []
    for one in rows:
        try:
            found.append(proxy_of(one) if isinstance(one, Cells) else one.place)
        except ValueError:
            found.append(one.place)
    return found


def html(text: str, **fields: str) -> list[Proxy | str]:
    return proxies(HtmlSource(row("x", HERE, **fields)).read(text, HERE).rows)


def test_a_table_is_read_without_a_word_about_it() -> None:
    page = """<table><thead><tr><th>IP<th>Port</thead>
      <tr><td> 203.0.113.7 </td><td>8080</td><td>x</td><tr><td><b>203.0.113.8</b><td>3128</table>"""
    assert html(page) == TWO


def test_selectors_say_where_things_stand() -> None:
    page = """<div class=p data-at="203.0.113.7:8080"><i>SOCKS5</i></div>
      <div class=p data-at="203.0.113.8:3128"><i>HTTPS, HTTP</i></div><div class=ad data-at="9.9.9.9:9">"""
    found = html(page, rows="div.p", address="@data-at", protocol="i")
    assert found == [Proxy("203.0.113.7", 8080, "socks5"), Proxy("203.0.113.8", 3128, "https")]


def test_a_column_counts_the_cells_of_the_row_itself() -> None:
    page = "<table><tr><td><table><tr><td>1<td>2</table><td>8080<td>203.0.113.7</table>"
    assert html(page, rows="body > table > tbody > tr", host="td:nth-child(3)", port="td:nth-child(2)") == TWO[:1]


def test_what_cells_hide_is_undone() -> None:
    host = base64.b64encode(b"203.0.113.7").decode()
    page = f"<p><a data-h='{host}'></a><b>0808</b></p><p><a data-h='***'></a><b>0808</b></p><p><a data-h='Mg'></a></p>"
    fields = {"rows": "p", "host": "a @data-h | base64", "port": "b | reverse"}
    assert html(page, **fields) == [TWO[0], "row 2", "row 3"]
    assert html("<p>Port: 8080 of <u>302e3131332e37</u></p>", rows="p", host="u | hex", port="@x | digits") == ["row 1"]
    assert html("<p><i>uggc</i><u>cebkl.rknzcyr</u> <b>: 80 </b>", rows="p", host="u | rot13", port="b | digits") == [
        Proxy("proxy.example", 80)
    ]


def test_a_row_that_is_none_says_why_and_the_others_stay() -> None:
    page = "<tr><td>203.0.113.7<td>8080<tr><td>203.0.113.9<td>99999<tr><td>203.0.113.8<td>3128".join(("<table>", ""))
    assert html(page) == [TWO[0], "row 2", TWO[1]]


@pytest.mark.parametrize(
    "fields",
    [
        {"rows": "td["},
        {"host": "td | rot26", "port": "td"},
        {"kind": "text", "pattern": "(?P<host>x)"},
        {"kind": "text", "pattern": "("},
        {"kind": "json", "rows": "a..b"},
        {"kind": "fax"},
        {"kind": "file"},
    ],
)
def test_a_row_of_the_configuration_that_cannot_work_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        kind_of(row("x", HERE, **fields))


@pytest.mark.parametrize(("kind", "library"), [("html", "selectolax"), ("browser", "playwright")])
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, kind: str, library: str) -> None:
    for name in [one for one in sys.modules if one.startswith((library, f"roomful.egress.sources.{kind}"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        ValueError, match=rf"sources of kind '{kind}' need {library}.*: pip install 'roomful\[proxies\]'"
    ):
        kind_of(row("x", HERE, kind=kind))


async def test_without_what_reads_robots_txt_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "protego", None)
    async with site({"/list": "10.0.0.1:80"}) as there, quick() as web:
        with pytest.raises(SourceError, match=r"What reads robots\.txt is not installed"):
            await web.get(f"{there.url}/list", row("x", there.url))
        assert there.paths == []


def test_ten_thousand_rows_take_less_than_a_fifth_of_a_second() -> None:
    cells = "<tr><td>10.{}.{}.{}</td><td>{}</td><td>US</td><td class=kind>HTTP</td><td>elite</td></tr>"
    rows = "".join(cells.format(n >> 16, n >> 8 & 255, n & 255, 1024 + n) for n in range(10_000))
    source = HtmlSource(row("x", HERE, rows="tbody tr", protocol="td.kind"))
    spent = []
    for _ in range(3):
        began = time.process_time()
        page = source.read(f"<table><tbody>{rows}</table>", HERE)
        spent.append(time.process_time() - began)
        assert len(page.rows) == 10_000
    assert min(spent) <= 0.2
    assert proxies(page.rows[-1:]) == [Proxy("10.0.39.15", 11_023, "http")]


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, ["203.0.113.7:8080", "203.0.113.8:3128"]),
        ({}, {"count": 2, "list": ["203.0.113.7:8080", "203.0.113.8:3128"]}),
        ({}, [{"ip": "203.0.113.7", "port": 8080}, {"ip": "203.0.113.8", "port": "3128"}]),
        (
            {"rows": "data.list", "host": "at.ip", "port": 'at."p.o"'},
            {"data": {"list": [{"at": {"ip": one.host, "p.o": one.port}} for one in TWO]}},
        ),
        (
            {"rows": "*.servers[*]", "address": "[1]"},
            {"a": {"servers": [["x", "203.0.113.7:8080"]]}, "b": {"servers": [["y", "203.0.113.8:3128"]]}},
        ),
    ],
)
def test_json_in_many_shapes(fields: dict[str, str], value: object) -> None:
    source = JsonSource(row("x", HERE, kind="json", **fields))
    assert proxies(source.read(json.dumps(value), HERE).rows) == TWO


def test_json_tells_protocols_and_passwords() -> None:
    item = {
        "host": "203.0.113.7",
        "port": 1080.0,
        "protocols": ["socks4", "socks5"],
        "username": "u",
        "password": "p:w",
    }
    page = JsonSource(row("x", HERE, kind="json", rows="$", next="next")).read(json.dumps([item]), HERE)
    assert proxies(page.rows) == [Proxy("203.0.113.7", 1080, "socks5", "u", "p:w")]
    with pytest.raises(ValueError, match="no JSON"):
        JsonSource(row("x", HERE, kind="json")).read("<html>", HERE)


def test_text_by_a_pattern() -> None:
    text = "Free list\n1. 203.0.113.7 port 8080\n2. 203.0.113.8 port 3128 (fast)\n3. 203.0.113.9 port 0\n"
    source = TextSource(row("x", HERE, kind="text", pattern=r"(?P<host>\d+(\.\d+){3}) port (?P<port>\d+)"))
    assert proxies(source.read(text, HERE).rows) == [*TWO, "line 4"]


LISTS = {
    ".txt": "# mine\n203.0.113.7:8080\n\n203.0.113.8:3128 # good\nnonsense\n",
    ".csv": "IP Address;Port;Country\r\n203.0.113.7;8080;DE\r\n203.0.113.8;3128;FR\r\nnonsense;;\r\n",
    ".json": '{"count": 3, "proxies": ["203.0.113.7:8080", {"host": "203.0.113.8", "port": 3128}, 7]}',
    ".jsonl": '{"proxy": "203.0.113.7:8080"}\n\n{"ip": "203.0.113.8", "port": 3128}\n{nonsense\n',
}
WRONG = {".txt": "line 5", ".csv": "line 4", ".json": "item 3", ".jsonl": "line 4"}


@pytest.mark.parametrize("suffix", LISTS)
@pytest.mark.parametrize("named", [True, False])
def test_files_of_every_kind_by_name_or_by_what_they_hold(tmp_path: Path, suffix: str, named: bool) -> None:
    path = tmp_path / f"list{suffix if named else ''}"
    path.write_text(LISTS[suffix])
    assert proxies(read_file(path)) == [*TWO, WRONG[suffix]]


def test_csv_without_a_head_and_with_passwords() -> None:
    assert proxies(read_list("203.0.113.7,8080,user,pass\n[2001:db8::1]:3128,,,\n", ".csv")) == [
        Proxy("203.0.113.7", 8080, "", "user", "pass"),
        Proxy("2001:db8::1", 3128),
    ]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be read: No such file or directory\."):
        read_file(tmp_path / "none.txt")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match=r"is no text in UTF-8\."):
        read_file(tmp_path / "binary.txt")


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("HTTP", "http"),
        ("HTTP/HTTPS", "https"),
        ("Socks4, SOCKS5", "socks5"),
        ("yes", ""),
        ("", ""),
        ("https no", "https"),
    ],
)
def test_the_protocol_that_a_text_names(text: str, protocol: str) -> None:
    assert claim(text) == protocol


def test_what_has_no_width_is_not_seen() -> None:
    assert proxy_of(Cells("row 1", host="\u200b203.0.113.7\u00a0", port="80\u200d80")) == TWO[0]
    assert proxy_of(Cells("row 1", host="2001:db8::1", port="80")) == Proxy("2001:db8::1", 80)


def test_a_source_names_an_address_or_a_file() -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"url": HERE, "path": "x"},
        {"url": "ftp://x/"},
        {"url": HERE, "proxy": "socks5://h:1"},
    ]
    for fields in wrong:
        with pytest.raises(ValueError, match=r"\w"):
            Source("x", **fields)
