"""Rooms: entering and leaving them, and what owners do with them."""

from typing import Literal

from roomful.client.asking import Asking
from roomful.domain import commands
from roomful.domain.answers import Done, Joined, Receipt
from roomful.errors import NoSuchRoom, NotMember

Visibility = Literal["public", "private"]
Readable = Literal["all", "joined"]
Models = Literal["any", "local"]


class Rooms(Asking):
    """Part of `Client`."""

    async def join(
        self, room: str, *, last: int | None = None, after: int | None = None, create: bool = True
    ) -> Joined:
        """Become a member of a room and follow it, on later connections too, and under whatever name it is given.

        Events come from the newest `last` on, or those `after` a number, or only those to come.

        Args:
            room: `#name`, which begins if there is none; `!id`; or `@nick` for the direct room with somebody.
            create: False: where there is no room of this name, none begins.

        Raises BadName, NoSuchRoom, Moved, NoSuchNick, Banned, InviteOnly, CursorAhead.
        """
        join = commands.Join(0, room, after, last, create=create)
        asked = self._outbox.ask(join, Joined, then=lambda answer: self._following.joined(answer, after, last))
        return await asked.answer

    async def leave(self, room: str) -> None:
        """End the membership, on all connections; in a direct room, only stop following. Raises NotMember, NoSuchRoom."""
        place = self._following.places.find(room)
        if place is not None:
            place.leaving = True
        asked = self._outbox.ask(
            commands.Leave(0, room), Done, then=lambda _: self._following.left(place) if place else None
        )
        try:
            await asked.answer
        except NotMember:
            if not asked.again:  # else it was done, and the reply lost
                raise
            if place is not None:
                self._following.left(place)
        finally:
            if place is not None:
                place.leaving = False

    async def create(self, room: str, kind: Visibility = "public", *, description: str = "") -> Receipt:
        """Begin a room and own it; `join` it to follow it.

        Raises BadName, RoomExists, AccountRequired: guests have no private rooms.
        """
        return await self._act(
            commands.Create(id=0, room=room, nonce=next(self._nonces), kind=kind, description=description)
        )

    async def topic(self, room: str, text: str) -> Receipt:
        """Set a room's topic; empty: none. Raises BadText, NotMember, NoSuchRoom, NotAllowed."""
        return await self._act(commands.Topic(0, room, next(self._nonces), text))

    async def set(
        self,
        room: str,
        *,
        description: str | None = None,
        kind: Visibility | None = None,
        history: Readable | None = None,
        slow: int | None = None,
        retention: int | None = None,
        archived: bool | None = None,
        models: Models | None = None,
    ) -> Receipt:
        """Change settings of a room; what is left out stays. Raises NotAllowed, NothingToDo.

        Args:
            kind: `private` for those invited.
            history: whether members may read all of it, or only from their joining on.
            slow: seconds between two messages of one member; 0: none.
            retention: days after which texts are erased; 0: never.
            archived: whether nobody may write any more.
            models: `local`: no line goes to a model on another machine.
        """
        return await self._act(
            commands.Set(
                id=0,
                room=room,
                nonce=next(self._nonces),
                description=description,
                kind=kind,
                history=history,
                slow=slow,
                retention=retention,
                archived=archived,
                models=models,
            )
        )

    async def rename(self, room: str, name: str) -> Receipt:
        """Give a room another name. Who follows it goes on under that one. Raises BadName, RoomExists, NotAllowed."""
        return await self._act(commands.Rename(id=0, room=room, nonce=next(self._nonces), name=name))

    async def delete(self, room: str, reason: str = "") -> None:
        """Delete a room and all that was said in it. Raises NotAllowed, NotMember, NoSuchRoom."""
        asked = self._asked_to_act(commands.Delete(id=0, room=room, nonce=next(self._nonces), reason=reason))
        try:
            await asked.answer
        except NoSuchRoom:
            if not asked.again:  # else it was done, and the reply lost
                raise
