"""schemathesis makes requests from the OpenAPI document, right ones and wrong ones, and finds nothing."""

import asyncio
import sys
from pathlib import Path

from tests.support.server import serve

from .conftest import Program, Stack

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
EXAMPLES = 2  # made up for each operation, beside those of the document and of the edges of its types
LONGEST = 25  # s
APART = (
    "get_events",  # never ends
    *("post_logout", "delete_rooms_room", "put_rooms_room_name"),  # would leave nothing to ask for
)
SURROUNDINGS = {"ROOMFUL_LIMITS__ENABLED": "false", "ROOMFUL_ACCOUNTS__REGISTRATION": "open"}
# What a type cannot say (a text's bytes, a nick's characters) is refused although it fits.
LEFT_OUT = "positive_data_acceptance"


async def test_nothing_is_found(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=SURROUNDINGS) as server, Stack() as stack:
        base = f"http://{server.http}"
        alice = await Program.open(base, stack)
        told = await alice.ok(
            "POST", "/register", {"account": "alice", "password": "not in any example", "bearer": True}
        )
        alice.token = told["token"]
        await alice.join()
        await alice.post("hello")
        await (await Program.open(base, stack)).login(nick="bob")
        process = await asyncio.create_subprocess_exec(
            *(SCHEMATHESIS, "run", f"{base}/api/v1/openapi.json", "-H", f"Authorization: Bearer {alice.token}"),
            *("--phases", "examples,coverage,fuzzing", "-n", str(EXAMPLES), "--max-time", str(LONGEST)),
            *("--generation-deterministic", "--exclude-checks", LEFT_OUT, "--no-color", "--warnings", "off"),
            *(word for name in APART for word in ("--exclude-operation-id", name)),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()[-6000:]
        assert b"Tested: " in out
        faults = [line for line in server.log().splitlines() if " error " in line or "fault" in line]
        assert not faults, faults[:5]
