import { signal } from '@preact/signals'

import { Refused } from '../net/refused'
import { ask, newNonce } from './client'
import type { Room } from './room'

/** What one has said and the log does not have yet. */
export interface Sending {
    readonly room: Room
    readonly nonce: string
    readonly text: string
    readonly thread: number | null
    readonly replyTo: number | null
    readonly at: number // ms since 1970, by this machine's clock
    /** Why it is not said; null: it is on its way. */
    readonly refused: Refused | null
    readonly again: () => void
}

/** What is on its way, and what was refused, in the order it was sent. */
export const outgoing = signal<readonly Sending[]>([])

export interface Saying {
    readonly style?: 'text' | 'action' | 'notice'
    readonly replyTo?: number | null
    readonly thread?: number | null
    readonly attachments?: readonly string[]
}

/** Say something. It is shown at once, as being on its way, and stays so until its event comes. Never rejects. */
export async function say(room: Room, text: string, how: Saying = {}): Promise<void> {
    const nonce = newNonce()
    const { style = 'text', replyTo = null, thread = null, attachments = [] } = how
    const again = (): void => {
        dismiss(nonce)
        void say(room, text, how)
    }
    outgoing.value = [...outgoing.value, { room, nonce, text, thread, replyTo, at: Date.now(), refused: null, again }]
    const fields = {
        room: room.name.value,
        nonce,
        text,
        ...(style === 'text' ? {} : { style }),
        ...(replyTo === null ? {} : { reply_to: replyTo }),
        ...(thread === null ? {} : { thread }),
        ...(attachments.length ? { attachments } : {}),
    }
    try {
        const receipt = await ask('post', fields)
        if (receipt.seq <= room.cursor) settled(room, nonce)
    } catch (why) {
        if (!(why instanceof Refused)) throw why
        outgoing.value = outgoing.value.map((one) => (one.nonce === nonce ? { ...one, refused: why } : one))
    }
}

/** The event is there. */
export function settled(room: Room, nonce: string): void {
    if (outgoing.value.some((one) => one.room === room && one.nonce === nonce)) dismiss(nonce)
}

/** Forget what was refused. */
export function dismiss(nonce: string): void {
    outgoing.value = outgoing.value.filter((one) => one.nonce !== nonce)
}
