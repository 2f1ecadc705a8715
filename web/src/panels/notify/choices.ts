/** What the reader wants to be told of: by room, kept on this device. */

import { signal } from '@preact/signals'

import type { EventFrame } from '../../protocol/types'

/** `mentions`: lines that name one, everybody, or stand in a direct room. */
export type Wanted = 'all' | 'mentions' | 'none'

export interface Choices {
    readonly sound: boolean
    /** The system's notifications. They also need the browser's permission. */
    readonly system: boolean
    /** Of rooms in which nothing else is said. */
    readonly usual: Wanted
    readonly rooms: Readonly<Record<string, Wanted>>
}

const KEPT = 'roomful.notifications'
const USUAL: Choices = { sound: true, system: false, usual: 'mentions', rooms: {} }

/** Kept whenever it is set by `choose`. */
export const choices = signal<Choices>(read())

function read(): Choices {
    try {
        const found: unknown = JSON.parse(globalThis.localStorage?.getItem(KEPT) ?? '{}')
        return { ...USUAL, ...(found as Partial<Choices>) }
    } catch {
        return USUAL // somebody else wrote there
    }
}

export function choose(change: Partial<Choices>): void {
    choices.value = { ...choices.value, ...change }
    localStorage.setItem(KEPT, JSON.stringify(choices.value))
}

/** What is wanted of a room, by its id. */
export function wantedOf(room: string, from: Choices): Wanted {
    return from.rooms[room] ?? from.usual
}

interface Situation {
    readonly event: EventFrame
    readonly me: string
    readonly direct: boolean
    readonly wanted: Wanted
    /** The reader has the room before their eyes. */
    readonly looking: boolean
}

/** Whether an event is to be told of. */
export function tells({ event, me, direct, wanted, looking }: Situation): boolean {
    const body = event.body
    if (body.type !== 'message' || event.sender.id === me || looking || wanted === 'none') return false
    if (wanted === 'all') return true
    return direct || Boolean(body.everybody) || (body.mentions ?? []).includes(me)
}
