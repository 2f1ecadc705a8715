import { computed, signal } from '@preact/signals'

import { Room } from './room'

/** The rooms one is in, in no order. */
export const rooms = signal<readonly Room[]>([])
/** The room that is shown. */
export const current = signal<Room | null>(null)
/** Private rooms that one is invited to, and not in yet. */
export const invitations = signal<readonly string[]>([])

export const unreadInAll = computed(() => rooms.value.reduce((sum, room) => sum + room.unread.value, 0))
export const mentionsInAll = computed(() => rooms.value.reduce((sum, room) => sum + room.mentions.value, 0))

/** The room of this address, `#name` or `!id`; names differ in more than their case. */
export function roomNamed(name: string): Room | undefined {
    const wanted = name.toLowerCase()
    return rooms.value.find((room) => room.name.value.toLowerCase() === wanted || `!${room.id}` === name)
}

/** The room of this address, which is made if there is none yet. */
export function roomFor(name: string): Room {
    const known = roomNamed(name)
    if (known) return known
    const made = new Room(name)
    rooms.value = [...rooms.value, made]
    return made
}

export function forgetRoom(room: Room): void {
    rooms.value = rooms.value.filter((one) => one !== room)
    if (current.value === room) current.value = rooms.value[0] ?? null
}
