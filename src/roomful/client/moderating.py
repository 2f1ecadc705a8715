"""What moderators do: to others, and to see what was done."""

from typing import Literal

from roomful.client.asking import Asking
from roomful.client.items import History
from roomful.domain import commands
from roomful.domain.answers import Receipt, SanctionInfo, SanctionList
from roomful.protocol.native import WirePage

NewRole = Literal["owner", "moderator", "member"]


class Moderating(Asking):
    """Part of `Client`. `who` is a nick, or `!` and a participant's id. All of it is in the room's log, with the reason.

    Each raises NotMember and NotAllowed; what is no more than it was raises NothingToDo, and NoSuchNick says whom nobody knows.
    """

    async def invite(self, room: str, who: str) -> Receipt:
        """Let somebody enter a private room."""
        return await self._act(commands.Invite(id=0, room=room, nonce=next(self._nonces), who=who))

    async def kick(self, room: str, who: str, reason: str = "") -> Receipt:
        """End somebody's membership; it may come back."""
        return await self._act(commands.Kick(id=0, room=room, nonce=next(self._nonces), who=who, reason=reason))

    async def ban(
        self,
        room: str,
        who: str | None = None,
        *,
        mask: str | None = None,
        address: str | None = None,
        seconds: int | None = None,
        reason: str = "",
    ) -> Receipt:
        """End the membership of whom it fits, and let nobody in whom it fits.

        Args:
            who, mask, address: one of them: a participant; nicks, such as `spam*`; an address or a network of guests.
            seconds: for how long; None: until it is lifted.
        """
        return await self._act(
            commands.Ban(
                id=0,
                room=room,
                nonce=next(self._nonces),
                who=who,
                mask=mask,
                address=address,
                seconds=seconds,
                reason=reason,
            )
        )

    async def unban(self, room: str, ban: int) -> Receipt:
        """Lift a ban, by its number in `bans`."""
        return await self._act(commands.Unban(id=0, room=room, nonce=next(self._nonces), ban=ban))

    async def mute(self, room: str, who: str, *, seconds: int | None = None, reason: str = "") -> Receipt:
        """Let somebody read and say nothing: for so long, or until it is lifted."""
        return await self._act(
            commands.Mute(id=0, room=room, nonce=next(self._nonces), who=who, seconds=seconds, reason=reason)
        )

    async def unmute(self, room: str, who: str) -> Receipt:
        """Let somebody speak again."""
        return await self._act(commands.Unmute(id=0, room=room, nonce=next(self._nonces), who=who))

    async def role(self, room: str, who: str, role: NewRole) -> Receipt:
        """Give a member another role. Raises AccountRequired: guests have no other."""
        return await self._act(commands.Role(id=0, room=room, nonce=next(self._nonces), who=who, role=role))

    async def bans(self, room: str) -> tuple[SanctionInfo, ...]:
        """Who is banned from a room, and who is muted in it: the newest first."""
        return (await self._outbox.ask(commands.Bans(0, room), SanctionList).answer).bans

    async def acts(self, room: str, *, before: int | None = None, limit: int = 50) -> History:
        """The room's moderation log, the newest act first."""
        return History.of(await self._outbox.ask(commands.Acts(0, room, before, limit), WirePage).answer)
