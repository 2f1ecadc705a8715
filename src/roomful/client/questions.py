"""Lists that come in pages, asked for until they are whole."""

from collections.abc import Awaitable, Callable

from roomful.domain import commands
from roomful.domain.answers import MemberInfo, MemberList, RoomInfo, RoomList


async def all_rooms(ask: Callable[[commands.Rooms], Awaitable[RoomList]], *, mine: bool) -> list[RoomInfo]:
    """Every room that anybody may join, or every one of one's own."""
    found: list[RoomInfo] = []
    page = await ask(commands.Rooms(0, mine))
    found += page.rooms
    while page.more and (
        listed := [info for info in page.rooms if not info.invited]
    ):  # invitations come with the first
        page = await ask(commands.Rooms(0, mine, after=listed[-1].room))
        found += page.rooms
    return found


async def all_members(ask: Callable[[commands.Members], Awaitable[MemberList]], room: str) -> list[MemberInfo]:
    """Every member of a room."""
    found: list[MemberInfo] = []
    page = await ask(commands.Members(0, room))
    found += page.members
    while page.more and page.members:
        page = await ask(commands.Members(0, room, after=page.members[-1].nick))
        found += page.members
    return found
