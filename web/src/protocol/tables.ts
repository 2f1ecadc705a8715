// Written by `python -m tools.generate` from the types of the server: change those, then `just docs`.

import type { Action, NonceType, RoomKind } from './types'

/** Commands that carry a nonce. */
export const NONCED: ReadonlySet<string> = new Set<NonceType>(["post", "edit", "redact", "react", "pin", "topic", "create", "set", "rename", "delete", "invite", "kick", "ban", "unban", "mute", "unmute", "role", "duet", "conclude", "stop", "continue", "bot"])

/** Who may do what: an action, a kind of room, and the roles that may. */
export const RIGHTS: Record<Action, Record<RoomKind, readonly string[]>> = {
    read: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    post: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    react: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    edit: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    redact_own: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    redact: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    pin: {"public": ["owner", "moderator"], "private": ["owner", "moderator", "member"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    call_everybody: {"public": ["owner", "moderator"], "private": ["owner", "moderator", "member"], "direct": []},
    topic: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": []},
    set: {"public": ["owner"], "private": ["owner"], "direct": []},
    rename: {"public": ["owner"], "private": ["owner"], "direct": []},
    delete: {"public": ["owner"], "private": ["owner"], "direct": []},
    invite: {"public": ["owner", "moderator", "member"], "private": ["owner", "moderator"], "direct": []},
    kick: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    ban: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    mute: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    role: {"public": ["owner"], "private": ["owner"], "direct": []},
    see_acts: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": []},
    see_bans: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    stop: {"public": ["owner", "moderator", "member", "guest"], "private": ["owner", "moderator", "member", "guest"], "direct": ["owner", "moderator", "member", "guest"]},
    duet: {"public": ["owner", "moderator", "member", "guest"], "private": ["owner", "moderator", "member", "guest"], "direct": []},
    bots: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": ["owner", "moderator", "member", "guest"]},
    see_bots: {"public": ["owner", "moderator", "member", "bot", "guest"], "private": ["owner", "moderator", "member", "bot", "guest"], "direct": ["owner", "moderator", "member", "bot", "guest"]},
    remember: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": ["owner", "moderator", "member", "guest"]},
    webhook_in: {"public": ["owner", "moderator"], "private": ["owner", "moderator"], "direct": []},
    webhook_out: {"public": ["owner"], "private": ["owner"], "direct": []},
}
