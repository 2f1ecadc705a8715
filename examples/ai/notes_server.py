"""An MCP server with one tool, which writes: a line into a file.  python examples/ai/notes_server.py FILE"""

import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer

notes = MCPServer("notes")


@notes.tool()
def add(text: str) -> str:
    """Keep a note."""
    with Path(sys.argv[1]).open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")
    return "It is kept."


if __name__ == "__main__":
    notes.run()
