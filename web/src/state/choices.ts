/** What the reader has chosen to see of lines, on this device. What costs something, or tells somebody something, is off at first. */

import { signal } from '@preact/signals'

export interface ReadingChoices {
    /** Formulas are shown as formulas; else as they were written. */
    readonly formulas: boolean
    /** Under a line stands what its links lead to; the server asks for it, where it does so at all. */
    readonly previews: boolean
}

const KEPT = 'roomful.reading'
const USUAL: ReadingChoices = { formulas: false, previews: false }

/** Kept whenever it is set by `chooseReading`. */
export const reading = signal<ReadingChoices>(read())

function read(): ReadingChoices {
    try {
        const found: unknown = JSON.parse(globalThis.localStorage?.getItem(KEPT) ?? '{}')
        return { ...USUAL, ...(found as Partial<ReadingChoices>) }
    } catch {
        return USUAL // somebody else wrote there
    }
}

export function chooseReading(change: Partial<ReadingChoices>): void {
    reading.value = { ...reading.value, ...change }
    localStorage.setItem(KEPT, JSON.stringify(reading.value))
}
