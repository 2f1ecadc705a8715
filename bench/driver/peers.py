"""The servers that Roomful is measured against. None of them keeps messages on disk. Their flood limits are off."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.driver.servers import Server

SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
WEBSOCKETS = Path(__file__).parents[1] / "peers" / "websockets_server.py"

INSPIRCD = """\
<config format="xml">
<server name="irc.bench.test" description="bench" id="1BN" network="bench">
<admin name="bench" nick="bench" email="bench@bench.test">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="bench" allow="*" timeout="60" pingfreq="10m" limit="100000" localmax="100000" globalmax="100000"
         maxconnwarn="no" maxchans="100" hardsendq="256M" softsendq="256M" recvq="16M" threshold="1000000000"
         commandrate="1000000000" fakelag="no" resolvehostnames="no" useident="no">
<performance softlimit="100000" somaxconn="4096" clonesonconnect="no">
<options splitwhois="no" defaultmodes="n">
"""

NGIRCD = """\
[Global]
Name = irc.bench.test
Info = bench
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = bench
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
"""


class Inspircd(Server):
    """InspIRCd: C++, one thread; of the large IRC networks' servers the quickest."""

    name = "inspircd"
    proto = "irc"

    def absent(self) -> str:
        return "" if _program("inspircd") else "inspircd is not installed (Debian: apt install inspircd)"

    def version(self) -> str:
        return _first_line("inspircd", "--version").removeprefix("InspIRCd-").removesuffix("-debian")

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        config = folder / "inspircd.conf"
        config.write_text(INSPIRCD.format(port=port))
        root = ["--runasroot"] if os.geteuid() == 0 else []
        return [_program("inspircd"), "--nofork", "--nopid", "--nolog", *root, "--config", str(config)]


class Ngircd(Server):
    """ngIRCd: C, one thread, small."""

    name = "ngircd"
    proto = "irc"
    in_flight = 8  # its backlog is 10: more, and repeated SYNs are what is measured

    def absent(self) -> str:
        return "" if _program("ngircd") else "ngircd is not installed (Debian: apt install ngircd)"

    def version(self) -> str:
        return _first_line("ngircd", "--version").partition("-")[0].removeprefix("ngIRCd ")

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        config = folder / "ngircd.conf"
        config.write_text(NGIRCD.format(port=port))
        folder.chmod(0o755)  # started by root, it becomes another user, who reads its configuration again
        return [_program("ngircd"), "--nodaemon", "--config", str(config)]


class Websockets(Server):
    """The Python library `websockets`: its broadcast() to a room's connections, on uvloop."""

    name = "websockets"
    proto = "ws"

    def absent(self) -> str:
        return "" if importlib.util.find_spec("websockets") else "websockets is not installed (uv sync --group bench)"

    def version(self) -> str:
        return importlib.metadata.version("websockets")

    def prepare(self, folder: Path, port: int, log: int) -> list[str]:
        return [sys.executable, str(WEBSOCKETS), str(port)]


def _program(name: str) -> str:
    return shutil.which(name, path=SBIN) or ""


def _first_line(name: str, option: str) -> str:
    return subprocess.run([_program(name), option], capture_output=True, text=True, check=True).stdout.partition("\n")[
        0
    ]
