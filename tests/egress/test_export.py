"""Results for other programs, and back again; which of them one wants; where they are; and their chart."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from roomful.egress import Proxy, Result
from roomful.egress.chart import draw
from roomful.egress.countries import Countries
from roomful.egress.export import COLUMNS, read, written
from roomful.egress.filters import Filter, duration

NOW = 1_795_000_000.0
GOOD = Result(
    Proxy("203.0.113.7", 8080, "http", "user", "p:w"),
    ("http", "https"),
    working=True,
    via="https",
    latency=0.123456,
    jitter=0.01,
    throughput=250_000.0,
    anonymity="elite",
    remote_dns=True,
    intercepts_tls=False,
    tries=3,
    successes=3,
    failures={"socks4": "closed", "socks5": "garbage"},
    checked_at=NOW,
    exit="198.51.100.9",
)
SOCKS = Result(
    Proxy("2001:db8::1", 1080),
    ("socks5", "socks5h"),
    True,
    "socks5h",
    0.9,
    anonymity="anonymous",
    checked_at=NOW - 7200,
)
BAD = Result(Proxy("dead.example", 3128), failures={"http": "refused"}, tries=1, checked_at=NOW)
ALL = [GOOD, SOCKS, BAD]


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_what_is_written_can_be_read_again(tmp_path: Path, form: Any) -> None:
    path = tmp_path / f"results.{form}"
    path.write_text(written(ALL, form), newline="")
    again = read(path)
    assert [one.proxy.key for one in again] == [one.proxy.key for one in ALL]
    assert again[0] == GOOD
    assert [one.failure for one in again] == ["", "", "refused"]
    assert written(again, form) == written(ALL, form)


def test_json_has_what_other_programs_look_for() -> None:
    rows = json.loads(written(ALL, "json"))
    assert rows[0] == {
        "address": "203.0.113.7:8080",
        "url": "http://user:p%3Aw@203.0.113.7:8080",
        "protocols": ["http", "https"],
        "working": True,
        "via": "https",
        "latency": 0.123456,
        "jitter": 0.01,
        "throughput": 250000.0,
        "anonymity": "elite",
        "remote_dns": True,
        "intercepts_tls": False,
        "country": "",
        "exit": "198.51.100.9",
        "tries": 3,
        "successes": 3,
        "checked_at": "2026-11-18T11:06:40Z",
        "failure": "",
        "failures": {"socks4": "closed", "socks5": "garbage"},
    }
    assert [row["failure"] for row in rows] == ["", "", "refused"]


def test_csv_is_for_spreadsheets_that_compute_nothing_of_it() -> None:
    nasty = Result(Proxy("x.example", 80, "", "-1", "p"))
    rows = list(csv.reader(io.StringIO(written([*ALL, nasty], "csv"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert dict(zip(rows[0], rows[1], strict=True))["protocols"] == "http https"
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_a_line_each_is_what_programs_take() -> None:
    assert written(ALL, "txt").splitlines() == [
        "http://user:p%3Aw@203.0.113.7:8080",
        "socks5h://[2001:db8::1]:1080",
        "dead.example:3128",
    ]
    assert [Proxy.parse(one).key for one in written(ALL, "txt").splitlines()] == [one.proxy.key for one in ALL]


def test_a_table_is_for_eyes_and_has_no_passwords() -> None:
    text = written(ALL, "table")
    assert "p:w" not in text
    assert "p%3Aw" not in text
    assert text.splitlines()[1].split()[:6] == ["user@203.0.113.7:8080", "yes", "http", "https", "123", "ms"]
    assert text.splitlines()[3].endswith("refused")


@pytest.mark.parametrize(
    "text", ["", "not results\n", "[1]", '{"address": 1}\n', '[{"address": "x", "url": "nonsense"}]']
)
def test_what_is_no_file_of_results_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    if text:
        with pytest.raises(ValueError, match="holds no results of a check"):
            read(path)
    else:
        assert read(path) == []


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Filter(), ALL),
        (Filter(working=True), [GOOD, SOCKS]),
        (Filter(protocols=("socks5", "socks4")), [SOCKS]),
        (Filter(anonymity="anonymous"), [GOOD, SOCKS]),
        (Filter(anonymity="elite"), [GOOD]),
        (Filter(max_latency=0.5), [GOOD]),
        (Filter(max_age=3600), [GOOD, BAD]),
        (Filter(countries=("DE",)), []),
    ],
)
def test_filters(wanted: Filter, kept: list[Result]) -> None:
    assert [one for one in ALL if wanted.lets(one, NOW + 1)] == kept


def test_times_as_people_write_them() -> None:
    assert [duration(text) for text in ("90", "90s", "15m", "6h", "2d", "0.5h")] == [90, 90, 900, 21_600, 172_800, 1800]
    for wrong in ("", "soon", "-1h", "h", "infd"):
        with pytest.raises(ValueError, match="is no time"):
            duration(wrong)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as others make them."""
    path: Path = tmp_path_factory.mktemp("countries") / "countries.mmdb"
    writer = MMDBWriter(6, "Countries", ipv4_compatible=True)
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"iso_code": "DE"}})
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"country": {"iso_code": "FR"}})
    writer.insert_network(IPSet(["2001:db8::/32"]), {"country": "jp"})
    writer.to_db_file(str(path))
    return path


def test_countries_by_a_database_on_this_machine(database: Path) -> None:
    known = Countries(database)
    try:
        assert [known.placed(one).country for one in ALL] == ["fr", "jp", ""]  # where it comes out counts first
        assert known.of("203.0.113.7") == "de"
        assert Filter(countries=("JP",)).lets(known.placed(SOCKS), NOW)
    finally:
        known.close()


def test_a_database_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read: No such file"):
        Countries(tmp_path / "none.mmdb")
    (tmp_path / "x.mmdb").write_text("no database")
    with pytest.raises(ValueError, match=r"is no database in MaxMind's format"):
        Countries(tmp_path / "x.mmdb")


def test_the_chart_has_a_bar_for_every_proxy_that_works() -> None:
    many = [
        Result(Proxy("10.0.0.1", n + 1), working=True, via=via, latency=0.01 * n) for n, via in enumerate(VIAS * 20, 1)
    ]
    tree = ET.fromstring(draw([*many, BAD]))
    titles = [one.text or "" for one in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert sum(int(title.split()[0]) for title in titles) == len(many)
    assert {title.split()[2].rstrip(",") for title in titles} == {"HTTP", "SOCKS4", "SOCKS5"}
    assert tree.get("aria-label", "").startswith("Latency of the proxies that work: 60 of 61 work; median 300 ms")
    places = [
        (float(one.get("y", 0)), float(one.get("height", 0))) for one in tree.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert all(y >= 0 and y + height <= 324 for y, height in places)


VIAS = ["https", "socks4", "socks5h"]


def test_a_chart_of_nothing_says_so() -> None:
    assert "None works." in draw([BAD])
    ET.fromstring(draw([]))
    ET.fromstring(draw([Result(Proxy("h", 1), working=True, via="http", latency=0.0)]))
