"""Every workload, at a hundredth of its size, against a real server: nothing is lost, repeated or out of order."""

from pathlib import Path

import pytest

from bench.driver.roomful import Roomful, RoomfulWebSocket
from bench.driver.workloads import WORKLOADS
from bench.run import run_once


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_delivery_is_made_once_and_in_order(name: str, loadgen: Path, tmp_path: Path) -> None:
    workload = WORKLOADS[name].small()
    run = run_once(loadgen, workload, Roomful(logs=tmp_path), folder=tmp_path)
    assert not run.failed
    assert run.faults == {"lost": 0, "dups": 0, "reordered": 0, "dead": 0}
    senders = workload.rooms * workload.senders
    assert run.measured.get("msgs", 0) == senders * workload.msgs
    assert run.measured["ready_s"] > 0


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_so_it_is_over_websocket(name: str, loadgen: Path, tmp_path: Path) -> None:
    workload = WORKLOADS[name].small()
    run = run_once(loadgen, workload, RoomfulWebSocket(logs=tmp_path), folder=tmp_path)
    assert not run.failed
    assert run.faults == {"lost": 0, "dups": 0, "reordered": 0, "dead": 0}
    assert run.measured.get("msgs", 0) == workload.rooms * workload.senders * workload.msgs
