"""Webhooks of a room: programs that post into it, and addresses that are told what is said there."""

from collections.abc import Sequence

from roomful.client.asking import Asking
from roomful.client.outbox import Resend
from roomful.domain import commands
from roomful.domain.answers import Done, WebhookList, WebhookMade
from roomful.domain.webhooks import WebhookInfo


class Webhooks(Asking):
    """Part of `Client`. Each raises NotMember and NotAllowed, and NoSuchWebhook where there is none with this id.

    What makes a secret is not asked for twice: where the connection is lost meanwhile, ConnectionLost says that the outcome is
    unknown, and `webhooks` shows it.
    """

    async def webhook_in(self, room: str, name: str) -> WebhookMade:
        """Make a secret address under which programs post into a room; its `url` is where. Raises NickTaken, BadName, TooMany.

        Args:
            name: the nick under which they post.
        """
        return await self._make(commands.WebhookIn(0, room, name))

    async def webhook_out(self, room: str, url: str, events: Sequence[str] = ()) -> WebhookMade:
        """Have an address told of what happens in a room. What is sent is signed with the `secret` that this returns.

        Args:
            events: types of events, such as `message`; none: all.

        Raises BadUrl, BadRequest, TooMany.
        """
        return await self._make(commands.WebhookOut(0, room, url, tuple(events)))

    async def webhook_renew(self, room: str, webhook: str) -> WebhookMade:
        """Give a webhook another secret; the old one is good no more."""
        return await self._make(commands.WebhookSet(0, room, webhook, renew=True))

    async def webhook_switch(self, room: str, webhook: str, *, on: bool, skip: bool = False) -> None:
        """Switch one that goes out off, or on again: then it goes on where it stopped, or, with `skip`, with what comes."""
        asked = commands.WebhookSet(0, room, webhook, on=on, skip=skip)
        await self._outbox.ask(asked, WebhookMade).answer

    async def webhook_drop(self, room: str, webhook: str) -> None:
        """Remove a webhook."""
        await self._outbox.ask(commands.WebhookDrop(0, room, webhook), Done, Resend.NEVER).answer

    async def webhooks(self, room: str) -> tuple[WebhookInfo, ...]:
        """The webhooks of a room, the oldest first."""
        return (await self._outbox.ask(commands.Webhooks(0, room), WebhookList).answer).webhooks

    async def _make(self, request: commands.Request) -> WebhookMade:
        return await self._outbox.ask(request, WebhookMade, Resend.NEVER).answer
