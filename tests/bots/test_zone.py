"""Bots go by the clocks of a named zone, or of the machine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from roomful.bots import zone as zones
from roomful.bots.engine.cron import parse_schedule
from roomful.bots.zone import zone

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_zone_is_named() -> None:
    assert SUMMER.astimezone(zone("Europe/Zurich")).hour == 14


def test_without_a_name_it_is_the_machine_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Seoul")
    assert SUMMER.astimezone(zone("")).hour == 21
    nine = parse_schedule("0 9 * * *").after(int(SUMMER.timestamp() * 1000), zone(""))
    assert nine == int(datetime(2026, 7, 2, 0, tzinfo=UTC).timestamp() * 1000)


def test_a_machine_s_zone_is_found_by_its_link(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/New_York")
    monkeypatch.setattr(zones, "LOCAL", link)
    assert SUMMER.astimezone(zone("")).hour == 8


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "\0"])
def test_what_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="one is written as Europe/Zurich"):
        zone(name)
