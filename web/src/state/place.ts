import { signal } from '@preact/signals'

import { current, roomNamed } from './rooms'

/** Where the reader is: a room's address, and a line in it (0: its newest). `/r/ROOM/SEQ`, `#` left out. */
export interface Place {
    readonly room: string
    readonly seq: number
    /** Moves with each wish, so that the same line can be asked for again. */
    readonly wish: number
}

/** What stands beside the timeline: a thread, or a panel by its name; null: nothing. */
export interface Aside {
    readonly name: string
    readonly seq?: number
    readonly who?: string
}

export const place = signal<Place>({ room: '', seq: 0, wish: 0 })
export const aside = signal<Aside | null>(null)

/** The place that an address names. */
export function parse(path: string): { room: string; seq: number } {
    const [, mark, name = '', seq = ''] = path.split('/')
    if (mark !== 'r' || !name) return { room: '', seq: 0 }
    const room = decoded(name)
    return { room: /^[#!@]/.test(room) ? room : `#${room}`, seq: /^\d{1,15}$/.test(seq) ? Number(seq) : 0 }
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text)
    } catch {
        return text // not an address of ours: a room of that name is not there
    }
}

/** The address of a place. */
export function path(room: string, seq = 0): string {
    const name = room.startsWith('#') && !/^[#!@]/.test(room.slice(1)) ? room.slice(1) : room
    return `/r/${encodeURIComponent(name)}${seq ? `/${seq}` : ''}`
}

/** Go to a room, or a line in it, and remember it for the browser's Back. */
export function go(room: string, seq = 0): void {
    const to = path(room, seq)
    if (location.pathname !== to) history.pushState(null, '', to)
    open(room, seq)
}

/** Show a place without a new entry in the browser's history. */
export function open(room: string, seq = 0): void {
    place.value = { room, seq, wish: place.value.wish + 1 }
    const known = roomNamed(room)
    if (known) current.value = known
}
