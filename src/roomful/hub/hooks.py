"""Webhooks, as far as the hub knows them: what programs post by a secret address, and where that address is.

A post by a webhook is decided like everybody's: the webhook is a participant and a member of its room, and may be muted.
"""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from roomful.domain import commands
from roomful.domain.answers import Receipt
from roomful.domain.events import Sender, Style
from roomful.domain.webhooks import KIND, InHook, secret_digest
from roomful.errors import NoSuchWebhook, RoomfulError

from .beside import Beside
from .limits import Buckets, counted_as
from .session import Participant

if TYPE_CHECKING:
    from .hub import Hub

PATH = "/hooks/"
POSTS, POSTS_PER_SECOND = 30, 1.0  # of one webhook, at once and in the long run
STRANGERS, STRANGERS_PER_SECOND = 30, 0.5  # addresses that are none, tried from one place


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[webhooks]`: programs that post into rooms, and addresses that are told what is said there."""

    base: Annotated[
        str,
        Meta(
            description="How this server's HTTP port is reached from elsewhere, such as `https://chat.example.org`: with "
            "it begin the addresses of webhooks. Empty: as it listens."
        ),
    ] = ""
    private: Annotated[
        bool,
        Meta(
            description="Send to this machine and to private networks too. Whoever owns a room then reaches what is there."
        ),
    ] = False
    proxy: Annotated[
        str,
        Meta(description="The way out: `direct`, `pool`, or a proxy as `http://HOST:PORT`; empty: as `[egress]` says."),
    ] = ""
    give_up_days: Annotated[
        float, Meta(gt=0, le=30, description="Days after which a webhook is switched off whose address takes nothing.")
    ] = 3.0


class Hooks:
    """Knows those that come in, by the digests of their secrets, and posts for them."""

    def __init__(self, hub: "Hub", settings: WebhookSettings) -> None:
        self.hub = hub
        self.settings = settings
        self.reached_at = ""  # how HTTP is reached, once it listens
        self._known: dict[bytes, InHook] = {}
        self._posts = Buckets("posts by this webhook", POSTS_PER_SECOND, POSTS, hub.monotonic)
        self._strangers = Buckets("addresses that are none", STRANGERS_PER_SECOND, STRANGERS, hub.monotonic)
        self._beside = Beside()

    async def load(self) -> None:
        """Read which there are. Raises StoreUnavailable."""
        found = await self.hub.store.hooks()
        self._known = {hook.digest: hook for hook in found if isinstance(hook, InHook)}

    def look_again(self) -> None:
        """Another process may have written."""
        self._beside.start(self._load_again())

    async def _load_again(self) -> None:
        try:
            await self.load()
        except RoomfulError as why:
            self.hub.log.warning("webhooks could not be looked at", reason=why.message)

    async def close(self) -> None:
        """Let go of everything that is under way."""
        await self._beside.close()

    @property
    def address(self) -> str:
        """What stands before the secret of one that comes in."""
        return (self.settings.base or self.reached_at).rstrip("/") + PATH

    # -- what follows once something is recorded ------------------------------------------------------

    def put(self, hook: InHook) -> None:
        """One that comes in was made, or has another secret."""
        self.dropped(hook.id)
        self._known[hook.digest] = hook

    def dropped(self, id: str) -> None:
        """One is gone."""
        self._known = {digest: hook for digest, hook in self._known.items() if hook.id != id}

    def changed(self) -> None:
        """One that goes out was made, is otherwise, or is gone."""
        for follower in self.hub.followers:
            follower.look_again()

    def room_deleted(self, room: str) -> None:
        """A room is gone, and its webhooks with it."""
        self._known = {digest: hook for digest, hook in self._known.items() if hook.room != room}
        self.changed()

    def forget_full(self) -> None:
        """Forget whoever has not asked for so long that it might ask as if it never had."""
        self._posts.forget_full()
        self._strangers.forget_full()

    # -- posting --------------------------------------------------------------------------------------

    def find(self, secret: str, host: str) -> InHook:
        """The webhook with this secret, asked for from this address. Raises NoSuchWebhook, RateLimited."""
        digest = secret_digest(secret)
        hook = self._known.get(digest) if digest is not None else None
        limited = self.hub.limits.enabled
        if hook is None:
            if limited:
                self._strangers.take(counted_as(host))
            raise NoSuchWebhook("There is no webhook at this address: it may have been removed, or have a new secret.")
        if limited:
            self._posts.take(hook.id)
        return hook

    async def say(
        self, hook: InHook, text: str, nonce: str, *, style: Style = "text", reply_to: int | None = None
    ) -> Receipt:
        """Post as a webhook, once for each nonce. Raises Refused; StoreUnavailable: the outcome is unknown."""
        me = Participant(Sender(hook.id, hook.name, KIND))
        post = commands.Post(0, "!" + hook.room, nonce, text, style, reply_to, again=True)
        said = await self.hub.decided(me, post)
        assert isinstance(said, Receipt)
        return said
