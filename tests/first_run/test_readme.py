"""What README.md shows is so: its program runs as it stands there, and answers."""

import asyncio
import re
import sys
from pathlib import Path

from tests.first_run.programs import PATIENCE, environment, program
from tests.support.server import serve

README = Path(__file__).parents[2] / "README.md"


async def test_the_program_in_the_readme_answers(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    async with serve(tmp_path) as server:
        assert "tcp://127.0.0.1:5002" in source
        source = source.replace("tcp://127.0.0.1:5002", server.tcp)
        async with program(tmp_path, "chat", server.tcp, "--plain", "--nick", "alice") as alice:
            await alice.sees("Only you are here")
            echo = await asyncio.create_subprocess_exec(sys.executable, "-c", source, env=environment(tmp_path))
            try:
                await alice.sees("echo joined")
                alice.type("is there an echo?")
                await alice.sees("-echo- you said: is there an echo?")
            finally:
                echo.terminate()
                async with asyncio.timeout(PATIENCE):
                    await echo.wait()


def test_the_readme_says_what_the_program_says() -> None:
    """The sentences in the picture of a session are the program's own; people's lines are theirs."""
    package = Path(__file__).parents[2] / "src" / "roomful" / "terminal"
    said = "".join(path.read_text() for path in package.glob("*.py"))
    (session,) = re.findall(r"```\n\$ uv run roomful chat --nick alice\n(.*?)```", README.read_text(), re.DOTALL)
    for line in (line for line in session.splitlines() if line.startswith("· ")):
        words = re.split(r"127\.0\.0\.1:5002|alice|\(.*?\)", line.removeprefix("· "))
        assert all(part in said for part in words), line
