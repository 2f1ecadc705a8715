"""The log: lines for people, objects for machines."""

import json

from roomful.log import Log


def test_a_text_line_names_the_event_and_quotes_what_needs_it() -> None:
    lines: list[str] = []
    Log(lines.append).info("lost", peer="127.0.0.1", reason="closed by peer", nick="a\x1b[31m")
    assert lines[0].endswith("info    lost  peer=127.0.0.1 reason='closed by peer' nick='a\\x1b[31m'\n")


def test_json_is_one_object_a_line() -> None:
    lines: list[str] = []
    Log(lines.append, "json").warning("too many connections", peer="::1", of_this_address=3)
    entry = json.loads(lines[0])
    assert entry["at"].endswith("Z")
    del entry["at"]
    assert entry == {"level": "warning", "event": "too many connections", "peer": "::1", "of_this_address": 3}
    assert lines[0].count("\n") == 1


def test_what_is_below_the_level_is_left_out_and_faults_carry_their_trace() -> None:
    lines: list[str] = []
    log = Log(lines.append, least="warning")
    log.info("quiet")
    try:
        raise ValueError("a fault")
    except ValueError:
        log.exception("fault")
    assert len(lines) == 1
    assert "ValueError: a fault" in lines[0]


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError

    Log(broken).error("nobody reads this")
