"""The line that says how far something is."""

import io

from roomful.cli.progress import Progress, span


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_line_has_share_rate_and_the_time_that_is_left() -> None:
    now = 100.0
    out = Terminal()
    progress = Progress(200, out, lambda: now)
    for number in range(40):
        now += 0.0625
        progress.step(number % 5 == 0)
    assert progress.line(now) == "[####--------------------] 40 of 200  16/s  8 work  0:10 left"
    drawn = out.getvalue().count("\r")
    assert drawn == 20  # ten times a second at most, in 2.5 s
    progress.say("Something else.")
    assert out.getvalue().endswith("\r\x1b[KSomething else.\n")


def test_without_a_number_there_is_no_share() -> None:
    progress = Progress(None, Terminal(), lambda: 1.0)
    for _ in range(6):
        progress.step(True)
    assert progress.line(3.0) == "6 checked  3/s  6 work"


def test_on_anything_but_a_terminal_nothing_is_drawn() -> None:
    out = io.StringIO()
    progress = Progress(2, out, lambda: 1.0)
    progress.step(True)
    progress.step(False)
    progress.clear()
    assert out.getvalue() == ""
    progress.say("Something.")
    assert out.getvalue() == "Something.\n"


def test_times_as_on_a_clock() -> None:
    assert [span(seconds) for seconds in (0.4, 7, 61, 3723)] == ["0:00", "0:07", "1:01", "1:02:03"]
