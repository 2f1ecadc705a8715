"""What commands share: the flags that name a server's settings, how they are read, and exit codes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from roomful.protocol.trace import Level

if TYPE_CHECKING:
    from roomful.config import Config

FAILED, USAGE = 1, 2  # exit codes; 0: well

ConfigFile = Annotated[Path | None, Parameter(name="--config", help="The configuration file; else roomful.toml here.")]
Data = Annotated[Path | None, Parameter(help="Folder of the database.")]
Plain = Annotated[bool, Parameter(negative=(), help="Plain lines, as in a pipe.")]
Trace = Annotated[
    Level | None,
    Parameter(help="Show the connection: status, frames, or bytes. Without a word: frames."),
]


def settings(config_file: Path | None, data: Path | None, flags: "dict[str, str | None] | None" = None) -> "Config":
    """The settings as `serve` with these flags would read them. Raises roomful.config.ConfigError: end with USAGE."""
    from roomful import config

    return config.load(config_file, config.environment(), {**server_flags(data), **(flags or {})})


def server_flags(data: Path | None) -> dict[str, str | None]:
    """`--data` in the form that the settings take flags."""
    return {"server.data": str(data) if data else None}


def failed(message: str, code: int = FAILED) -> int:
    """Say what was wrong on standard error; returns the exit code."""
    sys.stderr.write(message + "\n")
    return code
