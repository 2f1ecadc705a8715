"""Roomful as a server under test: every message is committed to SQLite, with fsync, before it is told."""

import shutil
import sys
from pathlib import Path

import roomful
from bench.driver.results import FOLDER
from bench.driver.seed import seeded
from bench.driver.servers import OUTPUT, Server
from roomful.server import DATABASE

CONFIG = """\
[server]
data = "{data}"
[tcp]
listen = "127.0.0.1:0"
[http]
listen = "{http}"
[accounts]
registration = "open"
[limits]
enabled = false
"""


class Roomful(Server):
    """This project, as a user would start it, with its limits off."""

    name = "roomful"
    proto = "native"
    keeps_log = True
    has_accounts = True
    door = "tcp"  # which listener is measured

    def __init__(self, logs: Path = FOLDER) -> None:
        self._logs = logs  # where seeded databases are kept

    def absent(self) -> str:
        return ""

    def version(self) -> str:
        return roomful.__version__

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        data = folder / "data"
        data.mkdir(mode=0o700)
        if log:
            shutil.copyfile(seeded(self._logs, log), data / DATABASE)
        config = folder / "roomful.toml"
        config.write_text(CONFIG.format(data=data, http="127.0.0.1:0" if self.door == "http" else ""))
        return [str(Path(sys.executable).with_name("roomful")), "serve", "--no-bots", "--config", str(config)]

    def accepts_at(self, folder: Path, port: int) -> int | None:
        for line in (folder / OUTPUT).read_text().splitlines(keepends=True):
            word, *listeners = line.split() or [""]
            if word == "ready" and line.endswith("\n"):
                address = dict(listener.split("=", 1) for listener in listeners)[self.door]
                return int(address.rpartition(":")[2])
        return None


class RoomfulWebSocket(Roomful):
    """This project as browsers reach it: the same objects over WebSocket."""

    name = "roomful-ws"
    proto = "native-ws"
    has_accounts = False  # whoever logs in beside the load speaks over TCP
    door = "http"
