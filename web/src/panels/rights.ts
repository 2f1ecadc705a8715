/** What the reader may do: the server's table of rights, so that nothing is offered that would be refused. */

import { RIGHTS } from '../protocol/tables'
import type { Action } from '../protocol/types'
import { owner, type Room } from '../state'

const RANK: Readonly<Record<string, number>> = { owner: 3, moderator: 2 }

/** The role that counts in this room: whoever owns the server is an owner in all but direct ones. */
export function roleIn(room: Room): string {
    return owner.value && room.kind.value !== 'direct' ? 'owner' : room.role.value
}

/** Whether the reader may do this in this room. */
export function may(room: Room, action: Action): boolean {
    return RIGHTS[action][room.kind.value].includes(roleIn(room))
}

/** Whether somebody with this role may kick, ban, mute or demote one with that role. */
export function above(role: string, other: string): boolean {
    return role === 'owner' || (RANK[role] ?? 1) > (RANK[other] ?? 1)
}
