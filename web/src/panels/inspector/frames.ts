/** What the inspector keeps of each frame, and which of them it shows. Pure. */

import type { Frame } from '../../state'
import { masked } from './masking'

/** A frame as it is shown. Nothing secret is kept of it. */
export interface Seen {
    readonly number: number
    readonly out: boolean
    readonly at: number // ms since 1970
    readonly type: string
    /** What an event or a signal says by its own type; of an `ok` or `error`, the request that it answers. */
    readonly detail: string
    readonly room: string
    /** Bytes of UTF-8: over TCP the header holds this number. */
    readonly size: number
    readonly value: unknown
    /** One line of JSON. */
    readonly text: string
    /** ms from the request to this reply; null: it is none. */
    readonly took: number | null
}

export interface Filter {
    readonly direction: 'both' | 'in' | 'out'
    readonly type: string // empty: all
    readonly room: string
    readonly text: string
}

export const KEPT = 2000
export const MOST = 8 << 20 // bytes of them together
export const ALL: Filter = { direction: 'both', type: '', room: '', text: '' }

const utf8 = new TextEncoder()

/** Reads frames one after the other, and knows which reply belongs to which request. */
export class Reader {
    private readonly asked = new Map<number, { type: string; room: string; at: number }>()
    private count = 0

    read(frame: Frame): Seen {
        const size = utf8.encode(frame.text).length
        const value = parsed(frame.text)
        const fields = fieldsOf(value)
        const request = frame.out ? undefined : this.answered(fields['re'])
        const type = String(fields['type'] ?? '?')
        const room = String(fields['room'] ?? request?.room ?? '')
        if (frame.out && typeof fields['id'] === 'number') this.asked.set(fields['id'], { type, room, at: frame.at })
        const detail = request?.type ?? String(fieldsOf(fields['body'])['type'] ?? fields['code'] ?? '')
        const text = JSON.stringify(value)
        const took = request ? frame.at - request.at : null
        return { number: ++this.count, out: frame.out, at: frame.at, type, detail, room, size, value, text, took }
    }

    private answered(re: unknown): { type: string; room: string; at: number } | undefined {
        if (typeof re !== 'number') return undefined
        const request = this.asked.get(re)
        this.asked.delete(re)
        return request
    }
}

function parsed(text: string): unknown {
    try {
        return masked(JSON.parse(text))
    } catch {
        return { type: '?' } // what is no JSON might hold anything
    }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return value && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

/** The newest of these, with those at the end: so many, and so much together, as may be kept. */
export function kept(frames: readonly Seen[], more: readonly Seen[]): readonly Seen[] {
    const all = [...frames, ...more].slice(-KEPT)
    let size = all.reduce((sum, one) => sum + one.size, 0)
    let from = 0
    for (; size > MOST && from < all.length - 1; from += 1) size -= all[from]!.size
    return from ? all.slice(from) : all
}

/** Those that are looked for. */
export function filtered(frames: readonly Seen[], { direction, type, room, text }: Filter): readonly Seen[] {
    const wanted = text.toLowerCase()
    return frames.filter(
        (one) =>
            (direction === 'both' || one.out === (direction === 'out')) &&
            (!type || one.type === type || one.detail === type) &&
            (!room || one.room === room) &&
            (!wanted || one.text.toLowerCase().includes(wanted)),
    )
}

/** Every type and detail among them, for choosing one. */
export function typesOf(frames: readonly Seen[]): string[] {
    return [...new Set(frames.flatMap((one) => [one.type, one.detail]))].filter(Boolean).sort()
}

export function roomsOf(frames: readonly Seen[]): string[] {
    return [...new Set(frames.map((one) => one.room))].filter(Boolean).sort()
}

/** The four bytes that stand before such a payload on TCP: its length in network byte order, in hex. */
export function header(size: number): string {
    return [24, 16, 8, 0].map((shift) => ((size >>> shift) & 0xff).toString(16).padStart(2, '0')).join(' ')
}
