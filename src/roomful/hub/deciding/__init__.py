"""Deciding: commands in, changes and results out. Pure but for what the hub has loaded beforehand.

batch.py       one batch, and what its commands see of each other
messages.py    what is said, and what is done to it
rooms.py       how rooms begin, who enters and leaves, what they are like
moderation.py  what moderators do to others
people.py      guests come, are renamed, go; what was read
accounts.py    accounts and their devices
owning.py      what owners of the server do to accounts of others
bots.py        bots are made, placed, dropped; why they spoke, what they keep
conversations.py  bots talk with each other, and stop
hooks.py       webhooks are made, changed, removed
files.py       what was uploaded, and what messages take of it

HANDLERS is the table: one function a command.
"""

from roomful.domain import commands

from ..prepared import Dropping, Entry, Erasure, Founding, HookGone, Parting, Rekeying, Spent, Touch, Upload
from ..work import Expire, Renew
from . import accounts, bots, conversations, files, hooks, messages, moderation, owning, people, rooms
from .batch import Batch, Handler

HANDLERS: dict[type, Handler] = {
    commands.Post: messages.post,
    commands.Edit: messages.edit,
    commands.Redact: messages.redact,
    commands.React: messages.react,
    commands.Pin: messages.pin,
    commands.Topic: messages.topic,
    commands.Join: rooms.join,
    commands.Leave: rooms.leave,
    commands.Create: rooms.create,
    commands.Set: rooms.change,
    commands.Rename: rooms.rename,
    commands.Delete: rooms.delete,
    commands.Invite: moderation.invite,
    commands.Kick: moderation.kick,
    commands.Ban: moderation.ban,
    commands.Unban: moderation.unban,
    commands.Mute: moderation.mute,
    commands.Unmute: moderation.unmute,
    commands.Role: moderation.role,
    commands.Login: people.login,
    commands.Logout: people.logout,
    commands.Nick: people.nick,
    commands.Bye: people.bye,
    commands.Mark: people.mark,
    commands.Duet: conversations.duet,
    commands.Conclude: conversations.conclude,
    commands.Stop: conversations.stop,
    commands.Continue: conversations.go_on,
    commands.BotPut: bots.put,
    commands.BotRoom: bots.place,
    commands.BotDrop: bots.drop,
    commands.Decide: bots.decide,
    commands.Remember: bots.remember,
    commands.Forget: bots.forget,
    commands.StatePut: bots.keep,
    commands.WebhookIn: hooks.incoming,
    commands.WebhookOut: hooks.outgoing,
    commands.WebhookSet: hooks.change,
    commands.WebhookDrop: hooks.drop,
    HookGone: hooks.gone,
    Upload: files.upload,
    Spent: files.spent,
    commands.Revoke: accounts.revoke,
    commands.Token: accounts.token,
    commands.Code: accounts.code,
    commands.AccountSet: owning.account_set,
    Dropping: owning.account_drop,
    Entry: accounts.enter,
    Founding: accounts.found,
    Rekeying: accounts.rekey,
    Parting: accounts.part,
    Erasure: accounts.erase,
    Touch: accounts.touch,
    Expire: people.expire,
    Renew: people.renew,
}

__all__ = ["HANDLERS", "Batch"]
