"""A small MCP server: reads and writes files of one folder, and does what tests need besides."""

import os
from pathlib import Path

from mcp.server.mcpserver import MCPServer


def server(folder: Path) -> MCPServer:
    """The server over a folder."""
    files = MCPServer("files")

    @files.tool()
    def read(path: str) -> str:
        """Read a file."""
        return (folder / path).read_text(encoding="utf-8")

    @files.tool()
    def write(path: str, text: str) -> str:
        """Write a file."""
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(text)
        return f"wrote {len(text)}"

    @files.tool()
    def secret() -> str:
        """Nobody is to have this one."""
        return "swordfish"

    @files.tool()
    def environment() -> str:
        """What it was started with."""
        return " ".join(sorted(os.environ))

    @files.tool()
    def die() -> str:
        """End, at once."""
        os._exit(1)

    return files


if __name__ == "__main__":
    server(Path(os.environ["FOLDER"])).run("stdio")
