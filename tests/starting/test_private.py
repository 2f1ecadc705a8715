"""Files for their owner's eyes only."""

import stat
from pathlib import Path

from roomful.starting import private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_that_an_earlier_release_left_open_are_closed(tmp_path: Path) -> None:
    left, folder, link = tmp_path / "roomful.db", tmp_path / "folder", tmp_path / "link"
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    for path in (left, outside):
        path.write_text("x")
        path.chmod(0o644)
    folder.mkdir()
    link.symlink_to(outside)
    private.make(tmp_path)
    assert mode(left) == 0o600
    assert mode(outside) == 0o644, "a link may lead anywhere"


def test_a_written_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o666)
    private.write(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]
