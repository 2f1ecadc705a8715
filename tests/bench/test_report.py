"""The report is honest: what was missed is a no, what was not measured is not a yes."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.driver.results import Results, Run, load
from bench.report import newest, paragraphs, write_report

MACHINE = dict.fromkeys(("cpu", "cores", "kernel", "python", "disk", "fdatasync", "load"), "one")

VERSIONS = {"roomful": "0.1.0", "roomful-ws": "0.1.0", "inspircd": "3.15.0", "websockets": "17.4"}


def w1(server: str, number: int, cpu: float, **more: float) -> Run:
    measured = {"server_cpu_us_per_delivery": cpu, "msgs_per_s": 1234.0, "lost": 0, "loadgen_cpu_pct": 50.0}
    return Run("W1", server, number, {**measured, **more})


def results(*runs: Run, small: bool = False, started: str = "2026-11-20T10:00:00+00:00") -> Results:
    return Results(MACHINE, VERSIONS, {"ngircd": "ngircd is not installed"}, small, started, list(runs))


def page(found: Results) -> str:
    return "\n".join(paragraphs(found))


@pytest.mark.parametrize(("cpu", "verdict"), [(0.19, "yes"), (0.21, "**no**")])
def test_a_target_is_reached_or_not(cpu: float, verdict: str) -> None:
    assert f"| W1 | CPU µs a delivery | ≤ 0.2 | {cpu} | {verdict} |" in page(results(w1("roomful", 1, cpu)))


def test_what_was_not_measured_is_said_to_be_so() -> None:
    assert "| W3 | p99 latency, ms | ≤ 10 | not measured | – |" in page(results(w1("roomful", 1, 0.1)))


def test_a_lost_message_is_told_twice() -> None:
    text = page(results(w1("roomful", 1, 0.1, lost=3)))
    assert "| all | lost, repeated, out of order | 0 | 3 | **no** |" in text
    assert "| 3 lost |" in text


def test_medians_and_ratios() -> None:
    runs = [w1("roomful", n, cpu) for n, cpu in enumerate((0.1, 0.9, 0.2), 1)] + [w1("inspircd", 1, 0.4)]
    text = page(results(*runs))
    assert "| **Roomful** | 0.2 ± 200 % | 1,234 ± 0 % | 0.5 × |  |" in text
    assert "ngircd is not installed" in text


def test_a_run_that_failed_stands_in_the_table() -> None:
    text = page(results(w1("roomful", 1, 0.1), Run("W1", "inspircd", 1, {}, "not finished after 9 s")))
    assert "| InspIRCd | – | – | 1 of 1 runs failed |" in text


def test_the_newest_runs_of_a_workload_count_and_small_ones_never() -> None:
    old, new = results(w1("roomful", 1, 9.0)), results(w1("roomful", 1, 0.1), started="2026-11-21T10:00:00+00:00")
    assert newest([old, new, results(w1("roomful", 1, 5.0), small=True)]).runs == new.runs


def test_results_of_some_servers_do_not_replace_those_of_all() -> None:
    some = results(w1("roomful", 1, 9.0))
    some.servers = {"roomful": "0.1.0"}
    assert newest([results(w1("roomful", 1, 0.1)), some]).runs[0].measured["server_cpu_us_per_delivery"] == 0.1


def test_results_come_back_from_their_file_and_make_a_page_and_a_chart(tmp_path: Path) -> None:
    saved = results(w1("roomful", 1, 0.1), w1("inspircd", 1, 0.3))
    assert load(saved.save(tmp_path)) == saved
    assert write_report(tmp_path, tmp_path).read_text().startswith("<!-- Written by")
    chart = ElementTree.parse(tmp_path / "performance.svg")
    assert len(chart.findall("{http://www.w3.org/2000/svg}rect")) == 2


def test_without_results_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no results"):
        write_report(tmp_path, tmp_path)
