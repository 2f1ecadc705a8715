"""What is committed: no lock files, no registry addresses, no paths of one machine, nothing large."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_SIZE = 600 * 1024  # bytes
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}

# Assembled, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
    )
]
MACHINE_PATHS = [
    r"/" + name + r"/\w" for name in ("work", "root", r"home/(?!USER|you\b|roomful\b)\w+", r"Users/(?!USER)\w+")
]
FORBIDDEN = re.compile("|".join([re.escape(host) for host in REGISTRIES] + MACHINE_PATHS).encode())


def tracked() -> list[Path]:
    """What is in the index, and what is new and not ignored: the commit that could be made now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of the repository")
    return tracked()


def test_there_is_something_to_check(files: list[Path]) -> None:
    assert ROOT / "pyproject.toml" in files


def test_no_lock_files(files: list[Path]) -> None:
    assert not [path for path in files if path.name in LOCK_FILES]


def test_no_registry_addresses_and_no_paths_of_one_machine(files: list[Path]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files
        for match in FORBIDDEN.finditer(path.read_bytes())
    ]
    assert not found, "\n".join(found)


def test_nothing_large(files: list[Path]) -> None:
    assert not [
        f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes" for path in files if path.stat().st_size > MAX_SIZE
    ]
