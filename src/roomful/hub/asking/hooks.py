"""Which webhooks a room has."""

from typing import TYPE_CHECKING

from roomful.domain import commands
from roomful.domain.answers import WebhookList
from roomful.domain.events import timestamp
from roomful.domain.rights import may
from roomful.domain.webhooks import Hook, InHook, WebhookInfo

from ..deciding.hooks import host_of
from ..session import Participant, Session
from .readable import readable

if TYPE_CHECKING:
    from ..hub import Hub


async def webhooks(hub: "Hub", session: Session, me: Participant, ask: commands.Webhooks) -> WebhookList:
    """List them."""
    room = await readable(hub, me, ask.room, "webhook_in")
    role = room.state.role_of(me.sender.id, server_owner=me.owner)
    all_of_it = may(role, "webhook_out", room.state.kind)
    found = await hub.store.hooks(room.state.id)
    return WebhookList(room.address, tuple(_info(hook, room.state.head, all_of_it=all_of_it) for hook in found))


def _info(hook: Hook, head: int, *, all_of_it: bool) -> WebhookInfo:
    created = timestamp(hook.created)
    if isinstance(hook, InHook):
        return WebhookInfo(hook.id, "in", hook.by, created, name=hook.name)
    state = "off" if hook.off else "failing" if hook.failing else "on"
    return WebhookInfo(
        hook.id,
        "out",
        hook.by,
        created,
        url=hook.url if all_of_it else host_of(hook.url),
        events=hook.events,
        state=state,
        behind=max(0, head - hook.cursor),
        since=_time(hook.failing),
        due=_time(hook.due) if state == "failing" else "",
        reason=hook.reason,
    )


def _time(ms: int) -> str:
    return timestamp(ms) if ms else ""
