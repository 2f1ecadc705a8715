"""The trace can be switched while frames are half read."""

from roomful.protocol.frames import frame
from roomful.terminal.tracing import TraceSwitch


def test_a_trace_switched_on_in_mid_frame_shows_that_frame_whole() -> None:
    written: list[str] = []
    switch = TraceSwitch(None, written.append, lambda: 0)
    trace = switch("127.0.0.1:5002")
    data = frame(b'{"type":"ping","id":7}')
    trace.status("connected")
    trace.moved("->", data[:9])
    assert written == []
    switch.level = "frames"
    trace.moved("->", data[9:])
    (line,) = written
    assert "request 7 ping" in line
    switch.level = "status"
    trace.moved("->", data)
    trace.status("closed by peer")
    assert len(written) == 2
    assert "closed by peer" in written[-1]
    switch.level = None
    trace.status("reset")
    assert len(written) == 2
