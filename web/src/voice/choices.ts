/** What one has chosen about speaking and listening, on this device. */

import { signal } from '@preact/signals'

export interface VoiceChoices {
    /** Bots' answers are read out; else there is text only. */
    readonly aloud: boolean
    /** The microphone, as the browser calls it; empty: the usual one. */
    readonly microphone: string
    /** Where one has agreed that clips go. */
    readonly agreed: string
}

const KEPT = 'roomful.voice'
const USUAL: VoiceChoices = { aloud: false, microphone: '', agreed: '' }

/** Kept whenever it is set by `choose`. */
export const choices = signal<VoiceChoices>(read())

function read(): VoiceChoices {
    try {
        const found: unknown = JSON.parse(globalThis.localStorage?.getItem(KEPT) ?? '{}')
        return { ...USUAL, ...(found as Partial<VoiceChoices>) }
    } catch {
        return USUAL // somebody else wrote there
    }
}

export function choose(change: Partial<VoiceChoices>): void {
    choices.value = { ...choices.value, ...change }
    localStorage.setItem(KEPT, JSON.stringify(choices.value))
}
