/** The conversation that is on in a room, as a component follows it. */

import type { Room } from '../../state'
import { conversationOf, type Conversation } from './conversation'

const found = new WeakMap<Room, { version: number; talk: Conversation | null }>()

/** Reads the room's version, so that whoever asks is rendered anew when its log moves. */
export function talkIn(room: Room): Conversation | null {
    const version = room.version.value
    const known = found.get(room)
    if (known?.version === version) return known.talk
    const talk = conversationOf(room.log.stretches.at(-1)?.events ?? [])
    found.set(room, { version, talk })
    return talk
}
