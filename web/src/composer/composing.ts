import { signal, type Signal } from '@preact/signals'

import type { Line, Room } from '../state'

/** What is being written in a room, or in one of its threads. */
export interface Composing {
    readonly text: Signal<string>
    readonly replyTo: Signal<Line | null>
    /** One's own line that gets another text. */
    readonly editing: Signal<Line | null>
    /** Moves when the field should have the focus. */
    readonly wanted: Signal<number>
}

const KEPT = 'roomful.draft.'
const all = new Map<string, Composing>()

const keyOf = (room: Room, thread: number): string => `${room.id || room.name.value}${thread ? `/${thread}` : ''}`

/** What is being written there; kept on this device until it is sent. */
export function composing(room: Room, thread = 0): Composing {
    const key = keyOf(room, thread)
    let found = all.get(key)
    if (!found) {
        const text = signal(localStorage.getItem(KEPT + key) ?? '')
        found = { text, replyTo: signal(null), editing: signal(null), wanted: signal(0) }
        all.set(key, found)
    }
    return found
}

/** Keep what is written; an edit is not kept, as its line has a text. */
export function write(room: Room, thread: number, text: string): void {
    const what = composing(room, thread)
    what.text.value = text
    if (what.editing.value) return
    const key = KEPT + keyOf(room, thread)
    if (text) localStorage.setItem(key, text)
    else localStorage.removeItem(key)
}

/** Answer a line. */
export function answer(room: Room, line: Line): void {
    const what = composing(room)
    stopEditing(room)
    what.replyTo.value = line
    what.wanted.value += 1
}

/** Give a line of one's own another text. */
export function edit(room: Room, line: Line, thread = 0): void {
    const what = composing(room, thread)
    what.replyTo.value = null
    what.editing.value = line
    what.text.value = line.text
    what.wanted.value += 1
}

/** Leave the line as it is: what was being written before comes back. */
export function stopEditing(room: Room, thread = 0): void {
    const what = composing(room, thread)
    if (!what.editing.value) return
    what.editing.value = null
    what.text.value = localStorage.getItem(KEPT + keyOf(room, thread)) ?? ''
}

/** Forget what was being written, as when somebody else logs in. */
export function forgetWriting(): void {
    all.clear()
    for (const key of Object.keys(localStorage)) if (key.startsWith(KEPT)) localStorage.removeItem(key)
}

/** Whether there is a keyboard to write on, which need not be called up over what is to be read. */
export const hasKeyboard = (): boolean => matchMedia('(hover: hover) and (pointer: fine)').matches
