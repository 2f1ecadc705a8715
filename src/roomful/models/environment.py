"""Where keys come from: the process's environment, and `.env` in the folder where it starts."""

import os
from collections.abc import Mapping
from pathlib import Path


def variables(environ: Mapping[str, str] | None = None, file: Path = Path(".env")) -> dict[str, str]:
    """The variables of `.env` and of the environment, which wins; None: this process's own."""
    return {**dotenv(file), **(os.environ if environ is None else environ)}


def dotenv(path: Path) -> dict[str, str]:
    """NAME=VALUE lines; `export` before them, quotes around values, and # comments are understood."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}  # there need not be one
    found = {}
    for line in lines:
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and not name.lstrip().startswith("#"):
            value = value.strip()
            quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
            found[name.strip()] = value[1:-1] if quoted else value.split(" #")[0].rstrip()
    return found
