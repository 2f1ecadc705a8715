import { signal } from '@preact/signals'

import type { DraftSignal, OpenDraft, Sender } from '../protocol/types'

/** An answer that is still being written. */
export interface Growing {
    readonly draft: string
    readonly sender: Sender
    readonly text: string
    /** Of `text`, in code points. */
    readonly length: number
    /** A part was missed: it grows no more until the next `state`, or the event. */
    readonly broken: boolean
}

/** The drafts of a room. */
export class Drafts {
    readonly open = signal<readonly Growing[]>([])

    grow(sender: Sender, part: DraftSignal): void {
        const rest = this.open.value.filter((one) => !same(one, sender.id, part.draft))
        if (part.dropped) {
            this.open.value = rest
            return
        }
        const known = this.open.value.find((one) => same(one, sender.id, part.draft))
        const grown = grownBy(known, sender, part)
        if (!grown) return
        this.open.value = known ? this.open.value.map((one) => (one === known ? grown : one)) : [...rest, grown]
    }

    /** What a `state` tells stands instead of all that was known. */
    replace(open: readonly OpenDraft[]): void {
        if (!open.length && !this.open.value.length) return
        this.open.value = open.map((one) => ({ ...one, length: codePoints(one.text), broken: false }))
    }

    /** The event is there that a draft became. */
    close(sender: string, nonce: string): void {
        if (nonce && this.open.value.some((one) => same(one, sender, nonce))) {
            this.open.value = this.open.value.filter((one) => !same(one, sender, nonce))
        }
    }
}

function grownBy(known: Growing | undefined, sender: Sender, part: DraftSignal): Growing | null {
    const append = part.append ?? ''
    if (part.at === 0) {
        return { draft: part.draft, sender, text: append, length: codePoints(append), broken: false }
    }
    if (!known || known.broken) return null
    if (part.at !== known.length) return { ...known, broken: true }
    return { ...known, text: known.text + append, length: known.length + codePoints(append) }
}

const same = (one: Growing, sender: string, draft: string): boolean => one.draft === draft && one.sender.id === sender

function codePoints(text: string): number {
    let count = 0
    for (const _ of text) count += 1
    return count
}
