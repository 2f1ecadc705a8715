"""The settings of tools: `[tools.NAME]` and `[[mcp]]` of the configuration."""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["reads", "reaches", "writes"]
Names = Annotated[tuple[str, ...], Meta(max_length=200)]


class ToolSettings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[tools.NAME]`: one tool, or those of a server as `[tools."files.*"]`. The exact name counts before the other."""

    kind: Annotated[
        Literal["", "reaches", "writes"],
        Meta(
            description="What it does: `reaches` outside, or `writes` there, which takes somebody's approval each time; "
            "empty: as it comes. Tools of MCP servers write, unless `read_only` names them."
        ),
    ] = ""
    approve: Annotated[
        bool,
        Meta(description="Each call takes the approval of whoever asked, or of a moderator, even where it only reads."),
    ] = False
    rooms: Annotated[
        Names,
        Meta(
            description="The rooms in which it may be used; `*`: all; empty: those of the bot's `[[bots]]`, and all for what "
            "only reads the room."
        ),
    ] = ()
    not_rooms: Annotated[Names, Meta(description="Rooms in which it may not be used, whatever `rooms` says.")] = ()
    guests: Annotated[
        Names,
        Meta(description="Rooms in which guests, too, may let a bot reach outside or write with it; `*`: all."),
    ] = ()
    bots: Annotated[
        Names,
        Meta(
            description="Rooms in which lines by other bots do not keep a bot from reaching outside with it; `*`: all."
        ),
    ] = ()
    private: Annotated[
        Names,
        Meta(
            description="Of `web_fetch`: private networks that it may reach all the same, as `10.1.0.0/16`; empty: none."
        ),
    ] = ()
    proxy: Annotated[
        str,
        Meta(description="Of `web_fetch`: a proxy as `http://HOST:PORT`, `pool`, `direct`; empty: as `[egress]` says."),
    ] = ""

    def __post_init__(self) -> None:
        for network in self.private:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"private: {network} is no network; one is written as 10.1.0.0/16") from None


class McpSettings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[[mcp]]`: an MCP server, whose tools are called `NAME.TOOL`. It is started, or reached, when a bot first needs it."""

    name: Annotated[
        str,
        Meta(pattern="^[a-z][a-z0-9_-]{0,31}$", description="What its tools' names begin with: small letters, digits."),
    ]
    command: Annotated[str, Meta(description="The program to start; it speaks on standard input and output.")] = ""
    args: Annotated[tuple[str, ...], Meta(max_length=100, description="Its arguments.")] = ()
    env: Annotated[
        dict[str, str],
        Meta(description="Its environment, beside PATH, HOME and the like; keys of the bot host are not handed on."),
    ] = {}
    url: Annotated[str, Meta(description="Instead of `command`: where it is reached by streamable HTTP.")] = ""
    token_env: Annotated[
        str, Meta(description="With `url`: the environment variable that holds the bearer token; empty: none.")
    ] = ""
    allow: Annotated[Names, Meta(description="Which of its tools there are for bots, without its name; `*`: all.")] = (
        "*",
    )
    deny: Annotated[Names, Meta(description="Which of them there are not, whatever `allow` says.")] = ()
    read_only: Annotated[
        Names,
        Meta(
            description="Which of them change nothing; all others write. What the server says of them does not count."
        ),
    ] = ()

    def __post_init__(self) -> None:
        if bool(self.command) == bool(self.url):
            raise ValueError("command and url: one of them says where the server is")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("url: it begins with https://, or http://")

    def __repr__(self) -> str:
        return f"McpSettings({self.name!r})"  # neither arguments nor environment, which may hold keys


def setting(tools: Mapping[str, ToolSettings], name: str) -> ToolSettings:
    """What is set of a tool."""
    return tools.get(name) or tools.get(f"{name.rpartition('.')[0]}.*") or ToolSettings()
