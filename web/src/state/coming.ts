import { signal } from '@preact/signals'

import { Refused } from '../net/refused'
import type { RoomInfo } from '../protocol/types'
import { ask } from './client'
import type { Room } from './room'
import { current, forgetRoom, invitations, roomFor, roomNamed, rooms } from './rooms'
import { epoch, missed, replaced } from './session'

const AT_ONCE = 80 // lines of a room that is opened for the first time
const FAR = 400 // further behind than this, a room begins anew at its newest lines

/** What is unread is being learnt: until then nothing counts as read, as the unread line would not be known any more. */
export const counting = signal(false)

/** After a login: follow the rooms one was in, then those one is in by now, and learn what is unread. */
export async function comeBack(): Promise<void> {
    counting.value = true
    const known = rooms.value.filter((room) => room.joined.value)
    const before = new Map(known.map((room) => [room, room.cursor]))
    const back = known.map((room) => follow(room).catch((why: unknown) => lost(room, why)))
    const counts = learn().finally(() => (counting.value = false))
    await Promise.all(back)
    tellMissed(before)
    await counts
}

/** Follow a room: from where this page left off, or from its newest lines. Throws `Refused`. */
export async function follow(room: Room, fresh = AT_ONCE): Promise<Room> {
    const after = room.cursor
    const from = after > 0 ? { after, epoch: epoch.value } : { last: fresh }
    try {
        begin(room, await ask('join', { room: room.name.value, ...from }), after || -1, fresh)
    } catch (why) {
        if (!(why instanceof Refused) || !['epoch_changed', 'cursor_ahead'].includes(why.code)) throw why
        room.forget()
        replaced.value = true
        begin(room, await ask('join', { room: room.name.value, last: fresh }), -1, fresh)
    }
    return room
}

function begin(room: Room, answer: Parameters<Room['entered']>[0], after: number, fresh: number): void {
    room.skipped = after >= 0 ? after : Math.max(answer.first ? answer.first - 1 : 0, answer.head - fresh, 0)
    room.entered(answer)
    room.unexplained.value = Math.max(room.first, Math.min(room.skipped, answer.head - fresh) + 1)
}

/** Become a member of a room, `#name`, `!id` or `@nick`, and follow it; a `#name` may `create` it. Throws `Refused`. */
export async function join(name: string, create = true): Promise<Room> {
    const known = roomNamed(name)
    if (known?.joined.value) return known
    if (known) return follow(known)
    const answer = await ask('join', { room: name, last: AT_ONCE, create })
    const room = roomFor(answer.room)
    begin(room, answer, -1, AT_ONCE)
    return room
}

async function learn(): Promise<void> {
    const mine = await ask('rooms', { mine: true, limit: 500 })
    invitations.value = mine.rooms.filter((info) => info.invited).map((info) => info.room)
    const ours = mine.rooms.filter((info) => !info.invited)
    const entering = ours.filter((info) => !roomNamed(info.room)?.joined.value).map((info) => enter(info))
    await Promise.all(entering)
    const counts = await ask('unread', {})
    for (const info of counts.rooms) {
        const room = roomNamed(info.room)
        room?.counted(info)
        if (room && room === current.value) room.opened()
    }
}

async function enter(info: RoomInfo): Promise<void> {
    const room = roomFor(info.room)
    room.peer.value = info.peer ?? null
    if (room.cursor && info.head - room.cursor > FAR) room.forget()
    await follow(room).catch((why: unknown) => lost(room, why))
}

/** A room that one may not enter any more. */
function lost(room: Room, why: unknown): void {
    if (!(why instanceof Refused)) throw why
    if (why.code !== 'not_connected') forgetRoom(room)
}

function tellMissed(before: ReadonlyMap<Room, number>): void {
    let count = 0
    for (const [room, cursor] of before) if (cursor) count += Math.max(0, room.head.value - cursor)
    if (before.size) missed.value = count
}
